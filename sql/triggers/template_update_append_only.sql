CREATE FUNCTION rowseal_internal.template_update_append_only() RETURNS text
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
BEGIN
    {{fill_version_id}}
    {{take_image}}
    old_image := {{old_image}};
    {{unchanged}}
    -- Refused, but where what is stored as this version is not the owner's word and the new row is.
    {{verify}}
    IF verdict <> 0 THEN
        {{local_changes}}
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_update_append_only() IS
'Trigger function for UPDATE of a table in which versions stand beside each other.';
