-- What can be wrong with a protected table. The guard refuses what would bring a flaw about; doctor reports those that are there.

CREATE FUNCTION rowseal_internal.tree(relation oid) RETURNS SETOF oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$ SELECT relation UNION SELECT relid::oid FROM pg_partition_tree(relation::regclass) $$;
COMMENT ON FUNCTION rowseal_internal.tree(oid) IS 'A table and all its partitions.';

CREATE FUNCTION rowseal_internal.name_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('the settings name %s, which is not there', settings ->> k) FROM unnest(ARRAY['table', 'versions', 'identities']) k
    WHERE settings ->> k IS NOT NULL AND rowseal_internal.relation(settings ->> k) IS NULL
    UNION ALL
    SELECT format('the settings are those of %s', own) FROM rowseal_internal.own_name(settings) AS own WHERE rowseal_internal.relation(own) <> target
$$;
COMMENT ON FUNCTION rowseal_internal.name_flaws(regclass, jsonb) IS 'Tables that the settings name and that are not there, or are others.';

CREATE FUNCTION rowseal_internal.lost_columns(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('the signed column %I is gone', c) FROM (SELECT i.here FROM rowseal_internal.image_columns(settings) i) AS x(c)
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = c AND a.attnum > 0 AND NOT a.attisdropped)
$$;
COMMENT ON FUNCTION rowseal_internal.lost_columns(regclass, jsonb) IS 'Columns of the row image that the table has no longer.';

CREATE FUNCTION rowseal_internal.column_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT rowseal_internal.lost_columns(target, settings)
    UNION ALL
    SELECT format('the signed column %I has type %s, not %s', a.attname, format_type(a.atttypid, a.atttypmod), e ->> 'type')
    FROM jsonb_array_elements(settings -> 'columns') e
    JOIN pg_attribute a ON a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
                       AND a.attname = rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), e ->> 'name')
    WHERE format_type(a.atttypid, a.atttypmod) <> e ->> 'type'
    UNION ALL
    SELECT format('the column %I is neither signed nor listed in exclude', a.attname) FROM pg_attribute a
    WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN (SELECT i.here FROM rowseal_internal.image_columns(settings) i)
      AND NOT rowseal_internal.is_excluded(settings, a.attname)
$$;
COMMENT ON FUNCTION rowseal_internal.column_flaws(regclass, jsonb) IS 'Signed columns that are gone or have another type, and columns that are not covered.';

CREATE FUNCTION rowseal_internal.key_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('the primary key is (%s), not (%s)', array_to_string(found, ', '), array_to_string(recorded, ', '))
    FROM (SELECT ARRAY(SELECT jsonb_array_elements_text(rowseal_internal.primary_key(target))) AS found,
                 ARRAY(SELECT rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), k) FROM jsonb_array_elements_text(
                     settings -> CASE settings ->> 'role' WHEN 'versions' THEN 'versions_key' ELSE 'primary_key' END) k) AS recorded) AS keys
    WHERE found <> recorded
$$;
COMMENT ON FUNCTION rowseal_internal.key_flaws(regclass, jsonb) IS 'A primary key that is not the recorded one.';

