CREATE FUNCTION rowseal.is_greater("table" regclass, image bytea, than bytea) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.batch(ARRAY[image, than]);
    RETURN rowseal_internal.is_greater(rowseal_internal.learned(rowseal_internal.audited("table")), image, than);
END
$$;
COMMENT ON FUNCTION rowseal.is_greater(regclass, bytea, bytea) IS
'What rowseal.verify asks about two rows of a protected table that have one timestamp and one signature, given as images: whether the first comes after the second. Their bytes decide, in a form that is the same on every peer. It reads no table. RS012 for a table that is not protected, RS006 for what is no image of its rows, or more than 16 MiB.';
