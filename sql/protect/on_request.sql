CREATE FUNCTION rowseal.on_request() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal.on_request() IS
'Function of the trigger in which protect, protect_identities and unprotect record what a table''s owner asks for. It does nothing, and is public for owners to make that trigger.';
