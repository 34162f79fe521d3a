-- doctor: every switch that can be off.

CREATE FUNCTION rowseal._check_jar() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
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
COMMENT ON FUNCTION rowseal._check_jar() IS 'RS012 unless the jar that runs and the extension in this database have the same version.';

CREATE FUNCTION rowseal._host_language() RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT lanname::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid = 'rowseal.version()'::regprocedure $$;
COMMENT ON FUNCTION rowseal._host_language() IS 'java or plpython3u.';

CREATE FUNCTION rowseal._jvm_options() RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rowseal._host_language() = 'java' THEN
        RETURN current_setting('pljava.vmoptions', true);
    END IF;
    RETURN (SELECT string_agg(option, ' ') FROM regexp_split_to_table(pg_read_file(rowseal._bridge_home() || '/jvm.options'), '\n') AS option
            WHERE option LIKE '-%');
END
$$;
COMMENT ON FUNCTION rowseal._jvm_options() IS 'The options with which a backend starts its JVM. Not for everybody: the bridge''s stand in a file.';

CREATE FUNCTION rowseal._server_findings() RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    BEGIN
        PERFORM rowseal.version();
    EXCEPTION WHEN OTHERS THEN
        RETURN QUERY SELECT 'host', format('Java does not run: %s', sqlerrm);
        RETURN;
    END;
    BEGIN
        PERFORM rowseal._check_jar();
    EXCEPTION WHEN SQLSTATE 'RS012' THEN
        RETURN QUERY SELECT 'version', regexp_replace(sqlerrm, '^configuration refused: ', '');
    END;
    RETURN QUERY SELECT 'jvm options', format('without %s', o.what)
        FROM (VALUES ('-Xmx', '-Xmx, which bounds the memory of each connection'), ('-XX:[+]Use[A-Za-z]+GC', '-XX:+UseSerialGC, so that each connection runs the threads of a parallel collector')) AS o(pattern, what)
        WHERE coalesce(rowseal._jvm_options(), '') !~ o.pattern;
    RETURN QUERY SELECT 'guards', format('the event trigger %s is %s', g.name, CASE WHEN e.oid IS NULL THEN 'missing' WHEN e.evtenabled = 'D' THEN 'disabled' ELSE 'not ENABLE ALWAYS' END)
        FROM (VALUES ('rowseal_guard_changes'), ('rowseal_guard_drops')) AS g(name) LEFT JOIN pg_event_trigger e ON e.evtname = g.name
        WHERE e.evtenabled IS DISTINCT FROM 'A';
    RETURN QUERY SELECT 'guards', 'event_triggers is off' WHERE current_setting('event_triggers', true) = 'off';
    RETURN QUERY SELECT 'own tables', format('the publication %I publishes Rowseal''s own tables', p.pubname)
        FROM pg_publication_tables p WHERE p.schemaname = 'rowseal' GROUP BY p.pubname;
    RETURN QUERY SELECT 'roles', format('the role %s %s', r.name, CASE WHEN a.oid IS NULL THEN 'is missing' ELSE 'may log in, or is a superuser, so it was made for something else' END)
        FROM (VALUES ('rowseal_admin'), ('rowseal_auditor')) AS r(name) LEFT JOIN pg_roles a ON a.rolname = r.name
        WHERE a.oid IS NULL OR a.rolcanlogin OR a.rolsuper;
END
$$;
COMMENT ON FUNCTION rowseal._server_findings() IS 'What is wrong with the installation as a whole.';

