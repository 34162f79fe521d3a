CREATE FUNCTION rowseal.version() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal_internal.version(coalesce((SELECT 'PL/Java ' || e.extversion FROM pg_extension e WHERE e.extname = 'pljava' AND rowseal_internal.host_language() = 'java'), '')) $$;
COMMENT ON FUNCTION rowseal.version() IS 'Versions of Rowseal, its host, Java and Bouncy Castle.';
