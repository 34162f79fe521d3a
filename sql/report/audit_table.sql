CREATE FUNCTION rowseal.audit_table(target regclass, problems_shown integer DEFAULT 0)
RETURNS TABLE ("table" regclass, rows bigint, versions bigint, tombstones bigint, owners bigint, invalid bigint, forks bigint, missing_parents bigint,
               deferred bigint, quarantined bigint, seconds numeric, rows_per_second numeric, errors bigint, warnings bigint, notices bigint, problems text[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    started timestamptz := clock_timestamp();
    versions_query text := rowseal.audit_query(target, 'versions');
    protected record;
BEGIN
    PERFORM rowseal.require_select(target);
    SELECT p."table", p.versions, p.layout INTO protected FROM rowseal.protected AS p WHERE target IN (p."table", p.versions);
    "table" := protected."table";
    EXECUTE format($q$
        SELECT count(*) FILTER (WHERE is_tip), count(*), count(*) FILTER (WHERE is_tip AND deleted), count(DISTINCT owner)
        FROM (SELECT owner, deleted, %s AS is_tip FROM (%s) AS v) AS counted
        $q$, CASE protected.layout WHEN 'one-table'
             THEN 'row_number() OVER (PARTITION BY key ORDER BY owner_timestamp DESC NULLS LAST, signature DESC NULLS LAST) = 1' ELSE 'is_data' END, versions_query)
        INTO rows, versions, tombstones, owners;
    WITH found AS MATERIALIZED (
        SELECT v.*, row_number() OVER same AS n, count(*) OVER same AS of_code
        FROM rowseal.verify(target) AS v WINDOW same AS (PARTITION BY v.severity, v.code))
    SELECT count(*) FILTER (WHERE starts_with(f.code, 'RS')), count(*) FILTER (WHERE f.code = 'fork'), count(*) FILTER (WHERE f.code = 'missing_parent'),
           count(*) FILTER (WHERE f.severity = 'error'), count(*) FILTER (WHERE f.severity = 'warning'), count(*) FILTER (WHERE f.severity = 'notice'),
           ARRAY(SELECT left(coalesce(u.field, ''), 1000) FROM found AS p, unnest(ARRAY["table"::text, p.source, p.row_key::text, encode(substring(p.version_id FOR 64), 'hex'),
                     p.code, p.severity, p.problem, p.of_code::text]) WITH ORDINALITY AS u(field, i) WHERE p.n <= problems_shown ORDER BY p.severity, p.code, p.n, u.i)
    INTO invalid, forks, missing_parents, errors, warnings, notices, problems FROM found AS f;
    SELECT coalesce(sum(c.deferred), 0), coalesce(sum(c.quarantined), 0) INTO deferred, quarantined
    FROM rowseal.parked_counts AS c WHERE c."table" IN (protected."table", protected.versions);
    seconds := round(extract(epoch FROM clock_timestamp() - started), 3);
    rows_per_second := round(versions / greatest(seconds, 0.001));
    RETURN NEXT;
END
$$;
COMMENT ON FUNCTION rowseal.audit_table(regclass, integer) IS
'The line of rowseal.audit for one table, with how many warnings and notices rowseal.verify gives, and the first problems of each code as texts (cut at 1,000 characters), eight each: table, source, row key, version id (64 bytes of it), code, severity, problem, how many of the code there are. Rights and errors as rowseal.audit.';
