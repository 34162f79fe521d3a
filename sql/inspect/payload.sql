CREATE FUNCTION rowseal.payload("table" regclass, "row" jsonb) RETURNS bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal_internal.audited("table");
BEGIN
    PERFORM rowseal_internal.check_given_row("table", "row");
    RETURN rowseal_internal.message(rowseal_internal.learned(settings), rowseal_internal.given_image(settings, "row"));
EXCEPTION WHEN SQLSTATE 'RS006' OR SQLSTATE 'RS012' THEN
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = rowseal_internal.plain(sqlerrm);
END
$$;
COMMENT ON FUNCTION rowseal.payload(regclass, jsonb) IS
'The exact bytes that the owner signs for the row. It reads no stored row. RS012 for a table that is not protected, RS006 for a row that has columns which the table has not, or is larger than 12 MiB.';
