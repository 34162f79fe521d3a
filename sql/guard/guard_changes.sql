CREATE FUNCTION rowseal_internal.guard_changes() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET jit = off
AS $$
DECLARE
    touched oid[];
    touched_types oid[];
    asked record;
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    IF tg_tag = 'ALTER EXTENSION' THEN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.object_identity = 'rowseal' AND c.command_tag = tg_tag) THEN
            PERFORM rowseal_internal.after_update();
        END IF;
        RETURN;
    END IF;
    IF tg_tag IN ('GRANT', 'REVOKE') THEN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE lower(c.object_type) IN ('function', 'routine', 'procedure')) THEN
            PERFORM rowseal_internal.guard(ARRAY(SELECT rowseal_internal.concerned_by_privileges()), false);
        END IF;
        RETURN;
    END IF;
    touched := ARRAY(
        SELECT DISTINCT t.relation FROM pg_event_trigger_ddl_commands() c, LATERAL (
            SELECT c.objid WHERE c.classid = 'pg_class'::regclass
            UNION ALL SELECT indrelid FROM pg_index WHERE c.classid = 'pg_class'::regclass AND indexrelid = c.objid
            -- A request changes nothing by itself; and protect, which it may ask for, is what mends a table with a flaw.
            UNION ALL SELECT tgrelid FROM pg_trigger WHERE c.classid = 'pg_trigger'::regclass AND oid = c.objid
                      AND NOT (tgname = 'zzz_rowseal_request' AND EXISTS (SELECT FROM rowseal_internal.guarded g WHERE g.relation = tgrelid))
            UNION ALL SELECT ev_class FROM pg_rewrite WHERE c.classid = 'pg_rewrite'::regclass AND oid = c.objid
            UNION ALL SELECT oid FROM pg_class WHERE c.classid = 'pg_namespace'::regclass AND relnamespace = c.objid AND relkind IN ('r', 'p')
        ) AS t(relation));
    touched_types := ARRAY(
        SELECT t.oid FROM pg_event_trigger_ddl_commands() c JOIN pg_type t ON c.objid = CASE c.classid
            WHEN 'pg_type'::regclass THEN t.oid WHEN 'pg_proc'::regclass THEN t.typoutput WHEN 'pg_namespace'::regclass THEN t.typnamespace END);
    IF tg_tag IN ('CREATE FUNCTION', 'ALTER FUNCTION', 'ALTER ROUTINE') THEN
        touched := touched || ARRAY(
            SELECT g.relation FROM pg_event_trigger_ddl_commands() c JOIN pg_proc p ON c.classid = 'pg_proc'::regclass AND p.oid = c.objid
            JOIN rowseal_internal.guarded g ON right(p.proname, length(g.suffix) + 1) = '_' || g.suffix
            WHERE p.pronamespace = 'rowseal_internal'::regnamespace AND NOT c.in_extension);
    END IF;
    PERFORM rowseal_internal.require_readable(touched);
    FOR asked IN SELECT r.target, r.request FROM rowseal_internal.requests(touched) r LOOP
        PERFORM rowseal_internal.carry_out(asked.target, asked.request);
        touched := array_remove(touched, asked.target::oid);
    END LOOP;
    PERFORM rowseal_internal.guard(touched, false, touched_types);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    IF state !~ '^RS' OR hint = '' OR detail <> '' THEN
        RAISE;
    END IF;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, HINT = hint; -- The same again, without a page of context.
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_changes() IS
'Event trigger function: carries out what owners of tables ask for, and refuses with RS011 commands that leave a guarded table with a flaw. It runs with the rights of the extension''s owner, whoever gave the command and in whatever function.';

CREATE FUNCTION rowseal_internal.concerned_by_privileges() RETURNS SETOF oid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.relation
    FROM rowseal_internal.settings s LEFT JOIN rowseal_internal.guarded g ON g.relation = s.relation,
    LATERAL (SELECT EXISTS (SELECT FROM rowseal_internal.present_functions(s.suffix) f WHERE has_function_privilege('public', f.function, 'EXECUTE'))) AS x(has_open_function)
    WHERE CASE WHEN g.relation IS NULL THEN NOT has_open_function ELSE has_open_function END
$$;
COMMENT ON FUNCTION rowseal_internal.concerned_by_privileges() IS
'Tables for which it matters that privileges on a function have changed, for PostgreSQL does not say of which: guarded ones with a function that everybody may execute now, and those of a dump, in which privileges come last, whose functions are all closed now.';
