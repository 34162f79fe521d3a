-- The functions that protect makes for a table.

CREATE FUNCTION rowseal_internal.functions_of(target oid, settings jsonb, suffix text)
RETURNS TABLE (name text, arguments text, returns text, of_table_owner boolean, source text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH slots AS (
        SELECT s AS plain, rowseal_internal.insert_slots(target, settings, s) AS inserting, rowseal_internal.update_slots(target, settings, s) AS updating
        FROM (SELECT rowseal_internal.table_slots(target, settings, suffix) || rowseal_internal.row_slots(target, settings) || rowseal_internal.large_slots(settings)) AS x(s)),
    kind AS (SELECT CASE WHEN rowseal_internal.is_versions(settings) THEN 'versions' ELSE settings ->> 'layout' END AS layout,
                    settings ->> 'role' = 'identities' AS holds_cards),
    -- Only the templates that a table needs are filled.
    made(prefix, arguments, returns, of_table_owner, template, slots) AS (
        SELECT 'on_insert', '', 'trigger', false, CASE layout WHEN 'unversioned' THEN rowseal_internal.template_insert_unversioned() WHEN 'two-tables' THEN rowseal_internal.template_insert_two_tables()
               WHEN 'one-table' THEN rowseal_internal.template_insert_one_table() ELSE rowseal_internal.template_insert_versions() END, inserting FROM kind, slots
        UNION ALL
        SELECT 'on_update', '', 'trigger', false, CASE layout WHEN 'unversioned' THEN rowseal_internal.template_update_unversioned() WHEN 'two-tables' THEN rowseal_internal.template_update_two_tables()
               ELSE rowseal_internal.template_update_append_only() END, updating FROM kind, slots
        UNION ALL
        SELECT 'look', rowseal_internal.look_signature(target, settings), 'integer', true, CASE layout WHEN 'versions' THEN rowseal_internal.template_look_version()
               WHEN 'one-table' THEN rowseal_internal.template_look_beside() ELSE rowseal_internal.template_look() END, plain FROM kind, slots
        UNION ALL
        SELECT 'replace', 'incoming anyelement', 'boolean', true, rowseal_internal.template_replace(), plain FROM slots
        UNION ALL
        SELECT 'archive', 'incoming anyelement, verified boolean', 'boolean', true, rowseal_internal.template_archive(), plain || rowseal_internal.moved_slots(settings) FROM kind, slots WHERE layout = 'two-tables'
        UNION ALL
        SELECT 'promote', 'incoming anyelement', 'boolean', true, rowseal_internal.template_promote(), plain || rowseal_internal.moved_slots(settings) FROM kind, slots WHERE layout = 'versions'
        UNION ALL
        SELECT 'image', 'given jsonb', 'bytea', true, rowseal_internal.template_image(), plain FROM slots
        UNION ALL
        SELECT 'offer', 'parked jsonb', 'boolean', true, rowseal_internal.template_offer(), plain || rowseal_internal.offer_slots(target) FROM slots WHERE rowseal_internal.parks(settings)
        UNION ALL
        SELECT 'card', 'owner_id ' || rowseal_internal.argument_type(target, settings ->> 'owner'), 'bytea', true, rowseal_internal.template_card(), plain FROM kind, slots WHERE holds_cards
        UNION ALL
        SELECT 'on_card', '', 'trigger', false, rowseal_internal.template_on_card(), plain FROM kind, slots WHERE holds_cards)
    SELECT made.prefix || '_' || suffix, made.arguments, made.returns, made.of_table_owner, rowseal_internal.fill(made.template, made.slots) FROM made
$$;
COMMENT ON FUNCTION rowseal_internal.functions_of(oid, jsonb, text) IS
'The functions that a protected table or a versions table has: trigger functions, which run with the rights of the extension''s owner, and those that read and write the table for them and run as its owner.';

CREATE FUNCTION rowseal_internal.look_signature(target oid, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('k%s %s, ', n, rowseal_internal.argument_type(target, rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), name))), '' ORDER BY n)
        || 'new_timestamp bigint, new_signature bytea, new_image bytea' || CASE WHEN settings ? 'large' THEN ', new_large bytea' ELSE '' END
    FROM rowseal_internal.look_columns(settings)
$$;
COMMENT ON FUNCTION rowseal_internal.look_signature(oid, jsonb) IS 'The arguments of a look function.';

CREATE FUNCTION rowseal_internal.offer_slots(target oid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_build_object('columns', string_agg(rowseal_internal.identifier(name), ', ' ORDER BY n), 'values', string_agg(format('(parked ->> %L)::%s', name, type), ', ' ORDER BY n))
    FROM rowseal_internal.settable(target)
$$;
COMMENT ON FUNCTION rowseal_internal.offer_slots(oid) IS 'Slots of the function that inserts a parked row.';

CREATE FUNCTION rowseal_internal.suffix_for(target oid) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(rowseal_internal.suffix_of(target), (SELECT g.suffix FROM rowseal_internal.guarded g WHERE g.relation = target), (
        SELECT name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY[relname::text, nspname || '_' || relname, c.oid::text]) WITH ORDINALITY AS x(name, i)
        WHERE c.oid = target AND octet_length(name) <= 50 AND name !~ '[[:cntrl:]]' -- A line break would make PostgreSQL's lists of contexts ambiguous.
          AND NOT EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = 'rowseal_internal'::regnamespace AND p.proname = 'on_insert_' || name)
        ORDER BY i LIMIT 1))
$$;
COMMENT ON FUNCTION rowseal_internal.suffix_for(oid) IS 'What the names of a table''s functions end with: as long as it is protected they keep it.';

CREATE FUNCTION rowseal_internal.present_functions(suffix text) RETURNS TABLE (function oid, name text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT p.oid, p.proname::text FROM pg_proc p
    WHERE p.pronamespace = 'rowseal_internal'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
      AND p.proname = ANY (ARRAY(SELECT (prefix || '_' || suffix)::name FROM unnest(ARRAY['on_insert', 'on_update', 'on_card', 'look', 'replace', 'archive', 'promote', 'image', 'offer', 'card']) AS prefix))
$$;
COMMENT ON FUNCTION rowseal_internal.present_functions(text) IS 'The functions made for tables whose names end so.';
