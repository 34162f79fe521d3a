CREATE FUNCTION rowseal.version_id(signature bytea, version_hash text) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_sizes(octet_length(signature), octet_length(version_hash));
    RETURN rowseal_internal.version_id(signature, version_hash);
EXCEPTION WHEN SQLSTATE 'RS006' OR SQLSTATE 'RS012' THEN
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = rowseal_internal.plain(sqlerrm);
END
$$;
COMMENT ON FUNCTION rowseal.version_id(bytea, text) IS
'The digest of a signature, by which a version may go; NULL for NULL. The hash is named as in the setting version_hash. More than 12 MiB is RS006, an unknown hash RS012.';
