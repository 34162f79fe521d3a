CREATE FUNCTION rowseal.retry("table" regclass, OUT offered bigint, OUT accepted bigint, OUT parked bigint) RETURNS record
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    tables regclass[] := ARRAY[$1, (SELECT p.versions FROM rowseal.protected p WHERE p."table" = $1)];
    counted bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = $1) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: there is no table %s', coalesce($1::text, 'NULL'));
    ELSIF NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = $1), 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', $1);
    END IF;
    -- To update a parked row is to offer it again.
    UPDATE rowseal.deferred d SET code = d.code WHERE d."table" = ANY (tables);
    GET DIAGNOSTICS counted = ROW_COUNT;
    UPDATE rowseal.quarantine q SET code = q.code WHERE q."table" = ANY (tables) AND q.parked_at < clock_timestamp();
    GET DIAGNOSTICS offered = ROW_COUNT;
    offered := offered + counted;
    parked := (SELECT count(*) FROM rowseal.deferred d WHERE d."table" = ANY (tables)) + (SELECT count(*) FROM rowseal.quarantine q WHERE q."table" = ANY (tables));
    accepted := offered - parked;
END
$$;
COMMENT ON FUNCTION rowseal.retry(regclass) IS
'Offers the parked rows of a table (its versions table included) again: how many there were, how many are parked no longer, how many still are. Needs ownership of the table.';

CREATE FUNCTION rowseal_internal.offer_parked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.offer_one(OLD.id);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer_parked() IS 'Trigger function of the views of parked rows: UPDATE offers a row again.';

CREATE FUNCTION rowseal_internal.discard_parked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    DELETE FROM rowseal_internal.parked p WHERE p.id = OLD.id;
    RETURN OLD;
END
$$;
COMMENT ON FUNCTION rowseal_internal.discard_parked() IS 'Trigger function of the views of parked rows: DELETE discards a row.';
