-- The versions of one row, and where histories branch or have holes.

CREATE FUNCTION rowseal._depths(parents text[]) RETURNS text[]
IMMUTABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'depths';
COMMENT ON FUNCTION rowseal._depths(text[]) IS
'How many ancestors each version has, from the places (from 1; empty for none) of the parents.';

CREATE FUNCTION rowseal._mermaid(title text, versions text[]) RETURNS text
IMMUTABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'mermaid';
COMMENT ON FUNCTION rowseal._mermaid(text, text[]) IS
'A version graph as Mermaid text, from the texts of rowseal._nodes.';

CREATE FUNCTION rowseal._check_row_key(settings jsonb, row_key jsonb) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF row_key IS NULL OR jsonb_typeof(row_key) <> 'object'
       OR ARRAY(SELECT jsonb_object_keys(row_key) ORDER BY 1) <> ARRAY(SELECT jsonb_array_elements_text(settings -> 'key') ORDER BY 1) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: the row key must be a JSON object with the columns %s',
            (SELECT string_agg(quote_ident(k), ', ') FROM jsonb_array_elements_text(settings -> 'key') AS k));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_row_key(jsonb, jsonb) IS 'RS006 for a row key that has not the columns of the table''s.';

CREATE FUNCTION rowseal._history(settings jsonb, row_key jsonb)
RETURNS TABLE (version_id bytea, parent bytea, parent_place bigint, owner_timestamp bigint, deleted boolean, is_tip boolean, valid boolean, "row" jsonb)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
DECLARE
    bad_relations oid[];
    bad_places tid[];
BEGIN
    PERFORM rowseal._check_row_key(settings, row_key);
    SELECT array_agg(b.relation), array_agg(b.place) INTO bad_relations, bad_places
    FROM rowseal._examine_rows(settings, 'key', row_key, false) AS b;
    RETURN QUERY EXECUTE format($q$
        WITH v AS (SELECT row_number() OVER (ORDER BY owner_timestamp NULLS FIRST, signature NULLS FIRST, is_data, place) AS n, s.* FROM (%s) AS s)
        SELECT v.id, v.parent_id, p.n, v.owner_timestamp, v.deleted,
               CASE WHEN $4 THEN v.n = count(*) OVER () ELSE v.is_data END,
               NOT EXISTS (SELECT FROM unnest($2, $3) AS b(relation, place) WHERE b.relation = v.relation AND b.place = v.place), v.content
        FROM v LEFT JOIN (SELECT DISTINCT ON (ref) ref, n FROM v ORDER BY ref, n) AS p ON p.ref = v.parent
        ORDER BY v.n
        $q$, rowseal._versions(settings, 'key'))
        USING row_key, coalesce(bad_relations, '{}'), coalesce(bad_places, '{}'), settings ->> 'layout' = 'one-table';
END
$$;
COMMENT ON FUNCTION rowseal._history(jsonb, jsonb) IS
'Every version of a row in the owner''s order, with the place (from 1) of the version that it follows.';

