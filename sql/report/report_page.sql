CREATE FUNCTION rowseal.report_page(header text[], tables text[], problems text[], growth text[], graphs text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_texts(header || tables || problems || growth || graphs);
    RETURN rowseal_internal.report(header, tables, problems, growth, graphs);
END
$$;
COMMENT ON FUNCTION rowseal.report_page(text[], text[], text[], text[], text[]) IS
'What rowseal.report is made of: the HTML page from what it shows. header: database, time, version of Rowseal. tables: fourteen texts each (name, role, layout, and of rowseal.audit_table rows, versions, tombstones, owners, deferred, quarantined, seconds, rows_per_second, errors, warnings, notices). problems, growth, graphs: as rowseal.audit_table, rowseal.report_growth and rowseal.report_graphs give them. It reads no table, and escapes every text. 54000 for more than 175,000 texts or 8 MiB.';
