-- Audits read with the caller's rights. A table that the caller may not read is of no concern to the others.

CREATE FUNCTION rowseal.unread("table" regclass) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ' ORDER BY c.oid)
    FROM rowseal.protected AS p, unnest(ARRAY[p."table"::oid, p.versions::oid]) AS t JOIN pg_class AS c ON c.oid = t JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE $1 IN (p."table", p.versions) AND NOT (has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
$$;
COMMENT ON FUNCTION rowseal.unread(regclass) IS 'Which of a protected table and its versions table the caller may not read; NULL if none.';

CREATE FUNCTION rowseal.require_select("table" regclass) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unread text := rowseal.unread("table");
BEGIN
    IF unread IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('permission denied: %s', unread), HINT = 'To audit a table takes SELECT on it, on its versions table and its identity table, and USAGE on their schemas.';
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal.require_select(regclass) IS '42501, with the names, unless the caller may read a protected table and its versions table.';

CREATE FUNCTION rowseal.readable() RETURNS SETOF regclass
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
    unread text;
BEGIN
    FOR target IN SELECT p."table" FROM rowseal.protected AS p ORDER BY p."table"::text LOOP
        unread := rowseal.unread(target);
        IF unread IS NULL THEN
            RETURN NEXT target;
        ELSE
            RAISE NOTICE 'left out: % (permission denied: %)', target, unread;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal.readable() IS 'The protected tables that the caller may read. A NOTICE names each other one.';
