CREATE FUNCTION rowseal.progress(tables regclass[], rows bigint, relation oid, place tid, elapsed interval) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    -- Files are read in their order, so the block number tells how much is left.
    WITH file AS (
        SELECT coalesce(f.relid, t.name) AS relid, pg_relation_size(coalesce(f.relid, t.name)) AS bytes, row_number() OVER (ORDER BY t.n, f.n) AS n
        FROM unnest(tables) WITH ORDINALITY AS t(name, n) LEFT JOIN pg_partition_tree(t.name) WITH ORDINALITY AS f(relid, parentrelid, isleaf, level, n) ON true),
    reached AS (
        SELECT (SELECT n FROM file WHERE relid = relation) AS n, ((place::text::point)[0] + 1) * current_setting('block_size')::integer AS bytes),
    done AS (
        SELECT least(1, (coalesce(sum(f.bytes) FILTER (WHERE f.n < p.n), 0) + min(p.bytes)) / sum(f.bytes)) AS fraction FROM file AS f, reached AS p)
    SELECT format('%I.%I: %s rows checked, %s rows/s, %s s left', n.nspname, c.relname, rows, round(rows / seconds), ceil(seconds * (1 / d.fraction - 1)))
    FROM done AS d, LATERAL (SELECT extract(epoch FROM elapsed)) AS e(seconds), pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid = tables[1]
$$;
COMMENT ON FUNCTION rowseal.progress(regclass[], bigint, oid, tid, interval) IS
'How far an audit is that has read so many rows of these tables, in this order, and is at a place (ctid) in a table or partition: as text, with the rate and the seconds that are left.';
