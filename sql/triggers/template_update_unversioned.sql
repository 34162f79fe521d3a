CREATE FUNCTION rowseal_internal.template_update_unversioned() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Trigger function of {{table}}, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := {{policy}};
    new_image bytea;
    old_image bytea;
    card bytea;
    verdict bigint;
    {{declare_bulk}}
BEGIN
    {{fill_version_id}}
    {{complete}}
    {{take_image}}
    old_image := {{old_image}};
    {{unchanged}}
    {{verify}}
    IF verdict <> 0 THEN
        {{local_changes}}
        RETURN NULL; -- It is older than the stored row.
    END IF;
    RETURN NEW;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_update_unversioned() IS
'Trigger function for UPDATE of a table that keeps tips only.';
