CREATE FUNCTION rowseal_internal.template_insert_two_tables() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Trigger function of {{table}}, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := {{policy}};
    new_image bytea;
    stored integer;
    card bytea;
    verdict bigint;
    {{declare_bulk}}
    done boolean;
BEGIN
    {{fill_version_id}}
    {{take_image}}
    stored := rowseal_internal.{{look}}({{look_arguments}});
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, byte for byte.
    ELSIF stored = 2 THEN
        IF rowseal_internal.{{replace}}(NEW) THEN
            RETURN NULL; -- It became an UPDATE, whose trigger has verified it.
        END IF;
    ELSIF stored = 3 THEN
        done := rowseal_internal.{{archive}}(NEW, false);
        RETURN NULL; -- It is older, so it went to the versions table, whose trigger has verified it.
    END IF;
    {{verify}}
    RETURN NEW;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_insert_two_tables() IS
'Trigger function for INSERT into a table with a versions table. A newer row becomes an UPDATE, an older one goes to the versions table.';
