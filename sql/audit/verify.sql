CREATE FUNCTION rowseal.verify("table" regclass)
RETURNS TABLE (source text, row_key jsonb, version_id bytea, code text, severity text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    bad_relations oid[] := '{}';
    bad_places tid[] := '{}';
    found record;
BEGIN
    FOR found IN SELECT * FROM rowseal.examine("table") LOOP
        bad_relations := array_append(bad_relations, found.relation);
        bad_places := array_append(bad_places, found.place);
        RETURN QUERY SELECT found.source, found.row_key, found.version_id, found.code, 'error', found.problem;
    END LOOP;
    IF EXISTS (SELECT FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions) AND p.layout <> 'unversioned') THEN
        RETURN QUERY EXECUTE rowseal.audit_query("table", 'structure') USING NULL::jsonb, bad_relations, bad_places;
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal.verify(regclass) IS
'Verifies all stored bytes of a protected table and of its versions again, as a write is verified: a line per problem, none if all is well. Codes: the SQLSTATE that a write would be refused with (error); not_the_tip: the data table holds an older version than the versions table, or none (error); duplicate_version: one version is stored twice (error); shared_signature: another version of the row has the same signature (warning: its owner can make one signature fit two rows); missing_parent: the version that this one follows is not here (warning: it may still be on its way); parent_not_older: the owner dated a version before the one it follows (warning); fork: several versions follow one, or begin the history, as when devices write apart (notice; version_id is that of the common parent). Needs SELECT on the tables, and on the identity table.';
