CREATE FUNCTION rowseal.explain_given("table" regclass, "row" jsonb, card bytea, tip bytea) RETURNS text[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal_internal.audited("table");
BEGIN
    PERFORM rowseal_internal.check_given_row("table", "row");
    PERFORM rowseal_internal.check_sizes(octet_length(card), octet_length(tip));
    RETURN rowseal_internal.explain(rowseal_internal.learned(settings), rowseal_internal.given_image(settings, "row"), card, tip);
END
$$;
COMMENT ON FUNCTION rowseal.explain_given(regclass, jsonb, bytea, bytea) IS
'What rowseal.explain is made of: the steps of a row in JSON, three texts each (check, t or f, finding), given what the caller has looked up. card: as the query for cards of rowseal.audit_query gives it; empty if there is none. tip: record_send(ROW(owner_timestamp, signature)) of the stored row; NULL if there is none, empty if it was not looked up. It reads no stored row. RS012 for a table that is not protected, RS006 for a row that has columns which the table has not, or for more than 12 MiB.';
