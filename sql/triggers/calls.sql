-- Calls of functions that were made for a table, from functions that serve all tables.

CREATE FUNCTION rowseal_internal.card_of(settings jsonb, owner text) RETURNS bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET bytea_output = 'hex'
AS $$
DECLARE
    card bytea;
BEGIN
    EXECUTE format('SELECT rowseal_internal.%I($1::%s)', 'card_' || (settings ->> 'identities_suffix'), rowseal_internal.owner_type(settings)) INTO card USING owner;
    RETURN card;
END
$$;
COMMENT ON FUNCTION rowseal_internal.card_of(jsonb, text) IS
'The card of an owner, given as text: a byte that is 1 if it is committed and 0 if this transaction has written it, and the public key; empty if there is none.';

CREATE FUNCTION rowseal_internal.image_of(settings jsonb, "row" jsonb) RETURNS bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    image bytea;
BEGIN
    EXECUTE format('SELECT rowseal_internal.%I($1)', 'image_' || rowseal_internal.suffix_of(rowseal_internal.relation(rowseal_internal.own_name(settings)))) INTO image USING "row";
    RETURN image;
END
$$;
COMMENT ON FUNCTION rowseal_internal.image_of(jsonb, jsonb) IS 'The image of a row that is given as JSON, made with the rights of the table''s owner.';
