CREATE FUNCTION rowseal_internal.refuse_removal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF tg_op = 'DELETE' AND EXISTS (SELECT FROM rowseal_internal.pruning p WHERE p.transaction = pg_current_xact_id() AND p.relation = tg_relid AND p.place = OLD.ctid) THEN
        RETURN OLD; -- rowseal.prune chose this very row.
    END IF;
    RAISE EXCEPTION USING
        ERRCODE = 'RS008',
        MESSAGE = format('physical %s refused: rows of %I.%I leave by a signed tombstone only',
                         tg_op, tg_table_schema, tg_table_name),
        HINT = 'Have the owner sign a newer version of the row with the deleted flag set, and write that.';
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_removal() IS
'Trigger function that refuses DELETE and TRUNCATE with RS008.';
