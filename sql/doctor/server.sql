-- The installation as a whole.

CREATE FUNCTION rowseal_internal.check_jar() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    sql text := (SELECT regexp_replace(extversion, '-bridge$', '') FROM pg_extension WHERE extname = 'rowseal');
    jar text := split_part(rowseal.version(), ' ', 1);
BEGIN
    IF jar <> sql THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012',
            MESSAGE = format('configuration refused: the extension is version %s, but rowseal.jar is version %s', sql, jar),
            HINT = 'Install the files of one version with install.sh, connect anew, and ALTER EXTENSION rowseal UPDATE.';
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_jar() IS 'RS012 unless the jar that runs and the extension in this database have the same version.';

CREATE FUNCTION rowseal_internal.host_language() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$ SELECT lanname::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid = 'rowseal_internal.version(text)'::regprocedure $$;
COMMENT ON FUNCTION rowseal_internal.host_language() IS 'java or plpython3u.';

CREATE FUNCTION rowseal_internal.jvm_options() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    IF rowseal_internal.host_language() = 'java' THEN
        RETURN current_setting('pljava.vmoptions', true);
    END IF;
    RETURN (SELECT string_agg(option, ' ') FROM regexp_split_to_table(pg_read_file(rowseal_internal.bridge_home() || '/jvm.options'), '\n') AS option
            WHERE option LIKE '-%');
END
$$;
COMMENT ON FUNCTION rowseal_internal.jvm_options() IS 'The options with which a backend starts its JVM. Not for everybody: the bridge''s stand in a file.';

CREATE FUNCTION rowseal_internal.archive_finding() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    options text := coalesce(rowseal_internal.jvm_options(), '');
    archive text := substring(options FROM '-XX:SharedArchiveFile=(\S+)');
BEGIN
    IF options ~ '-Xshare:off' OR archive IS NULL AND rowseal_internal.host_language() <> 'java' THEN
        RETURN NULL; -- The bridge has none.
    ELSIF archive IS NULL THEN
        RETURN 'there is no archive of classes, so the first call of each connection takes longer';
    ELSIF rowseal_internal.shares_classes() THEN
        RETURN NULL;
    END IF;
    RETURN format('Java does not use the archive of classes %s, so the first call of each connection takes longer: it is gone, or was made by another Java or from other jars', archive);
END
$$;
COMMENT ON FUNCTION rowseal_internal.archive_finding() IS 'What is wrong with the archive of classes; NULL where it is used, or not wanted.';

CREATE FUNCTION rowseal_internal.jvm_stack(options text) RETURNS bigint
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(given[1]::bigint * CASE lower(given[2]) WHEN 'k' THEN 1024 WHEN 'm' THEN 1048576 WHEN 'g' THEN 1073741824 ELSE 1 END, kilobytes[1]::bigint * 1024, 1048576)
    FROM regexp_match(options, '.*-Xss([0-9]{1,9})([kmgKMG]?)') AS given, regexp_match(options, '.*-XX:ThreadStackSize=([0-9]{1,9})') AS kilobytes
$$;
COMMENT ON FUNCTION rowseal_internal.jvm_stack(text) IS 'Where Java ends a stack that grows, in bytes; by default after 1 MB. It does so with the backend''s own stack too.';

CREATE FUNCTION rowseal_internal.server_findings() RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    BEGIN
        PERFORM rowseal.version();
    EXCEPTION WHEN OTHERS THEN
        RETURN QUERY SELECT 'host', format('Java does not run: %s', sqlerrm);
        RETURN;
    END;
    BEGIN
        PERFORM rowseal_internal.check_jar();
    EXCEPTION WHEN SQLSTATE 'RS012' THEN
        RETURN QUERY SELECT 'version', regexp_replace(sqlerrm, '^configuration refused: ', '');
    END;
    RETURN QUERY SELECT 'jvm options', format('without %s', o.what)
        FROM (VALUES ('-Xmx', '-Xmx, which bounds the memory of each connection'), ('-XX:[+]Use[A-Za-z]+GC', '-XX:+UseSerialGC, so that each connection runs the threads of a parallel collector')) AS o(pattern, what)
        WHERE coalesce(rowseal_internal.jvm_options(), '') !~ o.pattern;
    RETURN QUERY SELECT 'class archive', a FROM rowseal_internal.archive_finding() AS a WHERE a IS NOT NULL;
    RETURN QUERY SELECT 'jvm options', format('a recursion is an error at %s only (max_stack_depth), but Java''s stack ends at %s, and the server with it: set -Xss to 1 MB more at least',
            current_setting('max_stack_depth'), pg_size_pretty(stack))
        FROM rowseal_internal.jvm_stack(rowseal_internal.jvm_options()) AS stack WHERE stack < pg_size_bytes(current_setting('max_stack_depth')) + 1048576;
    RETURN QUERY SELECT 'signals', format('a backend that waits does not hear at once that it is cancelled or ended: %s', rowseal_internal.signals()) WHERE rowseal_internal.signals() IS NOT NULL;
    RETURN QUERY SELECT 'guards', format('the event trigger %s is %s', g.name, CASE WHEN e.oid IS NULL THEN 'missing' WHEN e.evtenabled = 'D' THEN 'disabled' ELSE 'not ENABLE ALWAYS' END)
        FROM (VALUES ('rowseal_guard_changes'), ('rowseal_guard_drops'), ('rowseal_guard_rewrites'), ('rowseal_guard_starts')) AS g(name) LEFT JOIN pg_event_trigger e ON e.evtname = g.name
        WHERE e.evtenabled IS DISTINCT FROM 'A';
    RETURN QUERY SELECT 'guards', 'event_triggers is off' WHERE current_setting('event_triggers', true) = 'off';
    RETURN QUERY SELECT 'left behind', format('%s functions of %s, which has no trigger that uses them: DROP FUNCTION %s', count(*), f.made_for, string_agg(f.function::regprocedure::text, ', '))
        FROM rowseal_internal.left_functions() f GROUP BY f.made_for;
    RETURN QUERY SELECT 'own tables', format('the publication %I publishes Rowseal''s own tables', p.pubname)
        FROM pg_publication_tables p WHERE p.schemaname IN ('rowseal', 'rowseal_internal') GROUP BY p.pubname;
    RETURN QUERY SELECT 'roles', format('the role %s %s', r.name, CASE WHEN a.oid IS NULL THEN 'is missing' ELSE 'may log in, or is a superuser, so it was made for something else' END)
        FROM (VALUES ('rowseal_admin'), ('rowseal_auditor')) AS r(name) LEFT JOIN pg_roles a ON a.rolname = r.name
        WHERE a.oid IS NULL OR a.rolcanlogin OR a.rolsuper;
END
$$;
COMMENT ON FUNCTION rowseal_internal.server_findings() IS 'What is wrong with the installation as a whole.';
