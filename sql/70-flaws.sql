-- What can be wrong with a protected table. The guards refuse what would bring a flaw about; doctor reports those that are there.

CREATE FUNCTION rowseal._recorded(relation oid) RETURNS jsonb
LANGUAGE plpgsql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), 'UTF8')::jsonb FROM pg_trigger
            WHERE tgrelid = relation AND tgname = 'zzz_rowseal_insert' AND tgparentid = 0 AND tgnargs = 1);
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal._recorded(oid) IS
'The settings in the trigger of a data, identity or versions table; NULL where there are none, or none that can be read.';

CREATE FUNCTION rowseal._tree(relation oid) RETURNS SETOF oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT relation UNION SELECT relid::oid FROM pg_partition_tree(relation::regclass) $$;
COMMENT ON FUNCTION rowseal._tree(oid) IS 'A table and all its partitions.';

CREATE FUNCTION rowseal._image_columns(settings jsonb) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT array_agg(rowseal._column_in(settings, settings ->> 'role' = 'versions', name) ORDER BY n)
    FROM (SELECT n, c ->> 'name' FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
          UNION ALL SELECT 10000, settings ->> 'signature'
          UNION ALL SELECT 10001, settings ->> 'version_id' WHERE settings ->> 'version_id' <> settings ->> 'signature') AS image(n, name)
$$;
COMMENT ON FUNCTION rowseal._image_columns(jsonb) IS 'What a table with these settings calls the columns of its row image, in order.';

CREATE FUNCTION rowseal._condition_holds(trigger oid, name text) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE name WHEN 'zzz_rowseal_replay' THEN starts_with(condition, 'rowseal._awaited(') ELSE condition IS NULL END
    FROM substring(pg_get_triggerdef(trigger) FROM ' FOR EACH ROW WHEN \((.*)\) EXECUTE FUNCTION rowseal\.') AS condition
$$;
COMMENT ON FUNCTION rowseal._condition_holds(oid, text) IS 'Whether a trigger has no WHEN condition but the one that protect gives it.';

