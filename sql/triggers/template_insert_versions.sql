CREATE FUNCTION rowseal_internal.template_insert_versions() RETURNS text
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
    done boolean;
BEGIN
    {{fill_version_id}}
    {{take_image}}
    IF starts_with(current_setting('backtrace_functions'), 'rowseal_') AND current_setting('backtrace_functions') = {{note_of_new}} THEN
        RETURN NEW; -- The data table's trigger has noted that it archives this very row, which it has verified, now or when it became the tip.
    END IF;
    stored := rowseal_internal.{{look}}({{look_arguments}});
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, or is the tip.
    ELSIF stored = 3 THEN
        done := rowseal_internal.{{promote}}(NEW);
        RETURN NULL; -- It is newer than the tip, so it went to the data table, whose trigger has verified it.
    ELSIF stored = 2 THEN
        -- Something else is stored as this version: an UPDATE puts it right if this row is the owner's word.
        IF rowseal_internal.{{replace}}(NEW) THEN
            RETURN NULL;
        END IF;
    END IF;
    {{verify}}
    RETURN NEW;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_insert_versions() IS
'Trigger function for INSERT into a versions table. What is newer than the tip goes to the data table.';
