CREATE FUNCTION rowseal_internal.after_update() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made record;
BEGIN
    UPDATE rowseal_internal.made_by m SET version = e.extversion FROM pg_extension e WHERE e.extname = 'rowseal' AND m.version <> e.extversion;
    IF NOT FOUND THEN
        RETURN; -- ALTER EXTENSION ... ADD, as pg_upgrade restores an extension. There Java may not run yet.
    END IF;
    PERFORM rowseal_internal.check_jar();
    PERFORM rowseal_internal.begin_change(VARIADIC ARRAY(SELECT s.relation FROM rowseal_internal.settings s));
    -- All at once, for what is new in one table may concern another.
    FOR made IN SELECT p."table", p.settings FROM rowseal.protected p LOOP
        PERFORM rowseal_internal.set_triggers(made."table", made.settings);
    END LOOP;
    FOR made IN SELECT p."table" FROM rowseal.protected p LOOP
        PERFORM rowseal_internal.watch(made."table");
    END LOOP;
    PERFORM rowseal_internal.end_change(VARIADIC ARRAY(SELECT s.relation FROM rowseal_internal.settings s));
END
$$;
COMMENT ON FUNCTION rowseal_internal.after_update() IS
'After ALTER EXTENSION rowseal UPDATE, and no other ALTER EXTENSION: makes all triggers and their functions anew, as the new version makes them. Not part of the update script, for there PostgreSQL forbids to replace functions that are not the extension''s own.';
