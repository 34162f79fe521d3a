CREATE FUNCTION rowseal_internal.template_update_two_tables() RETURNS text
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
    done boolean;
    note text;
    stood_there text;
BEGIN
    {{fill_version_id}}
    {{complete}}
    {{take_image}}
    old_image := {{old_image}};
    {{unchanged}}
    {{verify}}
    IF verdict = 4 THEN
        -- A note to the trigger of the versions table: which row is on its way. It stands in a setting that only superusers may change,
        -- and that PostgreSQL takes back where the statement fails. As a setting it means nothing: there is no function of that name.
        stood_there := current_setting('backtrace_functions');
        note := set_config('backtrace_functions', {{note_of_old}}, true);
        done := rowseal_internal.{{archive}}(OLD, true);
        note := set_config('backtrace_functions', stood_there, true);
        IF NOT done THEN
            PERFORM rowseal_internal.refuse_loss({{table_text}}, {{versions_text}});
        END IF;
    ELSIF verdict <> 0 THEN
        IF verdict = 5 THEN
            done := rowseal_internal.{{archive}}(NEW, false); -- It is older than the tip. The versions table's trigger verifies it.
        ELSIF verdict = 7 THEN
            -- It has the tip's timestamp and signature, but lesser bytes. It was verified, and must not come back as a candidate.
            stood_there := current_setting('backtrace_functions');
            note := set_config('backtrace_functions', {{note_of_new}}, true);
            done := rowseal_internal.{{archive}}(NEW, true);
            note := set_config('backtrace_functions', stood_there, true);
            IF NOT done THEN
                PERFORM rowseal_internal.refuse_loss({{table_text}}, {{versions_text}});
            END IF;
        END IF;
        {{local_changes}}
        RETURN NULL;
    END IF;
    RETURN NEW;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_update_two_tables() IS
'Trigger function for UPDATE of a table with a versions table: the tip that is replaced goes there.';
