-- Calls of functions that were made for a table, from functions that serve all tables.

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
