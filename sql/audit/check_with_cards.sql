CREATE FUNCTION rowseal.check_with_cards("table" regclass, images bytea[], owners text[], cards bytea[])
RETURNS TABLE (place integer, code text, problem text)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    batch bytea := rowseal_internal.batch(images);
    bad text[];
BEGIN
    IF cardinality(owners) <> cardinality(cards) OR owners IS NULL OR cards IS NULL OR cardinality(owners) > 10000 OR array_ndims(owners) > 1 OR array_ndims(cards) > 1 THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = 'malformed: there must be as many cards as owners, and not more than 10000';
    END IF;
    PERFORM rowseal_internal.check_sizes(octet_length(owners::text), (SELECT sum(octet_length(c)) FROM unnest(cards) AS c));
    bad := rowseal_internal.verify_images(rowseal_internal.learned(rowseal_internal.audited("table")), batch, owners, array_send(cards));
    RETURN QUERY
    WITH too_large AS (SELECT n::integer AS n, octet_length(i) AS bytes FROM unnest(images) WITH ORDINALITY AS x(i, n) WHERE NOT rowseal_internal.fits(i))
    SELECT n, 'RS006', CASE WHEN bytes IS NULL THEN 'malformed: no row image'
                            ELSE format('malformed: a row of %s bytes; it may have %s (12 MiB) at most', bytes, rowseal_internal.most_bytes()) END FROM too_large
    UNION ALL
    SELECT b.place, bad[3 * i - 1], bad[3 * i]
    FROM generate_series(1, cardinality(bad) / 3) AS i, LATERAL (SELECT bad[3 * i - 2]::integer) AS b(place)
    WHERE NOT EXISTS (SELECT FROM too_large AS t WHERE t.n = b.place);
END
$$;
COMMENT ON FUNCTION rowseal.check_with_cards(regclass, bytea[], text[], bytea[]) IS
'What rowseal.check_rows is made of: verifies row images on all cores, given the cards of their owners as the query for cards of rowseal.audit_query tells them. It reads no table and remembers nothing: with false cards a caller only deceives himself. A line for each bad row: its place in the array from 1, SQLSTATE, problem. RS012 for a table that is not protected, RS006 for more than 10,000 images or 16 MiB, or cards of more than 12 MiB.';
