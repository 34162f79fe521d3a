-- An audit of everything at a glance: as a table, and as a page to look at and to archive.

CREATE FUNCTION rowseal._report(header text[], tables text[], problems text[], growth text[], graphs text[]) RETURNS text
IMMUTABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'report';
COMMENT ON FUNCTION rowseal._report(text[], text[], text[], text[], text[]) IS 'The HTML page of rowseal.report from what it shows.';

CREATE FUNCTION rowseal._count_parked(settings jsonb, kind text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*) FROM rowseal._parked AS p
    WHERE p.kind = $2 AND p."table" IN (to_regclass(settings ->> 'table'), to_regclass(settings ->> 'versions'))
$$;
COMMENT ON FUNCTION rowseal._count_parked(jsonb, text) IS
'How many rows are parked for a table and its versions table. SECURITY DEFINER, for an auditor may know how many there are, though not read them.';

CREATE FUNCTION rowseal._audit(target regclass, problems_shown integer)
RETURNS TABLE (rows bigint, versions bigint, tombstones bigint, owners bigint, invalid bigint, forks bigint, missing_parents bigint,
               deferred bigint, quarantined bigint, seconds numeric, rows_per_second numeric,
               errors bigint, warnings bigint, notices bigint, problems text[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    settings jsonb := rowseal._audited(target);
    started timestamptz := clock_timestamp();
BEGIN
    EXECUTE format($q$
        SELECT count(*) FILTER (WHERE is_tip), count(*), count(*) FILTER (WHERE is_tip AND deleted), count(DISTINCT owner)
        FROM (SELECT owner, deleted, %s AS is_tip FROM (%s) AS v) AS counted
        $q$, CASE settings ->> 'layout' WHEN 'one-table'
             THEN 'row_number() OVER (PARTITION BY key ORDER BY owner_timestamp DESC NULLS LAST, signature DESC NULLS LAST) = 1' ELSE 'is_data' END,
        rowseal._versions(settings))
        INTO rows, versions, tombstones, owners;
    WITH found AS MATERIALIZED (
        SELECT v.*, row_number() OVER (ORDER BY array_position(ARRAY['error', 'warning', 'notice'], v.severity), v.code) AS n
        FROM rowseal.verify(target) AS v)
    SELECT count(*) FILTER (WHERE starts_with(f.code, 'RS')), count(*) FILTER (WHERE f.code = 'fork'), count(*) FILTER (WHERE f.code = 'missing_parent'),
           count(*) FILTER (WHERE f.severity = 'error'), count(*) FILTER (WHERE f.severity = 'warning'), count(*) FILTER (WHERE f.severity = 'notice'),
           ARRAY(SELECT coalesce(field, '') FROM found AS p, unnest(ARRAY[target::text, p.source, p.row_key::text, encode(substring(p.version_id FOR 8), 'hex'),
                     p.code, p.severity, p.problem]) WITH ORDINALITY AS u(field, i) WHERE p.n <= problems_shown ORDER BY p.n, i)
    INTO invalid, forks, missing_parents, errors, warnings, notices, problems FROM found AS f;
    deferred := rowseal._count_parked(settings, 'deferred');
    quarantined := rowseal._count_parked(settings, 'quarantine');
    seconds := round(extract(epoch FROM clock_timestamp() - started), 3);
    rows_per_second := round(versions / greatest(seconds, 0.001));
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION rowseal._audit(regclass, integer) IS 'The line of rowseal.audit for one table, and its first problems as texts, seven each.';

CREATE FUNCTION rowseal.audit(target regclass DEFAULT NULL)
RETURNS TABLE ("table" regclass, rows bigint, versions bigint, tombstones bigint, owners bigint, invalid bigint, forks bigint, missing_parents bigint,
               deferred bigint, quarantined bigint, seconds numeric, rows_per_second numeric, errors bigint)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.relation, a.rows, a.versions, a.tombstones, a.owners, a.invalid, a.forks, a.missing_parents, a.deferred, a.quarantined, a.seconds, a.rows_per_second, a.errors
    FROM (SELECT (rowseal._audited(target) ->> 'table')::regclass AS relation WHERE target IS NOT NULL
          UNION ALL SELECT p."table" FROM rowseal.protected AS p WHERE target IS NULL) AS t,
         LATERAL rowseal._audit(t.relation, 0) AS a
    ORDER BY t.relation::text
$$;
COMMENT ON FUNCTION rowseal.audit(regclass) IS
'Verifies a table, or all protected tables, and counts. A line per table: rows (tips, tombstones among them), versions (all that are stored, the tips too), tombstones (rows that are deleted now), owners, invalid (versions that do not verify), forks, missing parents, parked rows, and errors: what rowseal.verify calls so, invalid versions and misplaced ones.';

CREATE FUNCTION rowseal._growth(settings jsonb) RETURNS text[]
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET TimeZone = 'UTC'
SET jit = off
AS $$
DECLARE
    periods text[];
BEGIN
    EXECUTE format($q$
        SELECT array_agg(field ORDER BY month, i) FROM (
            SELECT month, versions FROM (
                SELECT to_char(rowseal._owner_time(owner_timestamp), 'YYYY-MM') AS month, count(*) AS versions FROM (%s) AS v GROUP BY 1) AS all_months
            WHERE month IS NOT NULL ORDER BY month DESC LIMIT 24) AS months,
            unnest(ARRAY[$1, month, versions::text]) WITH ORDINALITY AS u(field, i)
        $q$, rowseal._versions(settings)) INTO periods USING (settings ->> 'table')::regclass::text;
    RETURN coalesce(periods, '{}');
END
$$;
COMMENT ON FUNCTION rowseal._growth(jsonb) IS 'How many versions owners dated into each of the latest months that have any: table, month, number.';

CREATE FUNCTION rowseal._graphs(settings jsonb, rows_shown integer, versions_shown integer) RETURNS text[]
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
    IF settings ->> 'parent' IS NULL OR settings ->> 'layout' = 'unversioned' THEN
        RETURN graphs;
    END IF;
    FOR row_key IN EXECUTE format(
        'SELECT (array_agg(row_key))[1] FROM (%s) AS v GROUP BY key HAVING count(*) > 1 ORDER BY count(*) - count(DISTINCT coalesce(parent, '''')) DESC, count(*) DESC, key LIMIT $1',
        rowseal._versions(settings)) USING rows_shown
    LOOP
        nodes := rowseal._nodes(settings, row_key, versions_shown);
        FOR i IN 0 .. array_length(nodes, 1) / 7 - 1 LOOP
            graphs := graphs || ARRAY[(settings ->> 'table')::regclass::text, row_key::text] || nodes[7 * i + 1 : 7 * i + 7];
        END LOOP;
    END LOOP;
    RETURN graphs;
END
$$;
COMMENT ON FUNCTION rowseal._graphs(jsonb, integer, integer) IS
'Version graphs to draw: rows with most forks first, then those with most versions. Table and row key in front of the texts of each version.';

CREATE FUNCTION rowseal.report() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
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
    FOR protected IN SELECT p."table", p.role, p.settings FROM rowseal.protected AS p ORDER BY p."table"::text LOOP
        SELECT * INTO line FROM rowseal._audit(protected."table", 100);
        tables := tables || ARRAY[protected."table"::text, protected.role, protected.settings ->> 'layout', line.rows::text, line.versions::text,
            line.tombstones::text, line.owners::text, line.invalid::text, line.forks::text, line.missing_parents::text, line.deferred::text,
            line.quarantined::text, line.seconds::text, line.rows_per_second::text, line.errors::text, line.warnings::text, line.notices::text];
        problems := problems || line.problems;
        growth := growth || rowseal._growth(protected.settings);
        graphs := graphs || rowseal._graphs(protected.settings, 4, 40);
    END LOOP;
    RETURN rowseal._report(ARRAY[current_database()::text, to_char(now(), 'YYYY-MM-DD HH24:MI:SS "UTC"'), rowseal.version()], tables, problems, growth, graphs);
END
$$;
COMMENT ON FUNCTION rowseal.report() IS
'An audit of all protected tables as a self-contained HTML page: numbers, problems (a hundred of each table), growth, and version graphs. Nothing in it comes from elsewhere, so it can be archived.';
