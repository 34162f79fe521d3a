-- Functions that were made for a table and have outlived its protection. They keep roles from being dropped.

CREATE FUNCTION rowseal_internal.left_functions() RETURNS TABLE (function oid, made_for text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid, m.made_for
    FROM pg_proc p, LATERAL (SELECT substring(obj_description(p.oid, 'pg_proc') FROM '^Made by rowseal[.]protect for (.*)[.]$') AS made_for) m
    WHERE p.pronamespace = 'rowseal_internal'::regnamespace AND m.made_for IS NOT NULL
      AND NOT EXISTS (SELECT FROM rowseal_internal.settings s WHERE right(p.proname, length(s.suffix) + 1) = '_' || s.suffix
                      -- Tables of other roles may go on to read their owners' keys.
                      OR p.proname = 'card_' || (s.settings ->> 'identities_suffix'))
$$;
COMMENT ON FUNCTION rowseal_internal.left_functions() IS 'Functions made for tables that have no trigger any more which uses them.';

CREATE FUNCTION rowseal_internal.drop_left(VARIADIC tables text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    unwanted oid;
BEGIN
    IF tables <> '{}' THEN
        FOR unwanted IN SELECT f.function FROM rowseal_internal.left_functions() f WHERE f.made_for = ANY (tables) LOOP
            EXECUTE format('DROP FUNCTION %s', unwanted::regprocedure);
        END LOOP;
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.drop_left(text[]) IS 'Drops the functions left behind by tables of these names.';
