CREATE FUNCTION rowseal_internal.guard_drops() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET jit = off
AS $$
DECLARE
    touched oid[] := ARRAY(
        SELECT o.objid FROM pg_event_trigger_dropped_objects() o WHERE o.classid = 'pg_class'::regclass AND o.objsubid = 0
        UNION SELECT c.oid FROM pg_event_trigger_dropped_objects() o JOIN pg_namespace n ON n.nspname = o.address_names[1] JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = o.address_names[2]
        WHERE o.object_type IN ('trigger', 'table column', 'composite type column', 'table constraint') AND NOT o.is_temporary
        UNION SELECT g.relation FROM pg_event_trigger_dropped_objects() o JOIN rowseal_internal.guarded g ON right(o.address_names[2], length(g.suffix) + 1) = '_' || g.suffix
        WHERE o.object_type = 'function' AND o.address_names[1] = 'rowseal_internal');
    state text;
    message text;
    hint text;
BEGIN
    -- Also what was dropped while the guards were off.
    IF EXISTS (SELECT FROM rowseal_internal.guarded g WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = g.relation)) THEN
        PERFORM rowseal_internal.forget_dropped();
    END IF;
    -- And of tables that were never whole, as a dump may bring them.
    PERFORM rowseal_internal.drop_left(VARIADIC ARRAY(
        SELECT o.object_identity FROM pg_event_trigger_dropped_objects() o WHERE o.object_type = 'table' AND NOT o.is_temporary AND EXISTS (
            SELECT FROM pg_event_trigger_dropped_objects() t WHERE t.object_type = 'trigger' AND t.address_names[1:2] = o.address_names AND starts_with(t.address_names[3], 'zzz_rowseal_'))));
    PERFORM rowseal_internal.guard(touched, true);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
    IF state !~ '^RS' OR hint = '' THEN
        RAISE;
    END IF;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, HINT = hint; -- The same again, without a page of context.
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_drops() IS 'Event trigger function: refuses with RS011 drops that leave a guarded table with a flaw.';

CREATE FUNCTION rowseal_internal.forget_dropped() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone record;
BEGIN
    DELETE FROM rowseal_internal.parked p WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = p."table");
    DELETE FROM rowseal_internal.unsettled u WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = u.identities);
    DELETE FROM rowseal_internal.pruned_parents p WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = p.relation);
    FOR gone IN DELETE FROM rowseal_internal.guarded g WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = g.relation) RETURNING g.suffix LOOP
        PERFORM rowseal_internal.drop_functions_but(gone.suffix, '{}');
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.forget_dropped() IS 'Forgets what is recorded of tables that are gone, what was set aside for them, and their functions.';