CREATE FUNCTION rowseal_internal.partition_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('the partition %s %s', part::regclass, f.flaw)
    FROM rowseal_internal.tree(target) AS part JOIN pg_class c ON c.oid = part JOIN pg_class root ON root.oid = target
    CROSS JOIN LATERAL (VALUES
        (c.relkind NOT IN ('r', 'p'), 'is not an ordinary table'),
        (c.relpersistence <> 'p', 'is unlogged'),
        (c.relforcerowsecurity, 'has FORCE ROW LEVEL SECURITY, which would hide stored versions'),
        (c.relrowsecurity, 'has row level security, which does not check rows that are merged; use DISABLE ROW LEVEL SECURITY'),
        (c.relowner <> root.relowner, format('belongs to %s, not to %s, who owns the partitioned table', pg_get_userbyid(c.relowner), pg_get_userbyid(root.relowner))),
        (EXISTS (SELECT FROM pg_rewrite WHERE ev_class = part), 'has a rewrite rule, which changes writes before a trigger sees them'),
        (EXISTS (SELECT FROM pg_attribute a JOIN rowseal_internal.image_columns(settings) i ON i.here = a.attname WHERE a.attrelid = part AND (a.attgenerated <> '' OR a.attidentity = 'a')),
         'generates the value of a signed column')) AS f(applies, flaw)
    WHERE part <> target AND f.applies
    UNION ALL
    SELECT format('the trigger %I of the partition %s would run after verification', t.tgname, part::regclass)
    FROM rowseal_internal.tree(target) AS part JOIN pg_trigger t ON t.tgrelid = part
    WHERE part <> target AND t.tgparentid = 0 AND t.tgtype & 1 = 1 AND t.tgtype & 2 = 2 AND t.tgtype & (4 | 16) <> 0
      AND t.tgname >= 'zzz_rowseal_' COLLATE "C"
    UNION ALL
    SELECT format('the unique or exclusion index %s of the partition %s would make acceptance depend on other rows', i.index::regclass, i.part::regclass)
    FROM rowseal_internal.refusing_indexes(target, settings) i WHERE i.part <> target
    UNION ALL
    SELECT format('the foreign key %I of the partition %s would make acceptance depend on the order of arrival', f.conname, part::regclass)
    FROM rowseal_internal.tree(target) AS part JOIN pg_constraint f ON f.conrelid = part
    WHERE part <> target AND f.contype = 'f' AND f.conparentid = 0
$$;
COMMENT ON FUNCTION rowseal_internal.partition_flaws(regclass, jsonb) IS 'What a partition has of its own that the partitioned table may not have.';

CREATE FUNCTION rowseal_internal.lost_partitions(target regclass, guarded rowseal_internal.guarded) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE WHEN c.oid IS NULL THEN 'a partition, with what it held, is gone' ELSE format('the partition %s, with what it holds, is gone', part::regclass) END
    FROM unnest(guarded.partitions) AS part LEFT JOIN pg_class c ON c.oid = part WHERE part NOT IN (SELECT rowseal_internal.tree(target))
$$;
COMMENT ON FUNCTION rowseal_internal.lost_partitions(regclass, rowseal_internal.guarded) IS
'Partitions that the table had when it was last found whole, also those that DETACH ... CONCURRENTLY has left half detached.';

