CREATE FUNCTION rowseal.version() RETURNS text
STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS JAVA 'version';
COMMENT ON FUNCTION rowseal.version() IS 'Versions of Rowseal, its host, Java and Bouncy Castle.';

