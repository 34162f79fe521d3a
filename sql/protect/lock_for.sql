CREATE FUNCTION rowseal.lock_for(target regclass, request jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mode text := CASE request ->> 'do' WHEN 'unprotect' THEN 'ACCESS EXCLUSIVE' ELSE 'SHARE ROW EXCLUSIVE' END;
    tables regclass[] := ARRAY(
        SELECT DISTINCT c.oid::regclass FROM pg_class c
        WHERE c.relkind IN ('r', 'p') AND pg_has_role(c.relowner, 'USAGE')
          AND (c.oid IN (target, (request -> 'settings' ->> 'versions')::oid) OR c.oid IN (
              SELECT t FROM rowseal.protected p, unnest(ARRAY[p."table", p.versions]) AS t
              WHERE p."table" = target OR request ->> 'do' = 'protect' AND p.settings ->> 'identities' = (SELECT q.settings ->> 'table' FROM rowseal.protected q WHERE q."table" = target))));
    busy regclass := target;
    next regclass;
BEGIN
    IF target <> ALL (tables) THEN
        RETURN; -- PostgreSQL is going to say who must own it.
    END IF;
    LOOP
        next := NULL;
        BEGIN
            EXECUTE format('LOCK TABLE %s IN %s MODE', busy, mode);
            FOREACH next IN ARRAY tables LOOP
                EXECUTE format('LOCK TABLE %s IN %s MODE NOWAIT', next, mode);
            END LOOP;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF next IS NULL THEN
                RAISE; -- lock_timeout
            END IF;
            busy := next;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal.lock_for(regclass, jsonb) IS
'Locks, of the tables that a request concerns, those that the caller owns. Writers come to a data table and its versions table in either order, so this never waits for one while it holds another: no deadlock. With the caller''s rights.';
