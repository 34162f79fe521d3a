CREATE FUNCTION rowseal_internal.bridge_home() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT setting || '/rowseal' FROM pg_config WHERE name = 'SHAREDIR' $$;
COMMENT ON FUNCTION rowseal_internal.bridge_home() IS
'The directory of the bridge''s files, found at run time: a function body with a path in it would not survive a move to another server.';
