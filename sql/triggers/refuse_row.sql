CREATE FUNCTION rowseal_internal.refuse_row(refusal text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    earlier text[] := rowseal_internal.settle(rowseal_internal.statement_number());
BEGIN
    IF earlier IS NOT NULL THEN
        refusal := earlier; -- A row before this one is bad too.
    END IF;
    IF refusal IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '40001', MESSAGE = 'what the row was refused for has just changed', HINT = 'Try again.';
    END IF;
    RAISE EXCEPTION USING ERRCODE = refusal[1], MESSAGE = refusal[2];
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_row(text[]) IS
'Raises a refusal: SQLSTATE, message. Raised here, for PL/Java and PL/Python would put an exception''s name before the message.';
