-- The triggers of a protected table, and the functions that protect makes for them.

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

CREATE FUNCTION rowseal._completion(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN settings ->> 'role' = 'versions' OR settings ->> 'layout' = 'one-table' OR condition IS NULL THEN '' ELSE format($source$
        -- Logical replication leaves out large values that an UPDATE does not write, and a subscriber would fill them in from its own row,
        -- which may be another version. A composite value holds no references to TOAST tables.
        IF %s THEN
            NEW := jsonb_populate_record(NEW, '{}');
        END IF;$source$, condition) END
    FROM rowseal._incomplete(target, settings) AS condition
$$;
COMMENT ON FUNCTION rowseal._completion(regclass, jsonb) IS 'The part of a trigger function that makes an UPDATE write large unchanged values again.';

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

CREATE FUNCTION rowseal._others(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN count(*) = 0 OR settings ->> 'role' = 'versions' THEN 'NULL'
                ELSE format('jsonb_build_object(%s)::text', string_agg(format('%L, rowseal._text(NEW.%I)', attname, attname), ', ' ORDER BY attnum)) END
    FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
      AND settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', attname))
$$;
COMMENT ON FUNCTION rowseal._others(regclass, jsonb) IS 'The SQL expression of a row''s columns that are not signed, as a JSON object of texts; NULL if there are none.';

CREATE FUNCTION rowseal._same_key(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('r.%1$I = NEW.%1$I', k), ' AND ' ORDER BY n) FROM jsonb_array_elements_text(settings -> 'primary_key') WITH ORDINALITY AS x(k, n)
$$;
COMMENT ON FUNCTION rowseal._same_key(jsonb) IS 'The condition under which a row r of a data table has the primary key of the new row.';

CREATE FUNCTION rowseal._beside(settings jsonb, alias text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN settings ? 'large' THEN format('%s.%I::bytea', alias, rowseal._column_in(settings, settings ->> 'role' = 'versions', settings ->> 'large'))
                ELSE 'NULL::bytea' END
$$;
COMMENT ON FUNCTION rowseal._beside(jsonb, text) IS 'The SQL expression of the value that goes beside a row''s image.';

CREATE FUNCTION rowseal._image_beside(settings jsonb, alias text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal._image(settings, settings ->> 'role' = 'versions', alias, settings ->> 'large') $$;
COMMENT ON FUNCTION rowseal._image_beside(jsonb, text) IS 'The SQL expression of a row''s image without the value that goes beside it.';

CREATE FUNCTION rowseal._take_image(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($source$
        new_image := %1$s;
        IF octet_length(new_image) + coalesce(octet_length(%2$s), 0) > 12582912 THEN
            PERFORM rowseal._refuse_size(%3$L, octet_length(new_image) + coalesce(octet_length(%2$s), 0));
        END IF;$source$, rowseal._image_beside(settings, 'NEW'), rowseal._beside(settings, 'NEW'), target)
$$;
COMMENT ON FUNCTION rowseal._take_image(regclass, jsonb) IS 'The part of a trigger function that makes the image of the new row, and bounds it.';

CREATE FUNCTION rowseal._fill_version_id(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN id = signature THEN '' ELSE format($source$
    IF NEW.%1$I IS NULL AND octet_length(NEW.%2$I) BETWEEN 1 AND 65536 THEN
        NEW.%1$I := %3$s;
    END IF;$source$, id, signature, CASE settings ->> 'version_id_type' WHEN 'text' THEN format('%L || encode(%s, ''hex'')', settings ->> 'version_prefix', digest) ELSE digest END) END
    FROM (SELECT i, s, format('rowseal._version_id(NEW.%I, %L)', s, settings ->> 'version_hash')
          FROM (SELECT rowseal._column_in(settings, settings ->> 'role' = 'versions', settings ->> 'version_id'),
                       rowseal._column_in(settings, settings ->> 'role' = 'versions', settings ->> 'signature')) AS names(i, s)) AS x(id, signature, digest)
$$;
COMMENT ON FUNCTION rowseal._fill_version_id(jsonb) IS 'The part of a trigger function that fills in the hash of the signature where a version goes by it.';

CREATE FUNCTION rowseal._merge_step(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE settings ->> 'layout' WHEN 'one-table' THEN format($source$
            stored_version := record_send(ROW(stored_timestamp, stored_signature));$source$)
    ELSE format($source$
            IF (NEW.%2$I::int8, NEW.%3$I::bytea) >= (coalesce(stored_timestamp, -9223372036854775808), coalesce(stored_signature, '')) THEN
                -- The trigger of the UPDATE knows the tip as it is then; it verifies and decides.
                UPDATE %1$s AS r SET %4$s WHERE %5$s;
                IF FOUND THEN
                    RETURN NULL;
                ELSIF EXISTS (SELECT FROM %1$s AS r WHERE %5$s) THEN
                    RETURN NULL; -- its trigger has put the row elsewhere
                END IF;
                -- The stored row has gone meanwhile.
            ELSE
                stored_version := record_send(ROW(stored_timestamp, stored_signature));
            END IF;$source$, settings ->> 'table', settings ->> 'owner_timestamp', settings ->> 'signature',
            (SELECT string_agg(format('%1$I = NEW.%1$I', c), ', ' ORDER BY n) FROM unnest(rowseal._image_columns(settings)) WITH ORDINALITY AS x(c, n)),
            rowseal._same_key(settings)) END
$$;
COMMENT ON FUNCTION rowseal._merge_step(jsonb) IS 'The part of a trigger function that turns the INSERT of a newer version into an UPDATE.';

CREATE FUNCTION rowseal._insert_step(target regclass, settings jsonb, called text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE settings ->> 'role' WHEN 'versions' THEN format($source$%1$s
        step := rowseal._examine_version(%2$s, new_image, %3$s);$source$, rowseal._take_image(target, settings), called, rowseal._beside(settings, 'NEW'))
    ELSE format($source$
        SELECT r.%2$I::int8, r.%3$I::bytea, CASE WHEN r.%3$I = NEW.%3$I THEN %6$s = %7$s END, CASE WHEN r.%3$I = NEW.%3$I THEN %8$s END
        INTO stored_timestamp, stored_signature, is_here, stored_large FROM %4$s AS r WHERE %5$s;
        IF FOUND THEN
            -- Compared here, for planning a statement copies its parameters.
            IF is_here AND %9$s IS NOT DISTINCT FROM stored_large THEN
                RETURN NULL;
            END IF;%10$s
        END IF;%1$s
        step := rowseal._examine_insert(%11$s, new_image, %9$s, stored_version);$source$,
            rowseal._take_image(target, settings), settings ->> 'owner_timestamp', settings ->> 'signature', settings ->> 'table', rowseal._same_key(settings),
            rowseal._image_beside(settings, 'r'), rowseal._image_beside(settings, 'NEW'), rowseal._beside(settings, 'r'), rowseal._beside(settings, 'NEW'),
            rowseal._merge_step(settings), called)
    END
$$;
COMMENT ON FUNCTION rowseal._insert_step(regclass, jsonb, text) IS 'The part of a trigger function that examines an INSERT.';

CREATE FUNCTION rowseal._update_step(target regclass, settings jsonb, called text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($source$%1$s
        old_image := %2$s;
        IF new_image = old_image AND %3$s IS NOT DISTINCT FROM %4$s THEN
            IF %5$s THEN
                RETURN NEW;
            END IF;
            RETURN NULL; -- nothing changes
        END IF;
        step := rowseal._examine_update(%6$s, new_image, %3$s, old_image, %4$s);$source$,
            rowseal._take_image(target, settings), rowseal._image_beside(settings, 'OLD'), rowseal._beside(settings, 'NEW'), rowseal._beside(settings, 'OLD'),
            rowseal._others_changed(target, settings), called)
        || CASE WHEN settings ->> 'role' = 'versions' OR settings ->> 'layout' <> 'two-tables' THEN '' ELSE format($source$
        IF step = 1 THEN
            INSERT INTO %2$s (%3$s) VALUES (%4$s) ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                PERFORM rowseal._settle_archive(%1$s, old_image, %5$s);
            END IF;
            RETURN NEW;
        END IF;$source$, called, settings ->> 'versions',
            (SELECT string_agg(quote_ident(rowseal._column_in(settings, true, c)), ', ' ORDER BY n) FROM unnest(rowseal._image_columns(settings)) WITH ORDINALITY AS x(c, n)),
            (SELECT string_agg(format('OLD.%I', c), ', ' ORDER BY n) FROM unnest(rowseal._image_columns(settings)) WITH ORDINALITY AS x(c, n)),
            rowseal._beside(settings, 'OLD')) END
$$;
COMMENT ON FUNCTION rowseal._update_step(regclass, jsonb, text) IS 'The part of a trigger function that examines an UPDATE, and archives what it replaces.';

CREATE FUNCTION rowseal._enforce_source(target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($source$
-- Made by rowseal.protect. What is decided, Java decides; this hands it the rows, and does by plain SQL what is done most often.
#variable_conflict use_variable
DECLARE
    new_image bytea;
    old_image bytea;
    stored_timestamp bigint;
    stored_signature bytea;
    stored_version bytea;
    stored_large bytea;
    is_here boolean;
    step bigint;
BEGIN
    IF current_setting('rowseal.loaded', true) IS DISTINCT FROM 'yes' THEN
        PERFORM rowseal._load();
    END IF;%s
    IF tg_op = 'INSERT' THEN%s
    ELSE%s%s
    END IF;
    IF step = 0 THEN
        RETURN NEW;
    END IF;
    PERFORM rowseal._act(%s);
    RETURN NULL;
END
$source$, rowseal._fill_version_id(settings), rowseal._insert_step(target, settings, called), rowseal._completion(target, settings), rowseal._update_step(target, settings, called),
        rowseal._others(target, settings))
    -- The fingerprint stands for the settings, so that no write has to read them.
    FROM format('convert_to(current_user, ''UTF8''), %L::regclass::oid::int8, %s', target, hashtextextended(settings::text, 0)) AS called
$$;
COMMENT ON FUNCTION rowseal._enforce_source(regclass, jsonb) IS
'The source of a table''s own trigger function, in PL/pgSQL: PostgreSQL keeps the plans of its statements, which costs a fraction of what a look-up by Java would.';

CREATE FUNCTION rowseal._refuse_size("table" text, bytes integer) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: %s: a row of %s bytes; it may have 12582912 (12 MiB) at most', $1, bytes);
END
$$;
COMMENT ON FUNCTION rowseal._refuse_size(text, integer) IS 'Raises RS006.';

CREATE FUNCTION rowseal._source(pattern text, target regclass, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE pattern WHEN 'enforce' THEN rowseal._enforce_source(target, settings) WHEN 'replay' THEN rowseal._replay_source(settings) END $$;
COMMENT ON FUNCTION rowseal._source(text, regclass, jsonb) IS 'The source of one of a table''s own trigger functions.';

CREATE FUNCTION rowseal._is_as(function oid, pattern text, target regclass, settings jsonb) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT prosecdef AND prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql') AND proconfig IS NOT DISTINCT FROM '{"search_path=pg_catalog, pg_temp"}'
       AND prosrc = rowseal._source(pattern, target, settings)
    FROM pg_proc WHERE oid = function
$$;
COMMENT ON FUNCTION rowseal._is_as(oid, text, regclass, jsonb) IS 'Whether a trigger function is as protect makes it.';

CREATE FUNCTION rowseal._lock(mode text, VARIADIC tables regclass[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    busy regclass := tables[1];
    target regclass;
BEGIN
    LOOP
        target := NULL;
        BEGIN
            EXECUTE format('LOCK TABLE %s IN %s MODE', busy, mode);
            FOREACH target IN ARRAY array_remove(tables, NULL) LOOP
                EXECUTE format('LOCK TABLE %s IN %s MODE NOWAIT', target, mode);
            END LOOP;
            RETURN;
        EXCEPTION WHEN lock_not_available THEN
            IF target IS NULL THEN
                RAISE; -- lock_timeout
            END IF;
            busy := target;
        END;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._lock(text, regclass[]) IS
'Locks tables in a mode. Writers come to a data table and its versions table in either order, so this never waits for one while it holds another: no deadlock.';

CREATE FUNCTION rowseal._make_function(pattern text, target regclass, settings jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = target);
    made text;
BEGIN
    PERFORM rowseal._begin_change(target); -- refused unless the table is the caller's
    -- The name stays, unless the table has got another owner, or another table runs the function.
    SELECT format('rowseal.%I', name) INTO made
    FROM (SELECT p.proname, 0 FROM rowseal._own_functions(target) f JOIN pg_proc p ON p.oid = f.function
          WHERE f.pattern = $1 AND pg_get_userbyid(p.proowner) = owner
            AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = p.oid AND tgrelid NOT IN (SELECT rowseal._tree(target)))
          UNION ALL
          SELECT name, i FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
               unnest(ARRAY[pattern || '_' || relname, pattern || '_' || nspname || '_' || relname, pattern || '_' || c.oid]::name[]) WITH ORDINALITY AS x(name, i)
          WHERE c.oid = target AND NOT EXISTS (SELECT FROM pg_proc WHERE pronamespace = 'rowseal'::regnamespace AND proname = name)) AS names(name, i)
    ORDER BY i LIMIT 1;
    EXECUTE format('CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS %L',
        made, rowseal._source(pattern, target, settings));
    EXECUTE format('REVOKE ALL ON FUNCTION %s() FROM PUBLIC', made);
    EXECUTE format('COMMENT ON FUNCTION %s() IS %L', made, format('Trigger function of %s, made by rowseal.protect.', target));
    EXECUTE format('ALTER FUNCTION %s() OWNER TO %I', made, owner);
    EXECUTE format('ALTER FUNCTION %s() DEPENDS ON EXTENSION rowseal', made);
    RETURN made;
END
$$;
COMMENT ON FUNCTION rowseal._make_function(text, regclass, jsonb) IS
'Makes a trigger function of a table, which runs as the table''s owner. So a write of somebody with few privileges can merge, and no code that the owner attached to the table ever runs with more than the owner''s privileges.';

CREATE FUNCTION rowseal._drop_functions(functions oid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    unused regprocedure;
BEGIN
    FOR unused IN SELECT p.oid FROM pg_proc p WHERE p.oid = ANY (functions) AND pronamespace = 'rowseal'::regnamespace AND proname ~ '^(enforce|replay)_'
                  AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgfoid = p.oid) LOOP
        EXECUTE format('DROP FUNCTION %s', unused);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._drop_functions(oid[]) IS
'Drops those of the functions that were made for a table and that no trigger runs any more. SECURITY DEFINER, since the table may have got another owner.';

CREATE FUNCTION rowseal._create_triggers_on(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    enforcer text := rowseal._make_function('enforce', target, settings);
    part regclass;
    made text;
    kept name[] := '{zzz_rowseal_insert,zzz_rowseal_update,zzz_rowseal_delete,zzz_rowseal_truncate}';
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_insert BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION %s(%L)', target, enforcer, settings);
    EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_update BEFORE UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION %s(%L)', target, enforcer, settings);
    EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_delete BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION rowseal.refuse_removal()', target);
    IF settings ->> 'role' = 'identities' THEN
        EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_replay AFTER INSERT OR UPDATE ON %s FOR EACH ROW WHEN (rowseal._awaited(%L::regclass::oid::bigint, rowseal._text(NEW.%I))) EXECUTE FUNCTION %s()',
            target, target, settings ->> 'owner', rowseal._make_function('replay', target, settings));
        kept := kept || 'zzz_rowseal_replay'::name;
    END IF;
    PERFORM rowseal._drop_triggers(target, kept);
    FOR part IN SELECT relid FROM pg_partition_tree(target) UNION SELECT target LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION rowseal.refuse_removal()', part);
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
DECLARE
    archive regclass := to_regclass(settings ->> 'versions');
    former_archive regclass := to_regclass(rowseal._settings_of(target::text) ->> 'versions');
    former_functions oid[] := ARRAY(SELECT function FROM unnest(ARRAY[target, archive]) AS r, LATERAL rowseal._own_functions(r));
BEGIN
    PERFORM rowseal._begin_change(target, archive, former_archive);
    IF former_archive <> archive OR archive IS NULL THEN
        PERFORM rowseal._drop_triggers(former_archive, '{}');
    END IF;
    PERFORM rowseal._create_triggers_on(target, settings);
    IF archive IS NOT NULL THEN
        PERFORM rowseal._create_triggers_on(archive, settings || '{"role": "versions"}');
    END IF;
    PERFORM rowseal._drop_functions(former_functions);
    PERFORM rowseal._end_change(target, archive, former_archive);
END
$$;
COMMENT ON FUNCTION rowseal._create_triggers(regclass, jsonb) IS
'Makes the triggers of a table, and of its versions table, or replaces them. Replacing does not wait for readers, nor they for it.';

CREATE FUNCTION rowseal._drop_triggers(target regclass, kept name[]) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    doomed record;
    functions oid[] := '{}';
BEGIN
    FOR doomed IN
        SELECT tgname, tgrelid::regclass AS relation, tgfoid FROM pg_trigger
        WHERE tgrelid IN (SELECT relid FROM pg_partition_tree(target) UNION SELECT target)
          AND tgparentid = 0 AND tgname LIKE 'zzz\_rowseal\_%' AND tgname <> ALL (kept)
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', doomed.tgname, doomed.relation);
        functions := functions || doomed.tgfoid;
    END LOOP;
    PERFORM rowseal._drop_functions(functions);
    RETURN functions <> '{}';
END
$$;
COMMENT ON FUNCTION rowseal._drop_triggers(regclass, name[]) IS 'Takes the triggers off one table, but for those that are to be kept; false if there were none.';
