-- The triggers of a protected table, and the functions that they run.

CREATE FUNCTION rowseal.enforce() RETURNS trigger
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS JAVA TRIGGER 'enforce';
COMMENT ON FUNCTION rowseal.enforce() IS
'Pattern of the trigger functions enforce_as_<role>: does what rowseal.examine decided about the row, if it is not simply to be stored.';

CREATE FUNCTION rowseal.complete() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Through a composite value, which holds no references to TOAST tables.
    NEW := jsonb_populate_record(NEW, '{}');
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION rowseal.complete() IS
'Trigger function that makes an UPDATE write its large unchanged values again. Logical replication would leave them out, and a subscriber would fill them in from its own row, which may be another version.';

CREATE FUNCTION rowseal._function_as_owner(target regclass, pattern text) RETURNS name
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- By owner, not by name: a role may have been renamed, and another have got its name.
    SELECT proname FROM pg_proc
    WHERE pronamespace = 'rowseal'::regnamespace AND proowner = (SELECT relowner FROM pg_class WHERE oid = target) AND starts_with(proname, pattern || '_as_')
    ORDER BY proname LIMIT 1
$$;
COMMENT ON FUNCTION rowseal._function_as_owner(regclass, text) IS
'The name of the function of a pattern that runs as the owner of the table; NULL if there is none yet.';

CREATE FUNCTION rowseal._is_as(pattern text, function_name text) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (f.prolang, f.prosrc, f.probin, f.prosecdef, f.proconfig) IS NOT DISTINCT FROM (p.prolang, p.prosrc, p.probin, p.prosecdef, p.proconfig)
    FROM pg_proc f JOIN pg_proc p USING (pronamespace, proargtypes)
    WHERE pronamespace = 'rowseal'::regnamespace AND f.proname = function_name AND p.proname = pattern
$$;
COMMENT ON FUNCTION rowseal._is_as(text, text) IS 'Whether an owner''s function is still what its pattern is.';

CREATE FUNCTION rowseal._as_owner(target regclass, pattern text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role oid := (SELECT relowner FROM pg_class WHERE oid = target);
    function_name text := rowseal._function_as_owner(target, pattern);
    definition text := pg_get_functiondef((SELECT oid FROM pg_proc WHERE pronamespace = 'rowseal'::regnamespace AND proname = pattern));
BEGIN
    IF pattern NOT IN ('examine', 'enforce', 'replay') THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('no pattern of trigger functions: %s', pattern);
    END IF;
    IF function_name IS NULL THEN
        IF NOT pg_has_role(session_user, role, 'MEMBER') THEN
            RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', target);
        END IF;
        function_name := pattern || '_as_' || pg_get_userbyid(role);
        IF octet_length(function_name) > 63 OR EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'rowseal'::regnamespace AND proname = function_name) THEN
            function_name := pattern || '_as_role_' || role;
        END IF;
        EXECUTE replace(definition, format('FUNCTION rowseal.%I(', pattern), format('FUNCTION rowseal.%I(', function_name));
        IF pattern <> 'examine' THEN -- that stands in conditions, and every writer evaluates them
            EXECUTE format('REVOKE ALL ON FUNCTION rowseal.%I FROM PUBLIC', function_name);
        END IF;
        EXECUTE format('ALTER FUNCTION rowseal.%I OWNER TO %I', function_name, pg_get_userbyid(role));
        EXECUTE format('ALTER FUNCTION rowseal.%I DEPENDS ON EXTENSION rowseal', function_name);
    ELSIF NOT rowseal._is_as(pattern, function_name) THEN
        EXECUTE replace(definition, format('FUNCTION rowseal.%I(', pattern), format('FUNCTION rowseal.%I(', function_name));
    END IF;
    RETURN format('rowseal.%I', function_name);
END
$$;
COMMENT ON FUNCTION rowseal._as_owner(regclass, text) IS
'The function of a pattern that runs as the owner of the table, made if need be. Running as the table''s owner, a write of somebody with few privileges can merge, and no code that the owner attached to the table ever runs with more than the owner''s privileges.';

CREATE FUNCTION rowseal._incomplete(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('(pg_catalog.pg_column_size(NEW.%1$I) OPERATOR(pg_catalog.>) 24 AND pg_catalog.record_image_eq(ROW(NEW.%1$I), ROW(OLD.%1$I)))', attname), ' OR ' ORDER BY attnum)
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attlen = -1 AND attstorage <> 'p'
      AND attname NOT IN (SELECT jsonb_array_elements_text(settings -> 'key'))
      AND (settings -> 'columns' @> jsonb_build_array(jsonb_build_object('name', attname))
           OR attname IN (settings ->> 'signature', settings ->> 'version_id'))
$$;
COMMENT ON FUNCTION rowseal._incomplete(regclass, jsonb) IS
'The condition under which an UPDATE may leave a signed value in a TOAST table untouched; NULL where no column can be so large. Key columns do not count, for by them a subscriber finds its row.';

