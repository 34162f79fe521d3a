CREATE FUNCTION rowseal.doctor() RETURNS TABLE ("check" text, "table" regclass, ok boolean, finding text, remedy text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET jit = off
AS $$
BEGIN
    RETURN QUERY
    WITH found AS MATERIALIZED (SELECT f."check", NULL::regclass AS target, f.finding FROM rowseal_internal.server_findings() f),
    target AS (SELECT t.tgrelid::regclass AS relation FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE starts_with(t.tgname, 'zzz_rowseal_') AND NOT c.relispartition
               UNION SELECT g.relation::regclass FROM rowseal_internal.guarded g JOIN pg_class c ON c.oid = g.relation),
    all_found AS MATERIALIZED (SELECT * FROM found UNION ALL SELECT f."check", t.relation, f.finding FROM target t, rowseal_internal.table_findings(t.relation) f)
    SELECT k."check", t.relation, f.findings IS NULL, f.findings, CASE WHEN f.findings IS NOT NULL THEN k.remedy END
    FROM rowseal_internal.checks() k
    JOIN (SELECT false AS of_table, NULL::regclass AS relation UNION ALL SELECT true, relation FROM target) t ON t.of_table = k.of_table
    CROSS JOIN LATERAL (SELECT string_agg(a.finding, '; ' ORDER BY a.finding) AS findings FROM all_found a
                        WHERE a."check" = k."check" AND a.target IS NOT DISTINCT FROM t.relation) f
    ORDER BY k.of_table, t.relation::text, k.n;
END
$$;
COMMENT ON FUNCTION rowseal.doctor() IS
'Every switch that can be off, of the installation and of each protected table: a line for each check, with finding and remedy where it is not ok. For members of rowseal_auditor.';

CREATE FUNCTION rowseal_internal.checks() RETURNS TABLE (n int, "check" text, of_table boolean, remedy text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    VALUES
    (1, 'host', false, 'Run ./install.sh again and look at the server''s log; PL/Java takes its options from pljava.vmoptions, the bridge from jvm.options beside rowseal.jar.'),
    (2, 'version', false, 'Install the files of one version with ./install.sh, connect anew, and ALTER EXTENSION rowseal UPDATE.'),
    (3, 'jvm options', false, 'Run ./install.sh again, which adds what is missing; ./install.sh settings prints it. Then connect anew.'),
    (7, 'signals', false, 'Run ./install.sh again, which adds what Java needs to call the server, and connect anew. With Java 18 to 20 it cannot be mended: use Java 17, or 21 and later.'),
    (4, 'guards', false, 'ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS, the same for rowseal_guard_drops, rowseal_guard_rewrites and rowseal_guard_starts; SET event_triggers = on. Then verify every table, for its values may have been rewritten.'),
    (5, 'own tables', false, 'Publish tables by name: ALTER PUBLICATION ... SET TABLE ..., not FOR ALL TABLES.'),
    (6, 'roles', false, 'Rename a role that has the name for another purpose, CREATE ROLE rowseal_admin NOLOGIN, rowseal_auditor NOLOGIN, and make the extension anew or grant by hand what docs/operations.md lists.'),
    (8, 'left behind', false, 'DROP FUNCTION as the finding says, as a superuser. It is what a DROP leaves while the guards are off, and what pg_restore brings without the table.'),
    (9, 'class archive', false, 'Run ./install.sh again, which makes it with the Java that runs now, or says why it cannot. Then connect anew. Nothing but time depends on it.'),
    (10, 'triggers', true, 'Call rowseal.protect again, with validate => true: who switched the trigger off may have written. Or rowseal.unprotect, if the table is not meant to be protected.'),
    (11, 'functions', true, 'Call rowseal.protect again.'),
    (12, 'names', true, 'Call rowseal.protect again, with the present names.'),
    (13, 'columns', true, 'Restore the column, or rowseal.unprotect and rowseal.protect, which verifies every row against the columns as they are.'),
    (14, 'key', true, 'Restore the primary key, or rowseal.unprotect and rowseal.protect.'),
    (15, 'partitions', true, 'Give the partition what the partitioned table has, and no more.'),
    (16, 'laws', true, 'The finding says what to change.'),
    (9, 'rights', true, 'GRANT what the finding says.'),
    (17, 'guarded', true, 'Mend the other findings, then call rowseal.protect again.'),
    (18, 'versions', true, 'Call rowseal.protect again, with the versions table.'),
    (19, 'identities', true, 'Protect it by rowseal.protect_identities; GRANT SELECT on it to the data''s owner, or better let both have one owner, unless you trust its owner with every key.'),
    (20, 'replica identity', true, 'ALTER TABLE ... REPLICA IDENTITY DEFAULT; or FULL, as Electric sets it, where no publication has a column list: publish all columns then, and keep local ones in a table of their own.'),
    (21, 'publications', true, 'ALTER PUBLICATION ... SET (publish = ''insert, update''), without row filter, with all signed columns. A publication that Electric reads needs every operation: call it electric_publication_..., as Electric does.'),
    (22, 'parked', true, 'SELECT * FROM rowseal.quarantine, or rowseal.deferred; when the cause is mended, rowseal.retry(table); else delete the row there.')
$$;
COMMENT ON FUNCTION rowseal_internal.checks() IS 'What doctor looks at, in order, and what to do where it finds something.';
