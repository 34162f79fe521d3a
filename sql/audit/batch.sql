CREATE FUNCTION rowseal_internal.fits(image bytea) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT coalesce(octet_length(image) <= rowseal_internal.most_bytes(), false) $$;
COMMENT ON FUNCTION rowseal_internal.fits(bytea) IS 'Whether Java is given a row image: not NULL, nor one that is larger than a row may be.';

CREATE FUNCTION rowseal_internal.batch(images bytea[]) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most_bytes integer := rowseal_internal.most_bytes();
    bytes bigint;
    all_fit boolean;
BEGIN
    SELECT coalesce(sum(octet_length(i)) FILTER (WHERE octet_length(i) <= most_bytes), 0), coalesce(bool_and(octet_length(i) <= most_bytes), true)
    INTO bytes, all_fit FROM unnest(images) AS i;
    IF array_ndims(images) > 1 OR cardinality(images) > 10000 OR bytes > 16777216 THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006',
            MESSAGE = format('malformed: %s row images of %s bytes in one call; at most 10000 of 16777216 (16 MiB), in an array of one dimension', cardinality(images), bytes);
    END IF;
    RETURN array_send(CASE WHEN all_fit THEN coalesce(images, '{}')
                      ELSE ARRAY(SELECT CASE WHEN octet_length(i) <= most_bytes THEN i END FROM unnest(images) WITH ORDINALITY AS x(i, n) ORDER BY n) END);
END
$$;
COMMENT ON FUNCTION rowseal_internal.batch(bytea[]) IS
'Row images as Java takes them: array_send of bytea[]. An image that is larger than a row may be becomes NULL. RS006 for more than 10,000 images or 16 MiB in all, which would fill Java''s heap.';
