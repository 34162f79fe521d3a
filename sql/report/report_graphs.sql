CREATE FUNCTION rowseal.report_graphs("table" regclass, rows_shown integer, versions_shown integer) RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
DECLARE
    row_key jsonb;
    nodes text[];
    graphs text[] := '{}';
BEGIN
    IF EXISTS (SELECT FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions) AND (p.settings ->> 'parent' IS NULL OR p.layout = 'unversioned')) THEN
        RETURN graphs;
    END IF;
    FOR row_key IN EXECUTE format(
        'SELECT (array_agg(row_key))[1] FROM (%s) AS v GROUP BY key HAVING count(*) > 1 ORDER BY count(*) - count(DISTINCT coalesce(parent, '''')) DESC, count(*) DESC, key LIMIT $1',
        rowseal.audit_query("table", 'versions')) USING rows_shown
    LOOP
        nodes := rowseal.history_nodes("table", row_key, versions_shown);
        FOR i IN 0 .. cardinality(nodes) / 7 - 1 LOOP
            graphs := graphs || ARRAY["table"::text, left(row_key::text, 1000)] || nodes[7 * i + 1 : 7 * i + 7];
        END LOOP;
    END LOOP;
    RETURN graphs;
END
$$;
COMMENT ON FUNCTION rowseal.report_graphs(regclass, integer, integer) IS
'Version graphs to draw: rows with most forks first, then those with most versions. Texts, nine for each version: table and row key, and what rowseal.history_nodes gives. Needs SELECT on the tables, and on the identity table. RS012 for a table that is not protected.';
