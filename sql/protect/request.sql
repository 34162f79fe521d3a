CREATE FUNCTION rowseal.request(target regclass, request jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    answer text;
    state text;
    message text;
    detail text;
    hint text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: there is no table %s', coalesce(target::text, 'NULL'));
    ELSIF (SELECT c.relkind NOT IN ('r', 'p') FROM pg_class c WHERE c.oid = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: %s: only ordinary and partitioned tables can be protected', target);
    END IF;
    PERFORM rowseal.lock_for(target, request);
    PERFORM set_config('rowseal.answer', '', true);
    -- A trigger that never fires (on TRUNCATE its function would only fail) takes the request along. That the table's owner makes it, PostgreSQL sees to: nobody else may let a
    -- trigger fire always. Rowseal's guard, an event trigger, then carries the request out and switches the trigger off.
    EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_request BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION suppress_redundant_updates_trigger(%L)',
        target, request || jsonb_build_object('transaction', pg_current_xact_id()));
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_request', target);
    answer := current_setting('rowseal.answer');
    IF answer = '' THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: %s: Rowseal''s event triggers are switched off, so nothing was done', target),
            HINT = 'ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS; SET event_triggers = on.';
    END IF;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT, detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    IF state !~ '^(RS|42501)' OR detail <> '' AND hint = '' THEN
        RAISE;
    ELSIF hint = '' THEN -- The same again, without a page of context.
        RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message;
    ELSIF detail = '' THEN
        RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, HINT = hint;
    END IF;
    RAISE EXCEPTION USING ERRCODE = state, MESSAGE = message, DETAIL = detail, HINT = hint;
END
$$;
COMMENT ON FUNCTION rowseal.request(regclass, jsonb) IS
'What protect, protect_identities and unprotect hand their arguments to. It has no rights of its own: a request counts because only the table''s owner can record it.';
