\echo Use "CREATE EXTENSION rowseal CASCADE" to load this file. \quit

-- A dump says CREATE EXTENSION rowseal without a version, and that means the server's default host. It also names this extension, which
-- belongs to one host: so a database keeps its host, wherever it is restored.

CREATE FUNCTION pg_catalog.@extension@_restored() RETURNS event_trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF current_setting('@extension@.restores', true) = 'on' OR current_query() !~ '(^|[[:space:];])CREATE EXTENSION IF NOT EXISTS "?rowseal"?[[:space:];]'
       OR EXISTS (SELECT FROM pg_extension WHERE extname = 'rowseal') THEN
        RETURN;
    END IF;
    PERFORM set_config('@extension@.restores', 'on', true); -- for the command below comes here as well
    EXECUTE format('CREATE EXTENSION rowseal VERSION %L', (SELECT regexp_replace(default_version, '-bridge$', '') || '@suffix@' FROM pg_available_extensions WHERE name = 'rowseal'));
    PERFORM set_config('@extension@.restores', '', true);
END
$$;
REVOKE ALL ON FUNCTION pg_catalog.@extension@_restored() FROM PUBLIC;
COMMENT ON FUNCTION pg_catalog.@extension@_restored() IS 'Event trigger function: at CREATE EXTENSION IF NOT EXISTS rowseal, as a dump has it, makes the extension for this host first, with the rights of whoever restores.';

CREATE EVENT TRIGGER @extension@_restored ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION pg_catalog.@extension@_restored();
ALTER EVENT TRIGGER @extension@_restored ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER @extension@_restored IS 'Rowseal: a database that is restored keeps its host.';
