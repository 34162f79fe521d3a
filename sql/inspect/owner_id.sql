CREATE FUNCTION rowseal.owner_id(public_key bytea, owner_hash text DEFAULT 'SHA3-512') RETURNS bytea
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_sizes(octet_length(public_key), octet_length(owner_hash));
    RETURN rowseal_internal.owner_id(public_key, owner_hash);
EXCEPTION WHEN SQLSTATE 'RS006' OR SQLSTATE 'RS012' THEN
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = rowseal_internal.plain(sqlerrm);
END
$$;
COMMENT ON FUNCTION rowseal.owner_id(bytea, text) IS
'The owner id of a public key: its digest. NULL, or more than 12 MiB, is RS006, an unknown hash RS012.';
