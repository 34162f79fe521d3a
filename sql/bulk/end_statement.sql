CREATE FUNCTION rowseal_internal.end_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
AS $$
-- Its search path is not pinned, which would cost each statement 1 us. So all names have their schema, operators too.
DECLARE
    refusal pg_catalog.text[];
BEGIN
    IF pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.=) 1 -- What a trigger runs hands nothing over.
        AND pg_catalog.pg_current_xact_id_if_assigned() IS NOT NULL THEN -- Else this transaction has stored nothing.
        refusal := rowseal_internal.settle(rowseal_internal.statement_number());
        IF refusal IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = refusal[1], MESSAGE = refusal[2];
        END IF;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.end_statement() IS
'Trigger function after an INSERT or UPDATE: waits until every row that was handed over is verified, and raises the refusal of the first bad one.';

CREATE FUNCTION rowseal_internal.is_own_statement(context text) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT pg_catalog.pg_trigger_depth() OPERATOR(pg_catalog.=) 1 AND (
        pg_catalog.strpos(context, E'\n') OPERATOR(pg_catalog.=) 0 AND pg_catalog.current_setting('session_replication_role') OPERATOR(pg_catalog.<>) 'replica'
        OR pg_catalog.starts_with(pg_catalog.split_part(context, E'\n', 2), 'COPY ') AND NOT pg_catalog.starts_with(pg_catalog.split_part(context, E'\n', -1), 'PL/'))
$$;
COMMENT ON FUNCTION rowseal_internal.is_own_statement(text) IS
'Whether a trigger function with this PG_CONTEXT was called by a statement of the client''s own, or by COPY, as which a subscription''s first copy comes: nothing stands around it. Such a statement runs to its end or fails. One that a function runs may be left half done (SPI with a row limit), or its error be caught; and where replication applies rows, no statement triggers fire. Its search path is not pinned, so that it is expanded where it is called.';

CREATE FUNCTION rowseal_internal.statement_number() RETURNS bigint
LANGUAGE sql STABLE
AS $$ SELECT (pg_catalog.date_part('epoch', pg_catalog.statement_timestamp()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8 $$;
COMMENT ON FUNCTION rowseal_internal.statement_number() IS
'What a message of the client goes by: the microsecond in which it came. What failed leaves nothing to the next one. Its search path is not pinned, so that it is expanded where it is called.';
