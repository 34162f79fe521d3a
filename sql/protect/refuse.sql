CREATE FUNCTION rowseal_internal.refuse(target regclass, reason text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: %s: %s', target, reason);
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse(regclass, text) IS 'Raises RS012 for a table that cannot be protected.';

CREATE FUNCTION rowseal_internal.require_column(target regclass, setting text, column_name text, VARIADIC types regtype[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    found regtype;
BEGIN
    WITH RECURSIVE base(typ) AS (
        SELECT atttypid FROM pg_attribute
        WHERE attrelid = target AND attname = column_name AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ AND t.typtype = 'd'
    )
    SELECT b.typ INTO found FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype <> 'd';
    IF found IS NULL THEN
        PERFORM rowseal_internal.refuse(target, format('there is no column %I (setting %s); its columns are %s',
            column_name, setting, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                   WHERE attrelid = target AND attnum > 0 AND NOT attisdropped)));
    ELSIF found <> ALL (types) THEN
        PERFORM rowseal_internal.refuse(target, format('column %I (setting %s) has type %s; expected %s',
            column_name, setting, found, array_to_string(types, ' or ')));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.require_column(regclass, text, text, regtype[]) IS
'RS012 unless the table has the column with one of the types (a domain counts as its base type).';
