CREATE FUNCTION rowseal.report_growth("table" regclass) RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET TimeZone = 'UTC'
SET jit = off
AS $$
DECLARE
    growth text[];
BEGIN
    EXECUTE format($q$
        SELECT array_agg(field ORDER BY month, i) FROM (
            SELECT month, versions FROM (
                SELECT to_char(written_at, 'YYYY-MM') AS month, count(*) AS versions FROM (%s) AS v GROUP BY 1) AS all_months
            WHERE month IS NOT NULL ORDER BY month DESC LIMIT 24) AS months,
            unnest(ARRAY[$1::text, month, versions::text]) WITH ORDINALITY AS u(field, i)
        $q$, rowseal.audit_query("table", 'versions')) INTO growth USING "table";
    RETURN coalesce(growth, '{}');
END
$$;
COMMENT ON FUNCTION rowseal.report_growth(regclass) IS
'How many versions owners dated into each of the latest 24 months that have any, as texts, three each: table, month, number. Needs SELECT on the tables. RS012 for a table that is not protected.';
