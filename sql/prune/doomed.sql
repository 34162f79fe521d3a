-- What prune does on tables, it does with the rights of their owner.

CREATE FUNCTION rowseal_internal.doomed(target regclass, settings jsonb, keep interval, versions integer) RETURNS json
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT rowseal_internal.as_owner(c.relowner, rowseal_internal.fill($template$
BEGIN
    RETURN (
        WITH v AS MATERIALIZED (
            SELECT s.is_data, s.relation, s.place, s.key, s.ref, s.parent, s.deleted, s.written_at < now() - {{keep}}::interval AS is_old,
                   row_number() OVER (PARTITION BY s.key ORDER BY s.owner_timestamp DESC NULLS LAST, s.signature DESC NULLS LAST, s.is_data DESC) AS rank
            FROM ({{all_versions}}) AS s),
        tips AS (
            SELECT key, deleted AND is_old AND {{tombstones_leave}} AS leaves FROM v WHERE {{is_tip}}),
        judged AS MATERIALIZED (
            SELECT v.*, coalesce(t.leaves OR t.key IS NOT NULL AND NOT ({{is_tip}})
                                 AND ({{keep}}::interval IS NULL OR v.is_old) AND ({{versions}}::integer IS NULL OR v.rank > {{versions}}), false) AS leaves
            FROM v LEFT JOIN tips AS t USING (key)),
        leaving AS (
            SELECT array_agg(relation) AS relations, array_agg(place) AS places FROM judged WHERE leaves)
        SELECT json_build_object(
            'places', (SELECT coalesce(json_object_agg(relation, places), '{}') FROM (SELECT relation, json_agg(place) AS places FROM judged WHERE leaves GROUP BY relation) AS x),
            'rows', (SELECT count(*) FROM (SELECT FROM judged GROUP BY key HAVING bool_and(leaves)) AS x),
            'parents', (SELECT coalesce(json_agg(DISTINCT encode(child.parent, 'hex')), '[]') FROM judged AS child
                        WHERE NOT child.leaves AND (EXISTS (SELECT FROM judged AS p WHERE p.leaves AND p.key = child.key AND p.ref = child.parent)
                                                    OR EXISTS (SELECT FROM rowseal.pruned_parents AS p WHERE p.relation = {{table}} AND p.ref = child.parent))),
            'digest', (SELECT encode(d.digest, 'hex') FROM rowseal.digest({{table}}, 1, coalesce(l.relations, '{}'), coalesce(l.places, '{}')) AS d))
        FROM leaving AS l)::text;
END
$template$, jsonb_build_object(
        'keep', quote_nullable(keep),
        'versions', quote_nullable(versions),
        'table', target::oid,
        'all_versions', rowseal_internal.versions_query(settings, 'all'),
        -- A card's tombstone stays: its owner's other rows are verified with its key.
        'tombstones_leave', settings ->> 'public_key' IS NULL,
        'is_tip', CASE settings ->> 'layout' WHEN 'one-table' THEN 'v.rank = 1' ELSE 'v.is_data' END)))::json
    FROM pg_class AS c WHERE c.oid = target
$$;
COMMENT ON FUNCTION rowseal_internal.doomed(regclass, jsonb, interval, integer) IS
'What prune is to remove: places (ctid) by table or partition; of how many rows nothing stays; the parents that kept versions name and that are pruned, now or before; the digest of what is removed.';

CREATE FUNCTION rowseal_internal.remove_doomed(owner oid, archive regclass) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    batch record;
    removed bigint := 0;
BEGIN
    FOR batch IN
        SELECT relation, array_agg(place) AS places
        FROM (SELECT p.relation, p.place, row_number() OVER (PARTITION BY p.relation ORDER BY p.place) / 10000 AS n
              FROM rowseal_internal.pruning AS p WHERE p.transaction = pg_current_xact_id()) AS x
        -- Versions first, for they may refer to the data table by a foreign key.
        GROUP BY relation, n ORDER BY relation IN (SELECT part FROM rowseal_internal.tree(archive) AS part) DESC
    LOOP
        removed := removed + rowseal_internal.as_owner(owner, format($body$
            DECLARE
                deleted bigint;
            BEGIN
                DELETE FROM ONLY %s AS r WHERE r.ctid = ANY (%L::tid[]);
                GET DIAGNOSTICS deleted = ROW_COUNT;
                RETURN deleted;
            END$body$, rowseal_internal.qualified(batch.relation), batch.places))::bigint;
    END LOOP;
    RETURN removed;
END
$$;
COMMENT ON FUNCTION rowseal_internal.remove_doomed(oid, regclass) IS
'Deletes the rows that this transaction prunes, ten thousand at a time, with the rights of the tables'' owner; says how many.';
