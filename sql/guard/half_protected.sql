-- A dump of one table or schema brings triggers without their functions, which are in rowseal_internal: those triggers fail, and
-- pg_restore goes on. What is meant to be protected must not be open then.

CREATE FUNCTION rowseal_internal.is_marked(target oid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = target AND t.tgname = 'zzz_rowseal_request') $$;
COMMENT ON FUNCTION rowseal_internal.is_marked(oid) IS 'Whether a table is marked as meant to be protected.';

CREATE FUNCTION rowseal_internal.close_while_half(target oid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := rowseal_internal.qualified(target);
    is_half boolean := rowseal_internal.settings_of(target) IS NULL AND rowseal_internal.is_marked(target);
    is_closed boolean := EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = target AND t.tgname = 'zzz_rowseal_closed');
BEGIN
    IF is_half AND NOT is_closed THEN
        EXECUTE format('CREATE TRIGGER zzz_rowseal_closed AFTER INSERT OR UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION rowseal_internal.refuse_half()', name);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_closed', name);
    ELSIF is_closed AND NOT is_half THEN
        EXECUTE format('DROP TRIGGER zzz_rowseal_closed ON %s', name);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.close_while_half(oid) IS
'Closes a table that is marked and lacks the trigger with its settings, until that comes. In a dump it comes before the mark.';

CREATE FUNCTION rowseal_internal.refuse_half() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'RS012',
        MESSAGE = format('configuration refused: %I.%I is half protected: its triggers came without their functions, as pg_dump --table and --schema leave them', tg_table_schema, tg_table_name),
        HINT = format('SELECT rowseal.protect(%1$L, ...), or rowseal.protect_identities, verifies what is stored and protects it again; SELECT rowseal.unprotect(%1$L) opens it.', format('%I.%I', tg_table_schema, tg_table_name));
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_half() IS 'Trigger function that refuses writes to a half protected table.';
