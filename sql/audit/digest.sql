CREATE FUNCTION rowseal.digest("table" regclass, buckets integer DEFAULT 1, relations oid[] DEFAULT NULL, places tid[] DEFAULT NULL)
RETURNS TABLE (bucket integer, versions bigint, digest bytea)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_column
BEGIN
    IF buckets IS NULL OR buckets NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('buckets must be from 1 to 1000000, not %s', buckets);
    END IF;
    -- A Merkle tree over the sorted hashes of the versions: whoever finds two sets with one digest has found a collision of
    -- SHA-256. Sums and XORs of hashes need no sorting, but owners choose the versions, and two sets with equal XOR are a matter of
    -- linear algebra. The middle layer, by the first two bytes of the hash, keeps what is held in memory at a time small.
    RETURN QUERY
    WITH leaves AS (
        SELECT DISTINCT (('x' || encode(substring(e.digest FROM 64 * i + 1 FOR 4), 'hex'))::bit(32)::bigint & 4294967295) % buckets AS bucket,
               substring(e.digest FROM 64 * i + 33 FOR 32) AS leaf
        FROM rowseal.examine("table", true, NULL, relations, places) AS e, generate_series(0, octet_length(e.digest) / 64 - 1) AS i),
    branches AS (
        SELECT l.bucket, substring(l.leaf FOR 2) AS branch, count(*) AS versions, sha256(string_agg(l.leaf, ''::bytea ORDER BY l.leaf)) AS digest
        FROM leaves AS l GROUP BY 1, 2)
    SELECT n, coalesce(sum(b.versions), 0)::bigint, sha256(coalesce(string_agg(b.digest, ''::bytea ORDER BY b.branch), ''::bytea))
    FROM generate_series(0, buckets - 1) AS n LEFT JOIN branches AS b ON b.bucket = n
    GROUP BY n ORDER BY n;
END
$$;
COMMENT ON FUNCTION rowseal.digest(regclass, integer, oid[], tid[]) IS
'A digest (SHA-256) of all versions, equal on two peers if and only if they hold the same set, whatever is tip or archived where and in whatever order it came. With buckets (1 to 1000000, else 22023), rows are divided by the hash of their key, to narrow a difference down. Covers all that is signed, and the signatures. With relations and places, only the versions that lie in these tables at these places (tableoid and ctid). Needs SELECT on the tables. RS012 for a table that is not protected.';
