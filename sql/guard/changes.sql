-- Rowseal's own changes, which the guard lets pass.

CREATE FUNCTION rowseal_internal.begin_change(VARIADIC relations oid[]) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rowseal_internal.changing SELECT r, pg_current_xact_id() FROM unnest(relations) AS r WHERE r IS NOT NULL ON CONFLICT DO NOTHING
$$;
COMMENT ON FUNCTION rowseal_internal.begin_change(oid[]) IS 'Rowseal begins to change these tables.';

CREATE FUNCTION rowseal_internal.end_change(VARIADIC relations oid[]) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ DELETE FROM rowseal_internal.changing c WHERE c.relation = ANY (relations) AND c.transaction = pg_current_xact_id() $$;
COMMENT ON FUNCTION rowseal_internal.end_change(oid[]) IS 'Rowseal has changed these tables.';

CREATE FUNCTION rowseal_internal.is_changing(relation oid) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT EXISTS (SELECT FROM rowseal_internal.changing c WHERE c.relation = $1 AND c.transaction = pg_current_xact_id_if_assigned()) $$;
COMMENT ON FUNCTION rowseal_internal.is_changing(oid) IS 'Whether Rowseal itself is changing the table in this transaction.';

CREATE FUNCTION rowseal_internal.watch(target regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    flaw text;
    one oid;
BEGIN
    FOR one IN SELECT r FROM unnest(ARRAY[rowseal_internal.relation(rowseal_internal.settings_of(target) ->> 'versions'), target]) AS r WHERE r IS NOT NULL LOOP
        SELECT f.finding INTO flaw FROM rowseal_internal.flaws(one) f LIMIT 1;
        IF flaw IS NOT NULL THEN
            PERFORM rowseal_internal.refuse(one, flaw);
        END IF;
        PERFORM rowseal_internal.record_whole(one);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.watch(regclass) IS 'Guards a table and its versions table from now on; RS012 where one has a flaw.';

CREATE FUNCTION rowseal_internal.record_whole(target oid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    INSERT INTO rowseal_internal.guarded
    SELECT target, s.suffix, rowseal_internal.relation(s.settings ->> 'table'), rowseal_internal.relation(s.settings ->> 'versions'), rowseal_internal.relation(s.settings ->> 'identities'),
           CASE WHEN s.settings ->> 'layout' = 'one-table' THEN rowseal_internal.present_tips_view(target) END, coalesce(s.settings ->> 'on_unknown_owner' = 'defer', false),
           (SELECT c.relowner FROM pg_class c WHERE c.oid = target), ARRAY(SELECT part FROM rowseal_internal.tree(target) part WHERE part <> target),
           (SELECT jsonb_object_agg(a.attname, jsonb_build_object('type', a.atttypid, 'modifier', a.atttypmod, 'entry', a.ctid))
            FROM pg_attribute a WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped),
           false, ARRAY(SELECT t.type FROM rowseal_internal.types(target, s.settings) t UNION SELECT c.reloftype FROM pg_class c WHERE c.oid = target), rowseal_internal.prints(target, s.settings)
    FROM rowseal_internal.settings s WHERE s.relation = target
    ON CONFLICT (relation) DO UPDATE SET suffix = excluded.suffix, "table" = excluded."table", versions = excluded.versions, identities = excluded.identities, tips = excluded.tips,
        defers = excluded.defers, owner = excluded.owner, partitions = excluded.partitions, columns = excluded.columns, rewritten = excluded.rewritten, types = excluded.types, prints = excluded.prints
$$;
COMMENT ON FUNCTION rowseal_internal.record_whole(oid) IS 'Records a table as whole.';

CREATE FUNCTION rowseal_internal.forget(target oid) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ DELETE FROM rowseal_internal.guarded g WHERE g.relation = target $$;
COMMENT ON FUNCTION rowseal_internal.forget(oid) IS 'The table is guarded no longer.';
