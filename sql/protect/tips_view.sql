-- The view of tips that goes with a table in the layout one-table.

CREATE FUNCTION rowseal_internal.tips_view(target regclass) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$ SELECT format('%I.%I', n.nspname, c.relname || '_tips') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target $$;
COMMENT ON FUNCTION rowseal_internal.tips_view(regclass) IS 'The name of the view of tips that goes with a table in the layout one-table.';

CREATE FUNCTION rowseal_internal.present_tips_view(target regclass) RETURNS regclass
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT coalesce((SELECT v.oid FROM rowseal_internal.guarded g JOIN pg_class v ON v.oid = g.tips WHERE g.relation = target),
                    -- As a dump brings it.
                    (SELECT v.oid FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class JOIN pg_class t ON t.oid = d.refobjid
                     WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = target
                       AND v.oid = rowseal_internal.relation(rowseal_internal.tips_view(target)) AND v.relowner = t.relowner
                       AND starts_with(obj_description(v.oid, 'pg_class'), 'Rowseal: the winning version') LIMIT 1))::regclass
$$;
COMMENT ON FUNCTION rowseal_internal.present_tips_view(regclass) IS 'The view of tips that a table has, whatever the table was called when it was made.';

CREATE FUNCTION rowseal_internal.make_tips_view(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    view text := rowseal_internal.tips_view(target);
    present regclass := rowseal_internal.present_tips_view(target);
    table_class pg_class := (SELECT c FROM pg_class c WHERE oid = target);
    key text := (SELECT string_agg(quote_ident(k), ', ' ORDER BY n) FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS x(k, n));
    commands text := '';
BEGIN
    IF settings ->> 'layout' <> 'one-table' THEN
        PERFORM rowseal_internal.drop_tips_view(target);
        RETURN;
    ELSIF rowseal_internal.relation(view) <> coalesce(present, 0) THEN
        PERFORM rowseal_internal.refuse(target, format('%s exists already and is not the view of tips; rename it', view));
    ELSIF present IS NOT NULL THEN
        EXECUTE format('ALTER VIEW %s OWNER TO %I', rowseal_internal.qualified(present), pg_get_userbyid(table_class.relowner));
    END IF;
    IF rowseal_internal.relation(view) IS NULL AND present IS NOT NULL THEN
        -- The table was renamed. The view stays the same one, with what was granted on it.
        IF (SELECT relname FROM pg_class WHERE oid = present) <> table_class.relname || '_tips' THEN
            commands := format('ALTER VIEW %s RENAME TO %I; ', rowseal_internal.qualified(present), table_class.relname || '_tips');
        END IF;
        commands := commands || format('ALTER VIEW %s.%I SET SCHEMA %I; ', (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = present), table_class.relname || '_tips',
            (SELECT nspname FROM pg_namespace WHERE oid = table_class.relnamespace));
    END IF;
    commands := commands || format('CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS SELECT DISTINCT ON (%s) * FROM %s ORDER BY %s, %I DESC, %I DESC; ',
        view, key, rowseal_internal.qualified(target), key, settings ->> 'owner_timestamp', settings ->> 'signature');
    commands := commands || format('COMMENT ON VIEW %s IS %L; ', view, 'Rowseal: the winning version of each key, tombstones included.');
    PERFORM rowseal_internal.as_owner(table_class.relowner, format('BEGIN %s RETURN NULL; END', commands));
END
$$;
COMMENT ON FUNCTION rowseal_internal.make_tips_view(regclass, jsonb) IS
'Makes the view of tips, where the layout has one, or lets it follow the table''s name, columns and owner. With the rights of the table''s owner.';

CREATE FUNCTION rowseal_internal.drop_tips_view(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    view regclass := rowseal_internal.present_tips_view(target);
BEGIN
    IF view IS NOT NULL THEN
        EXECUTE format('DROP VIEW %s', rowseal_internal.qualified(view));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.drop_tips_view(regclass) IS 'Drops the view of tips, if it is ours.';
