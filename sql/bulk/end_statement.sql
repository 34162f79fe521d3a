CREATE FUNCTION rowseal_internal.end_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    context text;
    note text;
BEGIN
    GET DIAGNOSTICS context = PG_CONTEXT;
    IF strpos(context, E'\n') > 0 THEN
        RETURN NULL; -- A statement that some function runs hands nothing over; the client's own is still going on.
    END IF;
    -- The note is not relied on: anybody may RESET ALL. But a transaction without an id has stored nothing.
    IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_pending();
    END IF;
    IF starts_with(current_setting('backtrace_functions'), 'rowseal_') THEN
        note := set_config('backtrace_functions', '', true);
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.end_statement() IS
'Trigger function after an INSERT: waits until every row that the statement handed over is verified, and raises the refusal of the first bad one.';

CREATE FUNCTION rowseal_internal.refuse_pending() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    refusal text[] := rowseal_internal.settle(rowseal_internal.statement_number());
BEGIN
    IF refusal IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = refusal[1], MESSAGE = refusal[2];
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_pending() IS 'Raises the refusal of the first bad row among those that the statement has handed over.';

CREATE FUNCTION rowseal_internal.statement_number() RETURNS bigint
LANGUAGE sql STABLE
AS $$ SELECT (pg_catalog.date_part('epoch', pg_catalog.statement_timestamp()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8 $$;
COMMENT ON FUNCTION rowseal_internal.statement_number() IS
'What a message of the client goes by: the microsecond in which it came. What failed leaves nothing to the next one. Its search path is not pinned, so that it is expanded where it is called.';
