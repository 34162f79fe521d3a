CREATE FUNCTION rowseal_internal.structure_query(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal_internal.fill($template$
WITH v AS MATERIALIZED (
    -- Rows that do not verify say nothing about order; they only keep a place taken.
    SELECT s.is_data, s.relation, s.place, s.key, s.ref, s.parent, s.owner_timestamp, s.signature, b.place IS NULL AS valid
    FROM ({{all_versions}}) AS s
    LEFT JOIN (SELECT DISTINCT * FROM unnest($2, $3)) AS b(relation, place) ON b.relation = s.relation AND b.place = s.place),
known AS MATERIALIZED (
    SELECT DISTINCT ON (key, ref) * FROM v ORDER BY key, ref, valid DESC, is_data DESC),
finding AS (
    SELECT CASE WHEN same THEN 'duplicate_version' ELSE 'shared_signature' END AS code, CASE WHEN same THEN 'error' ELSE 'warning' END AS severity, x.is_data, x.relation, x.place,
           CASE WHEN same THEN 'the same version is stored elsewhere too' ELSE 'another version of the row has the same signature: its owner can make one signature fit two rows' END AS problem
    FROM (SELECT *, row_number() OVER here AS n, first_value(relation) OVER here AS first_relation, first_value(place) OVER here AS first_place
          FROM v WHERE valid WINDOW here AS (PARTITION BY key, ref ORDER BY is_data DESC, relation, place)) AS x,
         LATERAL (SELECT (SELECT i.image FROM ({{images}}) AS i WHERE i.relation = x.relation AND i.place = x.place)
                       = (SELECT i.image FROM ({{images}}) AS i WHERE i.relation = x.first_relation AND i.place = x.first_place) AS same) AS compared
    WHERE n > 1
    {{two_tables}}
    {{parents}})
SELECT CASE WHEN v.is_data THEN 'data' ELSE 'versions' END, v.row_key, CASE f.code WHEN 'fork' THEN v.parent_id ELSE v.id END, f.code, f.severity, f.problem
FROM finding AS f JOIN ({{all_versions}}) AS v ON v.relation = f.relation AND v.place = f.place$template$, jsonb_build_object(
        'all_versions', rowseal_internal.versions_query(settings, 'all'),
        'images', images,
        'two_tables', CASE WHEN settings ->> 'layout' = 'two-tables' THEN
            rowseal_internal.fill(rowseal_internal.misplaced_tips(), jsonb_build_object('images', images, 'table', rowseal_internal.relation(settings ->> 'table'))) END,
        'parents', CASE WHEN settings ->> 'parent' IS NOT NULL THEN rowseal_internal.fill(rowseal_internal.odd_parents(),
            jsonb_build_object('table', rowseal_internal.relation(settings ->> 'table'))) END))
    FROM (SELECT rowseal_internal.image_query(settings || '{"role": "data"}', 'all')
              || CASE WHEN settings ->> 'layout' = 'two-tables' THEN ' UNION ALL ' || rowseal_internal.image_query(settings || '{"role": "versions"}', 'all') ELSE '' END) AS x(images)
$$;
COMMENT ON FUNCTION rowseal_internal.structure_query(jsonb) IS
'A query for how the versions of a table hang together, those left out that do not verify (their tables $2 and places $3): duplicate_version, shared_signature, not_the_tip, missing_parent, parent_not_older, fork. A fork is told at the first of its branches.';

CREATE FUNCTION rowseal_internal.misplaced_tips() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT $template$
UNION ALL
SELECT 'not_the_tip', 'error', d.is_data IS NOT NULL, coalesce(d.relation, n.relation), coalesce(d.place, n.place),
       CASE WHEN d.is_data IS NULL THEN 'the row has versions but no tip'
       ELSE format('a newer version, of owner_timestamp %s, lies among the superseded ones', n.owner_timestamp) END
FROM (SELECT DISTINCT ON (key) * FROM v WHERE valid AND NOT is_data ORDER BY key, owner_timestamp DESC, signature DESC) AS n
LEFT JOIN v AS d ON d.is_data AND d.key = n.key
WHERE d.is_data IS NULL OR d.valid AND CASE WHEN (n.owner_timestamp, n.signature) = (d.owner_timestamp, d.signature)
    THEN rowseal.is_greater({{table}}, (SELECT i.image FROM ({{images}}) AS i WHERE i.relation = n.relation AND i.place = n.place),
                                       (SELECT i.image FROM ({{images}}) AS i WHERE i.relation = d.relation AND i.place = d.place))
    ELSE (n.owner_timestamp, n.signature) > (d.owner_timestamp, d.signature) END
$template$ $$;
COMMENT ON FUNCTION rowseal_internal.misplaced_tips() IS 'The part of the query for structure that looks whether tips are where they belong.';

CREATE FUNCTION rowseal_internal.odd_parents() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT $template$
UNION ALL
SELECT 'missing_parent', 'warning', c.is_data, c.relation, c.place, format('the version that it follows, %s…, is not here', encode(substring(c.parent FOR 8), 'hex'))
FROM known AS c LEFT JOIN known AS p ON p.key = c.key AND p.ref = c.parent
WHERE c.valid AND c.parent IS NOT NULL AND p.key IS NULL
  AND NOT EXISTS (SELECT FROM rowseal.pruned_parents AS gone WHERE gone.relation = {{table}} AND gone.ref = c.parent)
UNION ALL
SELECT 'parent_not_older', 'warning', c.is_data, c.relation, c.place,
       format('its owner_timestamp is %s, that of the version it follows %s', c.owner_timestamp, p.owner_timestamp)
FROM known AS c JOIN known AS p ON p.key = c.key AND p.ref = c.parent
WHERE c.valid AND p.valid AND (p.owner_timestamp, p.signature) >= (c.owner_timestamp, c.signature)
UNION ALL
SELECT 'fork', 'notice', (array_agg(is_data ORDER BY owner_timestamp, signature))[1],
       (array_agg(relation ORDER BY owner_timestamp, signature))[1], (array_agg(place ORDER BY owner_timestamp, signature))[1],
       format(CASE WHEN parent IS NULL THEN '%s versions of the row begin its history' ELSE '%s versions follow this one' END, count(*))
FROM known WHERE valid GROUP BY key, parent HAVING count(*) > 1
$template$ $$;
COMMENT ON FUNCTION rowseal_internal.odd_parents() IS 'The part of the query for structure that follows versions to the ones that they name as their parents.';