CREATE FUNCTION rowseal._expected_triggers(target regclass, settings jsonb)
RETURNS TABLE (name text, kind int, pattern text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'zzz_rowseal_' || t.name, t.kind, t.pattern
    FROM (VALUES ('insert', 7, 'enforce'), ('update', 19, 'enforce'), ('delete', 11, 'refuse_removal'),
                 ('truncate', 34, 'refuse_removal'), ('replay', 21, 'replay')) AS t(name, kind, pattern)
    WHERE t.name <> 'replay' OR settings ->> 'role' = 'identities'
$$;
COMMENT ON FUNCTION rowseal._expected_triggers(regclass, jsonb) IS
'The triggers of a table that is protected as the settings say: name, pg_trigger.tgtype, function or the pattern of it.';

CREATE FUNCTION rowseal._trigger_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('the trigger %s of %s is %s', e.name, part::regclass, CASE
               WHEN t.oid IS NULL THEN 'missing' WHEN t.tgenabled = 'D' THEN 'disabled' WHEN t.tgenabled <> 'A' THEN 'not ENABLE ALWAYS'
               ELSE 'not as protect makes it' END)
    FROM rowseal._tree(target) AS part
    CROSS JOIN rowseal._expected_triggers(target, settings) e
    LEFT JOIN pg_trigger t ON t.tgrelid = part AND t.tgname = e.name
    LEFT JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgtype <> e.kind OR t.tgattr <> ''
       OR p.pronamespace <> 'rowseal'::regnamespace
       OR NOT (p.proname = e.pattern OR e.pattern IN ('enforce', 'replay') AND starts_with(p.proname, e.pattern || '_'))
       OR rowseal._condition_holds(t.oid, e.name) IS NOT TRUE
$$;
COMMENT ON FUNCTION rowseal._trigger_flaws(regclass, jsonb) IS
'Triggers that are missing, not ENABLE ALWAYS, or other than protect makes them, on the table and its partitions.';

CREATE FUNCTION rowseal._own_functions(target regclass) RETURNS TABLE (function oid, pattern text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT p.oid, x.pattern FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    JOIN unnest(ARRAY['enforce', 'replay']) AS x(pattern) ON starts_with(p.proname, x.pattern || '_')
    WHERE t.tgrelid = target AND t.tgname LIKE 'zzz\_rowseal\_%' AND p.pronamespace = 'rowseal'::regnamespace
$$;
COMMENT ON FUNCTION rowseal._own_functions(regclass) IS 'The trigger functions that protect made for a table.';

CREATE FUNCTION rowseal._is_outdated(target regclass, settings jsonb) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM rowseal._own_functions(target) JOIN pg_proc p ON p.oid = function JOIN pg_class c ON c.oid = target
                   WHERE p.proowner <> c.relowner OR p.prosrc <> rowseal._source(pattern, target, settings))
$$;
COMMENT ON FUNCTION rowseal._is_outdated(regclass, jsonb) IS 'Whether a table''s own functions were made for another owner, or for other columns.';

CREATE FUNCTION rowseal._enforcer_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN p.proowner <> c.relowner THEN format('%s runs as %s, but the table belongs to %s', function::regprocedure, pg_get_userbyid(p.proowner), pg_get_userbyid(c.relowner))
        ELSE format('%s is not as protect makes it', function::regprocedure) END
    FROM rowseal._own_functions(target) JOIN pg_proc p ON p.oid = function JOIN pg_class c ON c.oid = target
    WHERE p.proowner <> c.relowner OR NOT rowseal._is_as(function, pattern, target, settings)
$$;
COMMENT ON FUNCTION rowseal._enforcer_flaws(regclass, jsonb) IS
'The table''s own trigger functions that do not run as its owner, or are not as protect makes them.';

CREATE FUNCTION rowseal._name_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('the settings name %s, which is not there', settings ->> k) FROM unnest(ARRAY['table', 'versions', 'identities']) k
    WHERE settings ->> k IS NOT NULL AND to_regclass(settings ->> k) IS NULL
    UNION ALL
    SELECT format('the settings are those of %s', settings ->> own)
    FROM (SELECT CASE settings ->> 'role' WHEN 'versions' THEN 'versions' ELSE 'table' END) AS x(own)
    WHERE to_regclass(settings ->> own) <> target
$$;
COMMENT ON FUNCTION rowseal._name_flaws(regclass, jsonb) IS 'Tables that the settings name and that are not there, or are others.';

CREATE FUNCTION rowseal._lost_columns(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('the signed column %I is gone', c) FROM unnest(rowseal._image_columns(settings)) c
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = target AND a.attname = c AND a.attnum > 0 AND NOT a.attisdropped)
$$;
COMMENT ON FUNCTION rowseal._lost_columns(regclass, jsonb) IS 'Columns of the row image that the table has no longer.';

CREATE FUNCTION rowseal._column_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal._lost_columns(target, settings)
    UNION ALL
    SELECT format('the signed column %I has type %s, not %s', a.attname, format_type(a.atttypid, a.atttypmod), e ->> 'type')
    FROM jsonb_array_elements(settings -> 'columns') e
    JOIN pg_attribute a ON a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
                       AND a.attname = rowseal._column_in(settings, settings ->> 'role' = 'versions', e ->> 'name')
    WHERE format_type(a.atttypid, a.atttypmod) <> e ->> 'type'
    UNION ALL
    SELECT format('the column %I is neither signed nor listed in exclude', a.attname) FROM pg_attribute a
    WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (rowseal._image_columns(settings))
      AND NOT settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', a.attname))
$$;
COMMENT ON FUNCTION rowseal._column_flaws(regclass, jsonb) IS 'Signed columns that are gone or have another type, and columns that are not covered.';

CREATE FUNCTION rowseal._key_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('the primary key is (%s), not (%s)', array_to_string(found, ', '), array_to_string(recorded, ', '))
    FROM (SELECT ARRAY(SELECT jsonb_array_elements_text(rowseal._primary_key(target))) AS found,
                 ARRAY(SELECT rowseal._column_in(settings, settings ->> 'role' = 'versions', k) FROM jsonb_array_elements_text(
                     settings -> CASE settings ->> 'role' WHEN 'versions' THEN 'versions_key' ELSE 'primary_key' END) k) AS recorded) AS keys
    WHERE found <> recorded
$$;
COMMENT ON FUNCTION rowseal._key_flaws(regclass, jsonb) IS 'A primary key that is not the recorded one.';

CREATE FUNCTION rowseal._partition_flaws(target regclass, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('the partition %s is %s', part::regclass, CASE WHEN c.relkind NOT IN ('r', 'p') THEN 'not an ordinary table' ELSE 'unlogged' END)
    FROM rowseal._tree(target) AS part JOIN pg_class c ON c.oid = part
    WHERE part <> target AND (c.relkind NOT IN ('r', 'p') OR c.relpersistence <> 'p')
    UNION ALL
    SELECT format('the trigger %I of the partition %s would run after verification', t.tgname, part::regclass)
    FROM rowseal._tree(target) AS part JOIN pg_trigger t ON t.tgrelid = part
    WHERE part <> target AND t.tgparentid = 0 AND t.tgtype & 1 = 1 AND t.tgtype & 2 = 2 AND t.tgtype & (4 | 16) <> 0
      AND t.tgname >= 'zzz_rowseal_' COLLATE "C"
    UNION ALL
    SELECT format('the unique or exclusion index %s of the partition %s would make acceptance depend on other rows', i.indexrelid::regclass, part::regclass)
    FROM rowseal._tree(target) AS part JOIN pg_index i ON i.indrelid = part JOIN pg_class c ON c.oid = i.indexrelid
    WHERE part <> target AND (i.indisunique OR i.indisexclusion) AND NOT c.relispartition
    UNION ALL
    SELECT format('the foreign key %I of the partition %s would make acceptance depend on the order of arrival', f.conname, part::regclass)
    FROM rowseal._tree(target) AS part JOIN pg_constraint f ON f.conrelid = part
    WHERE part <> target AND f.contype = 'f' AND f.conparentid = 0
$$;
COMMENT ON FUNCTION rowseal._partition_flaws(regclass, jsonb) IS 'What a partition has of its own that the partitioned table may not have.';

CREATE FUNCTION rowseal._check_flaw(target regclass, settings jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal._check_table(target, settings);
    IF settings ->> 'role' <> 'versions' THEN
        PERFORM rowseal._check_key(target, settings);
        IF to_regclass(settings ->> 'versions') IS NOT NULL THEN
            PERFORM rowseal._check_versions(target, settings);
        END IF;
    END IF;
    RETURN NULL;
EXCEPTION WHEN SQLSTATE 'RS012' THEN
    RETURN replace(replace(sqlerrm, format('configuration refused: %s: ', target), ''), 'configuration refused: ', '');
END
$$;
COMMENT ON FUNCTION rowseal._check_flaw(regclass, jsonb) IS 'Why protect would refuse the table as it is now, if it would.';

CREATE FUNCTION rowseal._flaws(target regclass) RETURNS TABLE ("check" text, finding text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal._recorded(target);
BEGIN
    IF settings IS NULL THEN
        RETURN QUERY SELECT 'triggers', 'the trigger zzz_rowseal_insert, which holds the settings, is missing or changed';
        RETURN;
    END IF;
    RETURN QUERY SELECT 'names', f FROM rowseal._name_flaws(target, settings) f;
    RETURN QUERY SELECT 'columns', f FROM rowseal._column_flaws(target, settings) f;
    RETURN QUERY SELECT 'triggers', f FROM rowseal._trigger_flaws(target, settings) f;
    RETURN QUERY SELECT 'enforcer', f FROM rowseal._enforcer_flaws(target, settings) f;
    RETURN QUERY SELECT 'key', f FROM rowseal._key_flaws(target, settings) f;
    RETURN QUERY SELECT 'partitions', f FROM rowseal._partition_flaws(target, settings) f;
    RETURN QUERY SELECT 'laws', f FROM rowseal._check_flaw(target, settings) f WHERE f IS NOT NULL;
END
$$;
COMMENT ON FUNCTION rowseal._flaws(regclass) IS 'What is wrong with a protected table or a versions table: kind and finding; nothing if it is whole.';
