CREATE FUNCTION rowseal_internal.check_sizes(VARIADIC sizes bigint[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    total bigint := 0;
    size bigint;
BEGIN
    FOREACH size IN ARRAY sizes LOOP
        total := total + coalesce(size, 0);
    END LOOP;
    IF total > rowseal_internal.most_bytes() THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: %s bytes; at most %s (12 MiB) can be looked at', total, rowseal_internal.most_bytes());
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_sizes(bigint[]) IS
'RS006 where values whose sizes are given (in bytes; NULL counts nothing) are together too large to be handed to Java.';