CREATE FUNCTION rowseal._others_changed(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE count(*) WHEN 0 THEN 'false' ELSE
               format('pg_catalog.record_image_ne(ROW(%s), ROW(%s))', string_agg(format('NEW.%I', attname), ', ' ORDER BY attnum), string_agg(format('OLD.%I', attname), ', ' ORDER BY attnum)) END
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      AND settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', attname))
$$;
COMMENT ON FUNCTION rowseal._others_changed(regclass, jsonb) IS 'The condition under which an UPDATE changes columns that are not signed.';

CREATE FUNCTION rowseal._create_triggers_on(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    enforcer text := rowseal._as_owner(target, 'enforce');
    of_versions boolean := settings ->> 'role' = 'versions';
    -- The fingerprint stands for the settings, so that no write has to read them.
    examine text := format('%s(%L::regclass::oid::bigint, %s, ', rowseal._as_owner(target, 'examine'), target, hashtextextended(settings::text, 0));
    new_image text := rowseal._image(settings, of_versions, 'NEW');
    incomplete text := CASE WHEN NOT of_versions AND settings ->> 'layout' <> 'one-table' THEN rowseal._incomplete(target, settings) END;
    part regclass;
    made text;
BEGIN
    EXECUTE format('CREATE TRIGGER zzz_rowseal_insert BEFORE INSERT ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s(%L)',
        target, examine || new_image || ', NULL, false)', enforcer, settings);
    EXECUTE format('CREATE TRIGGER zzz_rowseal_update BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION %s(%L)',
        target, examine || concat_ws(', ', new_image, rowseal._image(settings, of_versions, 'OLD'), rowseal._others_changed(target, settings)) || ')',
        enforcer, settings);
    EXECUTE format('CREATE TRIGGER zzz_rowseal_delete BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION rowseal.refuse_removal()', target);
    IF incomplete IS NOT NULL THEN
        EXECUTE format('CREATE TRIGGER zzz_rowseal_complete BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION rowseal.complete()', target, incomplete);
    END IF;
    IF settings ->> 'role' = 'identities' THEN
        EXECUTE format('CREATE TRIGGER zzz_rowseal_replay AFTER INSERT OR UPDATE ON %s FOR EACH ROW WHEN (rowseal._awaited(%L::regclass::oid::bigint, rowseal._text(NEW.%I))) EXECUTE FUNCTION %s(%L)',
            target, target, settings ->> 'owner', rowseal._as_owner(target, 'replay'), settings ->> 'owner');
    END IF;
    FOR part IN SELECT relid FROM pg_partition_tree(target) UNION SELECT target LOOP
        EXECUTE format('CREATE TRIGGER zzz_rowseal_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION rowseal.refuse_removal()', part);
        FOR made IN SELECT tgname FROM pg_trigger WHERE tgrelid = part AND tgname LIKE 'zzz\_rowseal\_%' LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', part, made);
        END LOOP;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._create_triggers_on(regclass, jsonb) IS
'Makes the triggers of one table, ENABLE ALWAYS, so that they also run where replication applies rows. Their names sort last, so that no other trigger changes a row after it was verified.';

CREATE FUNCTION rowseal._create_triggers(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal._drop_triggers(target);
    PERFORM rowseal._begin_change(target, to_regclass(settings ->> 'versions'));
    PERFORM rowseal._create_triggers_on(target, settings);
    IF settings ->> 'layout' = 'two-tables' THEN
        PERFORM rowseal._create_triggers_on((settings ->> 'versions')::regclass, settings || '{"role": "versions"}');
    END IF;
    PERFORM rowseal._end_change(target, to_regclass(settings ->> 'versions'));
END
$$;
COMMENT ON FUNCTION rowseal._create_triggers(regclass, jsonb) IS
'Makes the triggers of a table, and of its versions table, anew.';

CREATE FUNCTION rowseal._drop_triggers(target regclass) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    doomed record;
    dropped boolean := false;
BEGIN
    PERFORM rowseal._begin_change(target, to_regclass(rowseal._settings_of(target::text) ->> 'versions'));
    FOR doomed IN
        SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
        WHERE tgrelid IN (SELECT relid FROM unnest(ARRAY[target, to_regclass(rowseal._settings_of(target::text) ->> 'versions')]) AS root,
                          LATERAL (SELECT relid FROM pg_partition_tree(root) UNION SELECT root) AS tree(relid))
          AND tgparentid = 0 AND tgname LIKE 'zzz\_rowseal\_%'
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', doomed.tgname, doomed.relation);
        dropped := true;
    END LOOP;
    RETURN dropped;
END
$$;
COMMENT ON FUNCTION rowseal._drop_triggers(regclass) IS 'Takes the triggers off a table and its versions table; false if there were none.';
