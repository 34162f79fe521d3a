CREATE FUNCTION rowseal.forks("table" regclass)
RETURNS TABLE (row_key jsonb, parent bytea, branches bigint, version_ids bytea[], owner_timestamps bigint[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
BEGIN
    PERFORM rowseal.require_select($1);
    RETURN QUERY EXECUTE format($q$
        SELECT (array_agg(row_key))[1], (array_agg(parent_id))[1], count(*), array_agg(id ORDER BY owner_timestamp, signature),
               array_agg(owner_timestamp ORDER BY owner_timestamp, signature)
        FROM (SELECT DISTINCT ON (key, ref) * FROM (%s) AS v ORDER BY key, ref) AS known GROUP BY key, parent HAVING count(*) > 1
        $q$, rowseal.audit_query("table", 'links'));
END
$$;
COMMENT ON FUNCTION rowseal.forks(regclass) IS
'Where histories branch: versions with one parent, or several without. Not an error; devices that write apart make them. Verifies no signatures. Needs SELECT on the tables. RS012 for a table that is not protected, or whose versions do not name their parents.';