CREATE FUNCTION rowseal_internal.changed_prints(target regclass, guarded rowseal_internal.guarded, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    -- A type that is gone had its place in another one, which has changed then, or in a column that is gone too.
    SELECT DISTINCT format('values of the type %s print otherwise than they were signed', t.oid::regtype)
    FROM unnest(guarded.prints) AS trait JOIN pg_type t ON t.oid = split_part(trait, ' ', 1)::oid WHERE settings IS NOT NULL AND trait <> ALL (rowseal_internal.prints(target, settings))
$$;
COMMENT ON FUNCTION rowseal_internal.changed_prints(regclass, rowseal_internal.guarded, jsonb) IS
'Types of signed columns whose labels, attributes or output function are others than when the table was last found whole.';

CREATE FUNCTION rowseal_internal.check_flaw(target regclass, settings jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    PERFORM rowseal_internal.check_table(target, settings);
    IF settings ->> 'role' <> 'versions' THEN
        PERFORM rowseal_internal.check_key(target, settings);
        IF rowseal_internal.relation(settings ->> 'versions') IS NOT NULL THEN
            PERFORM rowseal_internal.check_versions(target, settings);
        END IF;
    END IF;
    RETURN NULL;
EXCEPTION WHEN SQLSTATE 'RS012' THEN
    RETURN replace(replace(sqlerrm, format('configuration refused: %s: ', target), ''), 'configuration refused: ', '');
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_flaw(regclass, jsonb) IS 'Why protect would refuse the table as it is now, if it would.';

CREATE FUNCTION rowseal_internal.trigger_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('the trigger %s of %s is %s', e.name, part::regclass, CASE
               WHEN t.oid IS NULL THEN 'missing' WHEN t.tgenabled = 'D' THEN 'disabled' WHEN t.tgenabled <> 'A' THEN 'not ENABLE ALWAYS'
               ELSE 'not as protect makes it' END)
    FROM rowseal_internal.tree(target) AS part
    CROSS JOIN rowseal_internal.triggers_of(settings, rowseal_internal.suffix_of(target)) e
    LEFT JOIN pg_trigger t ON t.tgrelid = part AND t.tgname = e.name
    LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgtype <> e.kind OR t.tgattr <> '' OR t.tgqual IS NOT NULL OR t.tgnargs <> e.has_settings::int
       OR p.pronamespace <> 'rowseal_internal'::regnamespace OR p.proname <> e.function OR p.proowner <> rowseal_internal.extension_owner()
$$;
COMMENT ON FUNCTION rowseal_internal.trigger_flaws(regclass, jsonb) IS
'Triggers that are missing, not ENABLE ALWAYS, or other than protect makes them, on the table and its partitions.';

CREATE FUNCTION rowseal_internal.compared_functions(target regclass, settings jsonb)
RETURNS TABLE (name text, wanted_owner oid, function oid, is_current boolean, is_whole boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT w.name, w.owner, p.oid, coalesce(p.proowner = w.owner AND p.prosrc = w.source, false),
           coalesce(p.prosecdef AND p.prolang = (SELECT l.oid FROM pg_language l WHERE l.lanname = 'plpgsql')
                    AND p.proconfig IS NOT DISTINCT FROM CASE WHEN w.of_table_owner THEN NULL ELSE ARRAY['search_path=pg_catalog, pg_temp'] END
                    AND NOT has_function_privilege('public', p.oid, 'EXECUTE'), false)
    FROM (SELECT f.name, f.arguments, f.source, f.of_table_owner, CASE WHEN f.of_table_owner THEN c.relowner ELSE rowseal_internal.extension_owner() END AS owner
          FROM pg_class c, rowseal_internal.functions_of(target, settings, rowseal_internal.suffix_of(target)) f WHERE c.oid = target) AS w
    LEFT JOIN pg_proc p ON p.pronamespace = 'rowseal_internal'::regnamespace AND p.proname = w.name AND pg_get_function_identity_arguments(p.oid) = w.arguments
$$;
COMMENT ON FUNCTION rowseal_internal.compared_functions(regclass, jsonb) IS
'The functions that a table should have and those that it has: current are those with the right owner and source, whole those that are otherwise as protect makes them.';

CREATE FUNCTION rowseal_internal.function_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE
        WHEN f.function IS NULL THEN format('the function rowseal_internal.%I is missing', f.name)
        WHEN p.proowner <> f.wanted_owner THEN format('%s runs as %s, not as %s', f.function::regprocedure, pg_get_userbyid(p.proowner), pg_get_userbyid(f.wanted_owner))
        ELSE format('%s is not as protect makes it', f.function::regprocedure) END
    FROM rowseal_internal.compared_functions(target, settings) f LEFT JOIN pg_proc p ON p.oid = f.function
    WHERE NOT (f.is_current AND f.is_whole)
$$;
COMMENT ON FUNCTION rowseal_internal.function_flaws(regclass, jsonb) IS
'Functions of the table that are missing, run as somebody else, or are not as protect makes them.';

CREATE FUNCTION rowseal_internal.flaws(target regclass) RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal_internal.settings_of(target);
BEGIN
    IF settings IS NULL THEN
        RETURN QUERY SELECT 'triggers', 'the trigger zzz_rowseal_insert, which holds the settings, is missing or changed';
        RETURN;
    END IF;
    RETURN QUERY SELECT 'names', f FROM rowseal_internal.name_flaws(target, settings) f;
    RETURN QUERY SELECT 'columns', f FROM rowseal_internal.column_flaws(target, settings) f;
    RETURN QUERY SELECT 'triggers', f FROM rowseal_internal.trigger_flaws(target, settings) f;
    RETURN QUERY SELECT 'functions', f FROM rowseal_internal.function_flaws(target, settings) f;
    RETURN QUERY SELECT 'key', f FROM rowseal_internal.key_flaws(target, settings) f;
    RETURN QUERY SELECT 'partitions', f FROM rowseal_internal.partition_flaws(target, settings) f;
    RETURN QUERY SELECT 'laws', f FROM rowseal_internal.check_flaw(target, settings) f WHERE f IS NOT NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.flaws(regclass) IS 'What is wrong with a protected table or a versions table: kind and finding; nothing if it is whole.';
