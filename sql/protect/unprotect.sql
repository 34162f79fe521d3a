CREATE FUNCTION rowseal.unprotect(target regclass) RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal.request(target, '{"do": "unprotect"}') $$;
COMMENT ON FUNCTION rowseal.unprotect(regclass) IS
'Takes protection off a table and its versions table. Needs ownership of the table; RS012 while another table of the same owner takes its keys from it.';
