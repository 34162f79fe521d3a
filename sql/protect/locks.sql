CREATE FUNCTION rowseal_internal.lock(mode text, VARIADIC tables regclass[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy regclass := tables[1];
    target regclass;
BEGIN
    LOOP
        target := NULL;
        BEGIN
            EXECUTE format('LOCK TABLE %s IN %s MODE', busy, mode);
            FOREACH target IN ARRAY array_remove(tables, NULL) LOOP
                EXECUTE format('LOCK TABLE %s IN %s MODE NOWAIT', target, mode);
            END LOOP;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF target IS NULL THEN
                RAISE; -- lock_timeout
            END IF;
            busy := target;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.lock(text, regclass[]) IS
'Locks tables in a mode. Writers come to a data table and its versions table in either order, so this never waits for one while it holds another: no deadlock.';