CREATE FUNCTION rowseal.history("table" regclass, row_key jsonb)
RETURNS TABLE (version_id bytea, parent bytea, owner_timestamp bigint, deleted boolean, is_tip boolean, valid boolean, depth integer, "row" jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH h AS MATERIALIZED (SELECT * FROM rowseal._history(rowseal._audited($1), $2) WITH ORDINALITY),
    depths AS MATERIALIZED (SELECT rowseal._depths(coalesce(array_agg(coalesce(parent_place::text, '') ORDER BY ordinality), '{}')) AS of FROM h)
    SELECT h.version_id, h.parent, h.owner_timestamp, h.deleted, h.is_tip, h.valid, d.depth::integer, h."row"
    FROM h JOIN (SELECT u.* FROM depths, unnest(depths.of) WITH ORDINALITY AS u(depth, n)) AS d ON d.n = h.ordinality
    ORDER BY h.ordinality
$$;
COMMENT ON FUNCTION rowseal.history(regclass, jsonb) IS
'Every stored version of a row in the owner''s order: whether it is the tip, whether it verifies, how many ancestors it has here, and the row. The row key is a JSON object with the key columns.';

CREATE FUNCTION rowseal._nodes(settings jsonb, row_key jsonb, latest integer DEFAULT NULL) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH h AS MATERIALIZED (SELECT *, count(*) OVER () AS total FROM rowseal._history(settings, row_key) WITH ORDINALITY),
    shown AS (SELECT *, greatest(0, total - latest) AS left_out FROM h WHERE latest IS NULL OR ordinality > total - latest)
    SELECT coalesce(array_agg(field ORDER BY ordinality, n), '{}')
    FROM shown, unnest(ARRAY[
        coalesce(encode(substring(version_id FOR 6), 'hex'), ''),
        CASE WHEN parent_place > coalesce(left_out, 0) THEN (parent_place - coalesce(left_out, 0))::text ELSE '' END,
        CASE WHEN parent IS NOT NULL AND parent_place IS NULL THEN encode(substring(parent FOR 6), 'hex') ELSE '' END,
        coalesce(owner_timestamp::text, ''),
        CASE WHEN deleted THEN 't' ELSE 'f' END, CASE WHEN is_tip THEN 't' ELSE 'f' END, CASE WHEN valid THEN 't' ELSE 'f' END
    ]) WITH ORDINALITY AS f(field, n)
$$;
COMMENT ON FUNCTION rowseal._nodes(jsonb, jsonb, integer) IS
'The versions of a row, or the latest of them, as texts for drawing, seven each: id, place of the parent, id of a missing parent, timestamp, deleted, tip, valid.';

CREATE FUNCTION rowseal.history_mermaid("table" regclass, row_key jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal._mermaid(format('%s %s', $1, $2), rowseal._nodes(rowseal._audited($1), $2)) $$;
COMMENT ON FUNCTION rowseal.history_mermaid(regclass, jsonb) IS
'The version graph of a row as Mermaid text, with tip, forks, tombstones, missing parents and versions that do not verify marked.';

CREATE FUNCTION rowseal._linked("table" regclass) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal._audited($1);
BEGIN
    IF settings ->> 'parent' IS NULL THEN
        PERFORM rowseal._refuse($1, 'its versions do not name a parent (setting parent)');
    END IF;
    RETURN settings;
END
$$;
COMMENT ON FUNCTION rowseal._linked(regclass) IS 'Settings of a table whose versions name their parents; RS012 for others.';

CREATE FUNCTION rowseal.forks("table" regclass)
RETURNS TABLE (row_key jsonb, parent bytea, branches bigint, version_ids bytea[], owner_timestamps bigint[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
BEGIN
    RETURN QUERY EXECUTE format($q$
        SELECT (array_agg(row_key))[1], (array_agg(parent_id))[1], count(*), array_agg(id ORDER BY owner_timestamp, signature),
               array_agg(owner_timestamp ORDER BY owner_timestamp, signature)
        FROM (SELECT DISTINCT ON (key, ref) * FROM (%s) AS v ORDER BY key, ref) AS known GROUP BY key, parent HAVING count(*) > 1
        $q$, rowseal._versions(rowseal._linked("table")));
END
$$;
COMMENT ON FUNCTION rowseal.forks(regclass) IS
'Where histories branch: versions with one parent, or several without. Not an error; devices that write apart make them. Verifies no signatures.';

CREATE FUNCTION rowseal.missing_parents("table" regclass)
RETURNS TABLE (row_key jsonb, version_id bytea, parent bytea, owner_timestamp bigint)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
DECLARE
    settings jsonb := rowseal._linked("table");
BEGIN
    RETURN QUERY EXECUTE format($q$
        WITH v AS MATERIALIZED (SELECT row_key, key, ref, id, parent, parent_id, owner_timestamp FROM (%s) AS s)
        SELECT row_key, id, parent_id, owner_timestamp FROM v AS c
        WHERE parent IS NOT NULL AND NOT EXISTS (SELECT FROM v AS p WHERE p.key = c.key AND p.ref = c.parent)
          AND NOT EXISTS (SELECT FROM rowseal._pruned_parents AS gone WHERE gone.relation = $1 AND gone.ref = c.parent)
        $q$, rowseal._versions(settings)) USING (settings ->> 'table')::regclass;
END
$$;
COMMENT ON FUNCTION rowseal.missing_parents(regclass) IS
'Versions that follow one that is not here: not yet, lost, or removed by somebody; not those whose parent was pruned. Verifies no signatures.';
