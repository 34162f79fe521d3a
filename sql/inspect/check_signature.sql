-- For people who write a client: what is signed, and where a row fails. None of these functions is PARALLEL SAFE: where PL/Java's
-- library is first loaded during a parallel query, it does not get its settings.

CREATE FUNCTION rowseal.check_signature(algorithm text, public_key bytea, message bytea, signature bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_sizes(octet_length(algorithm), octet_length(public_key), octet_length(message), octet_length(signature));
    RETURN rowseal_internal.check_signature(algorithm, public_key, message, signature);
EXCEPTION WHEN SQLSTATE 'RS006' OR SQLSTATE 'RS012' THEN
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = rowseal_internal.plain(sqlerrm);
END
$$;
COMMENT ON FUNCTION rowseal.check_signature(text, bytea, bytea, bytea) IS
'Whether the signature is the key''s over the message. A malformed key or signature is false. NULL, or more than 12 MiB in all, is RS006, an unknown algorithm RS012.';