CREATE FUNCTION rowseal._publication_findings(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT f.finding
    FROM pg_publication_tables t JOIN pg_publication p USING (pubname)
    CROSS JOIN LATERAL (VALUES
        (p.pubdelete, format('%I publishes DELETE', pubname)),
        (p.pubtruncate, format('%I publishes TRUNCATE', pubname)),
        (NOT p.pubinsert, format('%I does not publish INSERT', pubname)),
        (NOT p.pubupdate, format('%I does not publish UPDATE', pubname)),
        (t.rowfilter IS NOT NULL, format('%I leaves out rows', pubname)),
        (NOT rowseal._image_columns(settings) <@ t.attnames::text[], format('%I leaves out signed columns', pubname))) AS f(applies, finding)
    WHERE f.applies AND to_regclass(format('%I.%I', t.schemaname, t.tablename))::oid IN (SELECT rowseal._tree(target))
$$;
COMMENT ON FUNCTION rowseal._publication_findings(regclass, jsonb) IS 'Publications that send what a peer would refuse, or less than it needs.';

CREATE FUNCTION rowseal._table_findings(target regclass) RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal._recorded(target);
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
BEGIN
    RETURN QUERY SELECT f.* FROM rowseal._flaws(target) f;
    RETURN QUERY SELECT 'guarded', 'DDL on this table is not watched' WHERE NOT EXISTS (SELECT FROM rowseal._guarded g WHERE g.relation = target AND g.whole);
    RETURN QUERY SELECT 'versions', format('%s has other settings', v) FROM to_regclass(settings ->> 'versions') v
        WHERE v IS NOT NULL AND settings ->> 'role' <> 'versions' AND rowseal._recorded(v) IS DISTINCT FROM settings || '{"role": "versions"}';
    RETURN QUERY SELECT 'versions', format('%s does not keep its versions here', t) FROM to_regclass(settings ->> 'table') t
        WHERE t IS NOT NULL AND settings ->> 'role' = 'versions' AND to_regclass(rowseal._recorded(t) ->> 'versions') IS DISTINCT FROM target;
    RETURN QUERY SELECT 'identities', CASE WHEN rowseal._recorded(i) ->> 'role' IS DISTINCT FROM 'identities' THEN format('%s is not protected as an identity table', i)
            ELSE format('%s belongs to %s, who can unprotect it and put in any key', i, pg_get_userbyid(c.relowner)) END
        FROM to_regclass(settings ->> 'identities') i JOIN pg_class c ON c.oid = i
        WHERE rowseal._recorded(i) ->> 'role' IS DISTINCT FROM 'identities' OR c.relowner <> owner;
    RETURN QUERY SELECT 'identities', format('%s may not read %s', pg_get_userbyid(owner), i) FROM to_regclass(settings ->> 'identities') i
        WHERE i IS NOT NULL AND NOT has_table_privilege(owner, i, 'SELECT');
    RETURN QUERY SELECT 'replica identity', format('%s has REPLICA IDENTITY NOTHING, so a published UPDATE fails', part::regclass)
        FROM rowseal._tree(target) part JOIN pg_class c ON c.oid = part WHERE c.relreplident = 'n';
    RETURN QUERY SELECT 'publications', f FROM rowseal._publication_findings(target, settings) f;
    RETURN QUERY SELECT 'parked', format('%s rows in quarantine', count(*)) FROM rowseal._parked p
        WHERE p."table" = target AND p.kind = 'quarantine' HAVING count(*) > 0;
    RETURN QUERY SELECT 'parked', format('%s rows have waited for a card for more than an hour', count(*)) FROM rowseal._parked p
        WHERE p."table" = target AND p.kind = 'deferred' AND p.parked_at < now() - interval '1 hour' HAVING count(*) > 0;
END
$$;
COMMENT ON FUNCTION rowseal._table_findings(regclass) IS 'What is wrong with a protected table or a versions table, and around it.';

CREATE FUNCTION rowseal._checks() RETURNS TABLE (n int, "check" text, of_table boolean, remedy text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    VALUES
    (1, 'host', false, 'Run ./install.sh again and look at the server''s log; PL/Java takes its options from pljava.vmoptions, the bridge from jvm.options beside rowseal.jar.'),
    (2, 'version', false, 'Install the files of one version with ./install.sh, connect anew, and ALTER EXTENSION rowseal UPDATE.'),
    (3, 'jvm options', false, 'Run ./install.sh again, which adds what is missing; ./install.sh settings prints it. Then connect anew.'),
    (4, 'guards', false, 'ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS, the same for rowseal_guard_drops; SET event_triggers = on.'),
    (5, 'own tables', false, 'Publish tables by name: ALTER PUBLICATION ... SET TABLE ..., not FOR ALL TABLES.'),
    (6, 'roles', false, 'Rename a role that has the name for another purpose, CREATE ROLE rowseal_admin NOLOGIN, rowseal_auditor NOLOGIN, and make the extension anew or grant by hand what docs/operations.md lists.'),
    (10, 'triggers', true, 'Call rowseal.protect again, with validate => true: who switched the trigger off may have written.'),
    (11, 'enforcer', true, 'Call rowseal.protect again.'),
    (12, 'names', true, 'Call rowseal.protect again, with the present names.'),
    (13, 'columns', true, 'Restore the column, or rowseal.unprotect and rowseal.protect, which verifies every row against the columns as they are.'),
    (14, 'key', true, 'Restore the primary key, or rowseal.unprotect and rowseal.protect.'),
    (15, 'partitions', true, 'Give the partition what the partitioned table has, and no more.'),
    (16, 'laws', true, 'The finding says what to change.'),
    (17, 'guarded', true, 'Mend the other findings, then call rowseal.protect again.'),
    (18, 'versions', true, 'Call rowseal.protect again, with the versions table.'),
    (19, 'identities', true, 'Protect it by rowseal.protect_identities; GRANT SELECT on it to the data''s owner, or better let both have one owner, unless you trust its owner with every key.'),
    (20, 'replica identity', true, 'ALTER TABLE ... REPLICA IDENTITY DEFAULT; or FULL, as Electric sets it.'),
    (21, 'publications', true, 'ALTER PUBLICATION ... SET (publish = ''insert, update''), without row filter, with all signed columns.'),
    (22, 'parked', true, 'SELECT * FROM rowseal.quarantine, or rowseal.deferred; when the cause is mended, rowseal.retry(table); else delete the row there.')
$$;
COMMENT ON FUNCTION rowseal._checks() IS 'What doctor looks at, in order, and what to do where it finds something.';

CREATE FUNCTION rowseal.doctor() RETURNS TABLE ("check" text, "table" regclass, ok boolean, finding text, remedy text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (SELECT f."check", NULL::regclass AS target, f.finding FROM rowseal._server_findings() f),
    target AS (SELECT tgrelid::regclass AS relation FROM pg_trigger WHERE tgname = 'zzz_rowseal_insert' AND tgparentid = 0
               UNION SELECT g.relation::regclass FROM rowseal._guarded g JOIN pg_class c ON c.oid = g.relation),
    all_found AS MATERIALIZED (SELECT * FROM found UNION ALL SELECT f."check", t.relation, f.finding FROM target t, rowseal._table_findings(t.relation) f)
    SELECT k."check", t.relation, f.findings IS NULL, f.findings, CASE WHEN f.findings IS NOT NULL THEN k.remedy END
    FROM rowseal._checks() k
    JOIN (SELECT false AS of_table, NULL::regclass AS relation UNION ALL SELECT true, relation FROM target) t ON t.of_table = k.of_table
    CROSS JOIN LATERAL (SELECT string_agg(a.finding, '; ' ORDER BY a.finding) AS findings FROM all_found a
                        WHERE a."check" = k."check" AND a.target IS NOT DISTINCT FROM t.relation) f
    ORDER BY k.of_table, t.relation::text, k.n;
END
$$;
COMMENT ON FUNCTION rowseal.doctor() IS
'Every switch that can be off, of the installation and of each protected table: a line for each check, with finding and remedy where it is not ok. For members of rowseal_auditor.';
