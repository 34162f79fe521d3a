CREATE FUNCTION rowseal.row_owners("table" regclass, images bytea[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    batch bytea := rowseal_internal.batch(images);
BEGIN
    RETURN rowseal_internal.owners(rowseal_internal.learned(rowseal_internal.audited("table")), batch);
END
$$;
COMMENT ON FUNCTION rowseal.row_owners(regclass, bytea[]) IS
'What rowseal.check_rows is made of: the owner ids in row images of a protected table, each once, as text (bytes as \x and hex); none for a table of cards. It reads no table. RS012 for a table that is not protected, RS006 for more than 10,000 images or 16 MiB.';
