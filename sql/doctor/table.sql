-- Each protected table, and what is around it.

CREATE FUNCTION rowseal_internal.publication_findings(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT DISTINCT f.finding
    FROM pg_publication_tables t JOIN pg_publication p USING (pubname)
    -- Electric makes a publication of its own, and serves nothing unless that has every operation.
    CROSS JOIN LATERAL (SELECT starts_with(pubname, 'electric_publication_')) AS e(of_electric)
    CROSS JOIN LATERAL (VALUES
        (p.pubdelete AND NOT of_electric, format('%I publishes DELETE', pubname)),
        (p.pubtruncate AND NOT of_electric, format('%I publishes TRUNCATE', pubname)),
        (NOT p.pubinsert, format('%I does not publish INSERT', pubname)),
        (NOT p.pubupdate, format('%I does not publish UPDATE', pubname)),
        (t.rowfilter IS NOT NULL, format('%I leaves out rows', pubname)),
        (NOT ARRAY(SELECT i.here FROM rowseal_internal.image_columns(settings) i) <@ t.attnames::text[], format('%I leaves out signed columns', pubname))) AS f(applies, finding)
    WHERE f.applies AND rowseal_internal.relation(format('%I.%I', t.schemaname, t.tablename)) IN (SELECT rowseal_internal.tree(target))
$$;
COMMENT ON FUNCTION rowseal_internal.publication_findings(regclass, jsonb) IS 'Publications that send what a peer would refuse, or less than it needs.';

CREATE FUNCTION rowseal_internal.table_findings(target regclass) RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    settings jsonb := rowseal_internal.settings_of(target);
    guarded rowseal_internal.guarded := (SELECT g FROM rowseal_internal.guarded g WHERE g.relation = target);
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
BEGIN
    RETURN QUERY SELECT f.* FROM rowseal_internal.flaws(target) f;
    RETURN QUERY SELECT 'rights', r FROM rowseal_internal.lacking_rights(target) r;
    RETURN QUERY SELECT 'partitions', f FROM rowseal_internal.lost_partitions(target, guarded) f;
    RETURN QUERY SELECT 'columns', f FROM rowseal_internal.changed_prints(target, guarded, settings) f;
    RETURN QUERY SELECT 'guarded', 'DDL on this table is not watched' WHERE NOT EXISTS (SELECT FROM rowseal_internal.guarded g WHERE g.relation = target);
    RETURN QUERY SELECT 'versions', format('%s has other settings', v::regclass) FROM rowseal_internal.relation(settings ->> 'versions') AS v
        WHERE v IS NOT NULL AND settings ->> 'role' <> 'versions' AND rowseal_internal.settings_of(v) IS DISTINCT FROM settings || '{"role": "versions"}';
    RETURN QUERY SELECT 'versions', format('%s does not keep its versions here', t::regclass) FROM rowseal_internal.relation(settings ->> 'table') t
        WHERE t IS NOT NULL AND settings ->> 'role' = 'versions' AND rowseal_internal.relation(rowseal_internal.settings_of(t) ->> 'versions') IS DISTINCT FROM target;
    RETURN QUERY SELECT 'identities', CASE WHEN rowseal_internal.settings_of(i) ->> 'role' IS DISTINCT FROM 'identities' THEN format('%s is not protected as an identity table', i::regclass)
            ELSE format('%s belongs to %s, who can unprotect it and put in any key', i::regclass, pg_get_userbyid(c.relowner)) END
        FROM rowseal_internal.relation(settings ->> 'identities') i JOIN pg_class c ON c.oid = i
        WHERE rowseal_internal.settings_of(i) ->> 'role' IS DISTINCT FROM 'identities' OR c.relowner <> owner;
    RETURN QUERY SELECT 'identities', format('%s may not read %s', pg_get_userbyid(owner), i::regclass) FROM rowseal_internal.relation(settings ->> 'identities') i
        WHERE i IS NOT NULL AND NOT has_table_privilege(owner, i, 'SELECT');
    RETURN QUERY SELECT 'replica identity', format('%s has REPLICA IDENTITY NOTHING, so a published UPDATE fails', part::regclass)
        FROM rowseal_internal.tree(target) part JOIN pg_class c ON c.oid = part WHERE c.relreplident = 'n';
    RETURN QUERY SELECT 'replica identity', format('%s has REPLICA IDENTITY FULL, and %I publishes a list of its columns, so every UPDATE fails with 42P10, and so does every newer version', c.oid::regclass, p.pubname)
        FROM rowseal_internal.tree(target) part JOIN pg_class c ON c.oid = part CROSS JOIN pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
        WHERE c.relreplident = 'f' AND r.prattrs IS NOT NULL AND p.pubupdate AND (r.prrelid = part OR p.pubviaroot AND r.prrelid = target);
    RETURN QUERY SELECT 'publications', f FROM rowseal_internal.publication_findings(target, settings) f;
    RETURN QUERY SELECT 'parked', f FROM rowseal_internal.parked_findings(target) f;
END
$$;
COMMENT ON FUNCTION rowseal_internal.table_findings(regclass) IS 'What is wrong with a protected table or a versions table, and around it.';
