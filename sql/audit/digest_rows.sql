CREATE FUNCTION rowseal.digest_rows("table" regclass, images bytea[]) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    batch bytea := rowseal_internal.batch(ARRAY(SELECT i FROM unnest(images) AS i WHERE rowseal_internal.fits(i)));
BEGIN
    RETURN rowseal_internal.digest_images(rowseal_internal.learned(rowseal_internal.audited("table")), batch)
        || coalesce((SELECT string_agg(sha256(i) || sha256(i), '') FROM unnest(images) AS i WHERE NOT rowseal_internal.fits(i)), '');
END
$$;
COMMENT ON FUNCTION rowseal.digest_rows(regclass, bytea[]) IS
'What rowseal.digest is made of: for each row image of a protected table the SHA-256 of its key and that of the version (32 bytes each), one after the other, in any order. For an image larger than 12 MiB, which no write can store, it is twice the SHA-256 of the image. It reads no table. RS012 for a table that is not protected, RS006 for more than 10,000 images or 16 MiB.';
