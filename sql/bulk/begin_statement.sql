CREATE FUNCTION rowseal_internal.begin_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    context text;
    note text;
BEGIN
    GET DIAGNOSTICS context = PG_CONTEXT;
    IF strpos(context, E'\n') = 0 THEN
        -- Nothing stands around this function: it is a statement of the client's own, which runs to its end or fails. One that some function
        -- runs may be left half done (SPI with a row limit), or its error may be caught.
        IF current_setting('backtrace_functions') = '' THEN
            note := set_config('backtrace_functions', 'rowseal_open', true);
        END IF;
    ELSIF current_setting('backtrace_functions') = 'rowseal_open' THEN
        note := set_config('backtrace_functions', 'rowseal_shut', true); -- It runs in the middle of the client's statement.
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.begin_statement() IS
'Trigger function before an INSERT: notes that the rows of this statement may be verified until it ends. The note stands in a setting that only superusers may change, and that PostgreSQL takes back where the statement fails.';
