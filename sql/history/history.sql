CREATE FUNCTION rowseal.history("table" regclass, row_key jsonb)
RETURNS TABLE (version_id bytea, parent bytea, owner_timestamp bigint, deleted boolean, is_tip boolean, valid boolean, depth integer, "row" jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET quote_all_identifiers = off
SET bytea_output = 'hex'
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    versions_query text := rowseal.audit_query("table", 'versions', 'row');
    settings jsonb := (SELECT p.settings FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions));
    bad_relations oid[];
    bad_places tid[];
BEGIN
    IF row_key IS NULL OR jsonb_typeof(row_key) <> 'object'
       OR ARRAY(SELECT jsonb_object_keys(row_key) ORDER BY 1) <> ARRAY(SELECT jsonb_array_elements_text(settings -> 'key') ORDER BY 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: the row key must be a JSON object with the columns %s',
            (SELECT string_agg(quote_ident(k), ', ') FROM jsonb_array_elements_text(settings -> 'key') AS k));
    END IF;
    SELECT coalesce(array_agg(b.relation), '{}'), coalesce(array_agg(b.place), '{}') INTO bad_relations, bad_places
    FROM rowseal.examine("table", false, row_key) AS b;
    RETURN QUERY EXECUTE format($q$
        WITH v AS MATERIALIZED (
            SELECT row_number() OVER (ORDER BY s.owner_timestamp NULLS FIRST, s.signature NULLS FIRST, s.is_data, s.place) AS n, s.* FROM (%s) AS s),
        linked AS MATERIALIZED (
            SELECT v.*, p.n AS parent_n FROM v LEFT JOIN (SELECT DISTINCT ON (ref) ref, n FROM v ORDER BY ref, n) AS p ON p.ref = v.parent),
        depths AS (SELECT rowseal.depths(array_agg(parent_n ORDER BY n)) AS of FROM linked)
        SELECT l.id, l.parent_id, l.owner_timestamp, l.deleted,
               CASE WHEN $4 THEN l.n = count(*) OVER () ELSE l.is_data END,
               NOT EXISTS (SELECT FROM unnest($2, $3) AS b(relation, place) WHERE b.relation = l.relation AND b.place = l.place),
               d.of[l.n], l.content
        FROM linked AS l, depths AS d
        ORDER BY l.n
        $q$, versions_query) USING row_key, bad_relations, bad_places, settings ->> 'layout' = 'one-table';
END
$$;
COMMENT ON FUNCTION rowseal.history(regclass, jsonb) IS
'Every stored version of a row in the owner''s order: whether it is the tip, whether it verifies, how many ancestors it has here, and the row. The row key is a JSON object with the key columns, and no others (else RS006). Needs SELECT on the tables, and on the identity table. RS012 for a table that is not protected.';
