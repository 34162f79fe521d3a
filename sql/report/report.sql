CREATE FUNCTION rowseal.report() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
AS $$
DECLARE
    protected record;
    line record;
    tables text[] := '{}';
    problems text[] := '{}';
    growth text[] := '{}';
    graphs text[] := '{}';
BEGIN
    FOR protected IN SELECT p."table", p.role, p.layout FROM rowseal.readable() AS r JOIN rowseal.protected AS p ON p."table" = r ORDER BY p."table"::text LOOP
        SELECT * INTO line FROM rowseal.audit_table(protected."table", 20);
        tables := tables || ARRAY[protected."table"::text, protected.role, protected.layout, line.rows::text, line.versions::text,
            line.tombstones::text, line.owners::text, line.deferred::text, line.quarantined::text, line.seconds::text, line.rows_per_second::text,
            line.errors::text, line.warnings::text, line.notices::text];
        problems := problems || line.problems;
        growth := growth || rowseal.report_growth(protected."table");
        graphs := graphs || rowseal.report_graphs(protected."table", 4, 40);
    END LOOP;
    RETURN rowseal.report_page(ARRAY[current_database()::text, to_char(now(), 'YYYY-MM-DD HH24:MI:SS "UTC"'), rowseal.version()], tables, problems, growth, graphs);
END
$$;
COMMENT ON FUNCTION rowseal.report() IS
'An audit of all protected tables that the caller may read as a self-contained HTML page: problems by code (twenty of each code and table), numbers of each table, growth, and version graphs. Nothing in it comes from elsewhere, so it can be archived. A NOTICE names the tables that are left out. 54000 where the page would be too large.';
