CREATE FUNCTION rowseal.missing_parents("table" regclass)
RETURNS TABLE (row_key jsonb, version_id bytea, parent bytea, owner_timestamp bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
BEGIN
    PERFORM rowseal.require_select($1);
    RETURN QUERY EXECUTE format($q$
        WITH v AS MATERIALIZED (SELECT row_key, key, ref, id, parent, parent_id, owner_timestamp FROM (%s) AS s)
        SELECT row_key, id, parent_id, owner_timestamp FROM v AS c
        WHERE parent IS NOT NULL AND NOT EXISTS (SELECT FROM v AS p WHERE p.key = c.key AND p.ref = c.parent)
          AND NOT EXISTS (SELECT FROM rowseal.pruned_parents AS gone WHERE gone.relation = $1 AND gone.ref = c.parent)
        $q$, rowseal.audit_query("table", 'links')) USING (SELECT p."table" FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions));
END
$$;
COMMENT ON FUNCTION rowseal.missing_parents(regclass) IS
'Versions that follow one that is not here: not yet, lost, or removed by somebody; not those whose parent was pruned. Verifies no signatures. Needs SELECT on the tables. RS012 for a table that is not protected, or whose versions do not name their parents.';
