-- protect_identities, protect, unprotect and what they are made of. All run with the caller's privileges, so
-- ownership of the table is PostgreSQL's own check; only _make_function needs more.

CREATE FUNCTION rowseal._check_settings(settings rowseal._characters) RETURNS boolean
STRICT SET search_path = pg_catalog, pg_temp
AS JAVA 'checkSettings';
COMMENT ON FUNCTION rowseal._check_settings(rowseal._characters) IS
'Builds the policy that the settings (JSON) state, as the trigger will; RS012 where they are unknown or contradict each other.';

CREATE FUNCTION rowseal._check_rows(settings rowseal._characters, relation rowseal._characters) RETURNS bigint
STRICT SET search_path = pg_catalog, pg_temp
AS JAVA 'checkRows';
COMMENT ON FUNCTION rowseal._check_rows(rowseal._characters, rowseal._characters) IS
'Verifies every stored row of a table (its quoted name; partitions one by one) against settings (JSON) and returns how many there are; the first bad row raises its refusal.';

CREATE FUNCTION rowseal._primary_key(target regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(jsonb_agg(a.attname ORDER BY k.n), '[]') FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
    JOIN pg_attribute a ON a.attrelid = target AND a.attnum = k.attnum WHERE i.indrelid = target AND i.indisprimary
$$;
COMMENT ON FUNCTION rowseal._primary_key(regclass) IS 'The columns of a table''s primary key in order; empty if it has none.';

CREATE FUNCTION rowseal._qualified(target regclass) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target $$;
COMMENT ON FUNCTION rowseal._qualified(regclass) IS 'The name of a table with its schema, quoted.';

CREATE FUNCTION rowseal._complete_settings(target regclass, given jsonb, exclude text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := '{"versions_columns": {}}' || jsonb_strip_nulls(given) || jsonb_build_object('table', rowseal._qualified(target));
    versions regclass := to_regclass(given ->> 'versions');
    required text[];
    left_out name[];
BEGIN
    PERFORM rowseal._require_column(target, 'owner', settings ->> 'owner', 'bytea', 'text', 'varchar');
    PERFORM rowseal._require_column(target, 'signature', settings ->> 'signature', 'bytea');
    PERFORM rowseal._require_column(target, 'owner_timestamp', settings ->> 'owner_timestamp', 'bigint');
    PERFORM rowseal._require_column(target, 'deleted', settings ->> 'deleted', 'boolean');
    IF settings ->> 'parent' IS NULL THEN
        settings := settings || jsonb_build_object('parent', (
            SELECT attname FROM pg_attribute WHERE attrelid = target AND NOT attisdropped
            AND attname IN ('parent_sign_b64', 'parent_sign_hash') ORDER BY attname LIMIT 1));
    ELSE
        PERFORM rowseal._require_column(target, 'parent', settings ->> 'parent', 'bytea', 'text', 'varchar');
    END IF;
    IF settings ->> 'version_id' IS NULL THEN
        settings := settings || jsonb_build_object('version_id', coalesce((
            SELECT attname FROM pg_attribute WHERE attrelid = target AND NOT attisdropped AND attname = 'sign_hash'), settings ->> 'signature'));
    END IF;
    PERFORM rowseal._require_column(target, 'version_id', settings ->> 'version_id', 'bytea', 'text', 'varchar');
    left_out := ARRAY[settings ->> 'signature', settings ->> 'version_id'] || exclude;
    settings := settings || jsonb_build_object(
        'version_id_type', (SELECT CASE WHEN atttypid = 'bytea'::regtype THEN 'bytea' ELSE 'text' END
                            FROM pg_attribute WHERE attrelid = target AND attname = settings ->> 'version_id'),
        'context', coalesce(settings ->> 'context', (SELECT relname FROM pg_class WHERE oid = target)),
        'primary_key', rowseal._primary_key(target),
        'key', CASE settings ->> 'layout' WHEN 'one-table' THEN rowseal._primary_key(target) - (settings ->> 'version_id') ELSE rowseal._primary_key(target) END,
        'columns', rowseal._columns(target, VARIADIC left_out),
        'exclude', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e) ORDER BY e), '[]') FROM unnest(exclude) e));
    settings := settings || jsonb_build_object('large', rowseal._large(settings));
    IF versions IS NOT NULL THEN
        settings := settings || jsonb_build_object('versions_key', (
            SELECT coalesce(jsonb_agg(coalesce((SELECT c.key FROM jsonb_each_text(settings -> 'versions_columns') c WHERE c.value = k), k) ORDER BY n), '[]')
            FROM jsonb_array_elements_text(rowseal._primary_key(versions)) WITH ORDINALITY AS x(k, n)));
    END IF;
    -- What every version needs is never NULL, whatever the table's own constraints say.
    required := array_remove(ARRAY[settings ->> 'owner', settings ->> 'owner_timestamp', settings ->> 'deleted', settings ->> 'public_key']
        || ARRAY(SELECT k FROM jsonb_each_text(settings -> 'certificates') AS c(a, b), unnest(ARRAY[a, b]) k), NULL);
    RETURN jsonb_strip_nulls(jsonb_set(settings, '{columns}', (
        SELECT jsonb_agg(c || jsonb_build_object('not_null', (c ->> 'not_null')::boolean OR c ->> 'name' = ANY (required)) ORDER BY n)
        FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS x(c, n))));
END
$$;
COMMENT ON FUNCTION rowseal._complete_settings(regclass, jsonb, text[]) IS
'What protect was told, completed by what the table itself tells.';

CREATE FUNCTION rowseal._require_layout(target regclass, settings jsonb, exclude text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    layout text := settings ->> 'layout';
    bad text;
BEGIN
    IF layout NOT IN ('unversioned', 'two-tables', 'one-table') THEN
        PERFORM rowseal._refuse(target, format('layout ''%s'' is not known; known are unversioned, two-tables, one-table', layout));
    ELSIF (layout = 'two-tables') <> (settings ->> 'versions' IS NOT NULL) THEN
        PERFORM rowseal._refuse(target, 'layout => ''two-tables'' and versions => ''table'' go together; leave out both, or name the versions table');
    ELSIF settings ->> 'versions_columns' IS NOT NULL AND (layout <> 'two-tables' OR jsonb_typeof(settings -> 'versions_columns') <> 'object') THEN
        PERFORM rowseal._refuse(target, 'versions_columns must be a JSON object {"column of the data table": "column of the versions table"} and goes with versions');
    END IF;
    SELECT string_agg(quote_ident(e), ', ') INTO bad FROM unnest(exclude) e
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid IN (target, to_regclass(settings ->> 'versions')) AND attname = e AND attnum > 0 AND NOT attisdropped);
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('there is no column %s (setting exclude)', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._require_layout(regclass, jsonb, text[]) IS 'RS012 unless layout, versions, versions_columns and exclude fit together.';

CREATE FUNCTION rowseal._check_stored(settings jsonb, root regclass) RETURNS bigint
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    rows bigint := 0;
    part regclass;
BEGIN
    FOR part IN SELECT relid FROM pg_partition_tree(root) WHERE isleaf UNION SELECT root LOOP
        rows := rows + rowseal._check_rows(settings::text, rowseal._qualified(part));
    END LOOP;
    RETURN rows;
END
$$;
COMMENT ON FUNCTION rowseal._check_stored(jsonb, regclass) IS
'Verifies every stored row of a table and its partitions; the first bad row raises its refusal. Returns how many there are.';

CREATE FUNCTION rowseal._protect(target regclass, given jsonb, exclude text[], validate boolean) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb;
    archive regclass := to_regclass(given ->> 'versions');
    rows bigint := 0;
BEGIN
    PERFORM rowseal._lock('SHARE ROW EXCLUSIVE', VARIADIC ARRAY[target, archive] || ARRAY(
        SELECT relation FROM rowseal.protected p, unnest(ARRAY[p."table", p.versions]) AS relation WHERE to_regclass(p.settings ->> 'identities') = target));
    -- What runs with the caller's privileges below may not load Java classes; this may.
    PERFORM rowseal.version();
    PERFORM rowseal._require_layout(target, given, exclude);
    settings := rowseal._complete_settings(target, given, exclude);
    IF EXISTS (SELECT FROM rowseal.protected p WHERE p.versions = target OR p."table" = archive
               OR (p.versions = archive AND p."table" <> target)) THEN
        PERFORM rowseal._refuse(target, 'a table holds the rows, or the versions, of one protected table only');
    END IF;
    PERFORM rowseal._check_table(target, settings);
    PERFORM rowseal._check_key(target, settings);
    IF archive IS NOT NULL THEN
        PERFORM rowseal._check_versions(target, settings);
    END IF;
    PERFORM rowseal._check_settings(settings::text);
    IF validate THEN
        rows := rowseal._check_stored(settings, target);
        IF archive IS NOT NULL THEN
            rows := rows + rowseal._check_stored(settings || '{"role": "versions"}', archive);
            PERFORM rowseal._check_order(target, settings);
        END IF;
    END IF;
    PERFORM rowseal._create_triggers(target, settings);
    PERFORM rowseal._make_tips_view(target, settings);
    RETURN format('%s is protected (%s): %s %s, %s signed columns, %s', target, settings ->> 'layout', settings ->> 'format', settings ->> 'algorithm',
        jsonb_array_length(settings -> 'columns'), CASE WHEN validate THEN rows || ' stored rows verified' ELSE 'stored rows not verified' END);
END
$$;
COMMENT ON FUNCTION rowseal._protect(regclass, jsonb, text[], boolean) IS
'What protecting has in common for all tables: completes the settings, refuses what cannot keep the laws, verifies stored rows, makes the triggers.';

CREATE FUNCTION rowseal._tips_view(target regclass) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('%I.%I', n.nspname, c.relname || '_tips') FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target $$;
COMMENT ON FUNCTION rowseal._tips_view(regclass) IS 'The name of the view of tips that goes with a table in the layout one-table.';

CREATE FUNCTION rowseal._present_tips_view(target regclass) RETURNS regclass
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.ev_class::regclass FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = target AND obj_description(r.ev_class, 'pg_class') LIKE 'Rowseal: the winning version%' LIMIT 1
$$;
COMMENT ON FUNCTION rowseal._present_tips_view(regclass) IS 'The view of tips that a table has, whatever the table was called when it was made.';

CREATE FUNCTION rowseal._make_tips_view(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view text := rowseal._tips_view(target);
    present regclass := rowseal._present_tips_view(target);
    table_class pg_class := (SELECT c FROM pg_class c WHERE oid = target);
    key text := (SELECT string_agg(quote_ident(k), ', ' ORDER BY n) FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS x(k, n));
BEGIN
    IF settings ->> 'layout' <> 'one-table' THEN
        PERFORM rowseal._drop_tips_view(target);
        RETURN;
    ELSIF to_regclass(view) <> coalesce(present, 0) THEN
        PERFORM rowseal._refuse(target, format('%s exists already and is not the view of tips; rename it', view));
    ELSIF to_regclass(view) IS NULL AND present IS NOT NULL THEN
        -- The table was renamed. The view stays the same one, with what was granted on it.
        IF (SELECT relname FROM pg_class WHERE oid = present) <> table_class.relname || '_tips' THEN
            EXECUTE format('ALTER VIEW %s RENAME TO %I', present, table_class.relname || '_tips');
        END IF;
        EXECUTE format('ALTER VIEW %s SET SCHEMA %s', present, table_class.relnamespace::regnamespace);
    END IF;
    EXECUTE format('CREATE OR REPLACE VIEW %s WITH (security_invoker = true) AS SELECT DISTINCT ON (%s) * FROM %s ORDER BY %s, %I DESC, %I DESC',
        view, key, target, key, settings ->> 'owner_timestamp', settings ->> 'signature');
    EXECUTE format('ALTER VIEW %s OWNER TO %I', view, pg_get_userbyid(table_class.relowner));
    EXECUTE format('COMMENT ON VIEW %s IS %L', view, 'Rowseal: the winning version of each key, tombstones included.');
END
$$;
COMMENT ON FUNCTION rowseal._make_tips_view(regclass, jsonb) IS
'Makes the view of tips, where the layout has one, or lets it follow the table''s name, columns and owner.';

CREATE FUNCTION rowseal._drop_tips_view(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    view regclass := rowseal._present_tips_view(target);
BEGIN
    IF view IS NOT NULL THEN
        EXECUTE format('DROP VIEW %s', view);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._drop_tips_view(regclass) IS 'Drops the view of tips, if it is ours.';

CREATE FUNCTION rowseal.protect_identities(
    target regclass,
    owner text DEFAULT 'user_hash', public_key text DEFAULT 'sign_pkey', algorithm text DEFAULT 'Ed25519',
    owner_hash text DEFAULT 'SHA3-512', owner_prefix text DEFAULT '', certificates jsonb DEFAULT NULL,
    signature text DEFAULT 'sign_b64', owner_timestamp text DEFAULT 'owner_timestamp', deleted text DEFAULT 'deleted_flag',
    parent text DEFAULT NULL, version_id text DEFAULT NULL, version_hash text DEFAULT 'SHA-256', version_prefix text DEFAULT '',
    format text DEFAULT 'rowseal-v1', context text DEFAULT NULL, exclude text[] DEFAULT '{}',
    on_invalid text DEFAULT 'reject', on_stale text DEFAULT 'ignore', validate boolean DEFAULT true,
    allowed_algorithms text[] DEFAULT NULL,
    versions regclass DEFAULT NULL, versions_columns jsonb DEFAULT NULL, layout text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dependent record;
    answer text;
    pair record;
BEGIN
    PERFORM rowseal._require_table(target);
    IF certificates IS NULL THEN
        SELECT coalesce(jsonb_object_agg(c, k), '{}') INTO certificates
        FROM (VALUES ('contact_cert', 'contact_pkey'), ('crypt_cert', 'crypt_pkey')) AS seed(c, k)
        WHERE 2 = (SELECT count(*) FROM pg_attribute WHERE attrelid = target AND attname IN (c, k) AND NOT attisdropped);
    END IF;
    IF jsonb_typeof(certificates) <> 'object' THEN
        PERFORM rowseal._refuse(target, 'certificates must be a JSON object {"certificate column": "certified key column"}');
    END IF;
    PERFORM rowseal._require_column(target, 'public_key', public_key, 'bytea');
    FOR pair IN SELECT * FROM jsonb_each_text(certificates) LOOP
        PERFORM rowseal._require_column(target, 'certificates', pair.key, 'bytea');
        PERFORM rowseal._require_column(target, 'certificates', pair.value, 'bytea');
    END LOOP;
    answer := rowseal._protect(target, jsonb_build_object(
        'role', 'identities', 'owner', owner, 'public_key', public_key, 'algorithm', algorithm,
        'allowed_algorithms', array_to_string(allowed_algorithms, ','),
        'owner_hash', owner_hash, 'owner_prefix', owner_prefix, 'certificates', certificates, 'signature', signature,
        'owner_timestamp', owner_timestamp, 'deleted', deleted, 'parent', parent, 'version_id', version_id,
        'version_hash', version_hash, 'version_prefix', version_prefix, 'format', format, 'context', context,
        'versions', rowseal._qualified(versions), 'versions_columns', versions_columns,
        'layout', coalesce(layout, CASE WHEN versions IS NULL THEN 'unversioned' ELSE 'two-tables' END),
        'on_invalid', on_invalid, 'on_unknown_owner', 'reject', 'on_stale', on_stale), coalesce(exclude, '{}'), coalesce(validate, true));
    IF jsonb_array_length(rowseal._settings_of(target::text) -> 'key') <> 1 THEN
        PERFORM rowseal._refuse(target, 'the row key of an identity table is the owner column alone: one card per owner');
    END IF;
    -- The tables that take their keys from here carry a copy of these settings.
    FOR dependent IN SELECT p."table", p.settings FROM rowseal.protected p
                     WHERE to_regclass(p.settings ->> 'identities') = target LOOP
        PERFORM rowseal._create_triggers(dependent."table", (dependent.settings - 'allowed_algorithms') || rowseal._identity_settings(target));
    END LOOP;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION rowseal.protect_identities IS
'Protects a table of signed cards, one per owner: owner id, certificates and self-signature are verified on every write. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';

CREATE FUNCTION rowseal._require_table(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = target) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: there is no table %s', coalesce(target::text, 'NULL'));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._require_table(regclass) IS 'RS012 for NULL, or the number of no table.';

CREATE FUNCTION rowseal._identity_settings(identities regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'identities', s -> 'table', 'identities_owner', s -> 'owner', 'identities_key', s -> 'public_key', 'algorithm', s -> 'algorithm',
        'allowed_algorithms', s -> 'allowed_algorithms', 'owner_hash', s -> 'owner_hash', 'owner_prefix', s -> 'owner_prefix'))
    FROM rowseal._settings_of(identities::text) AS s
$$;
COMMENT ON FUNCTION rowseal._identity_settings(regclass) IS 'What a data table must know of its identity table.';

CREATE FUNCTION rowseal.protect(
    target regclass, identities regclass, versions regclass DEFAULT NULL, versions_columns jsonb DEFAULT NULL,
    layout text DEFAULT NULL,
    owner text DEFAULT 'user_hash', signature text DEFAULT 'sign_b64', owner_timestamp text DEFAULT 'owner_timestamp',
    deleted text DEFAULT 'deleted_flag', parent text DEFAULT NULL, version_id text DEFAULT NULL,
    version_hash text DEFAULT 'SHA-256', version_prefix text DEFAULT '', format text DEFAULT 'rowseal-v1',
    context text DEFAULT NULL, exclude text[] DEFAULT '{}', on_invalid text DEFAULT 'reject',
    on_unknown_owner text DEFAULT 'reject', on_stale text DEFAULT 'ignore', validate boolean DEFAULT true)
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner_type regtype;
    card_owner_type regtype;
BEGIN
    PERFORM rowseal._require_table(target);
    PERFORM rowseal._require_table(identities);
    IF rowseal._settings_of(identities::text) ->> 'role' IS DISTINCT FROM 'identities' THEN
        PERFORM rowseal._refuse(target, format('%s is not a protected identity table; call rowseal.protect_identities(''%s'') first', identities, identities));
    ELSIF NOT has_table_privilege((SELECT relowner FROM pg_class WHERE oid = target), identities, 'SELECT') THEN
        PERFORM rowseal._refuse(target, format('its owner may not read %s; GRANT SELECT ON %s', identities, identities));
    ELSIF on_unknown_owner = 'defer' AND (SELECT relowner FROM pg_class WHERE oid = identities) <> (SELECT relowner FROM pg_class WHERE oid = target) THEN
        PERFORM rowseal._refuse(target, format('with on_unknown_owner => ''defer'' it must have the same owner as %s, for the arrival of a card stores the rows that waited for it', identities));
    END IF;
    SELECT atttypid INTO owner_type FROM pg_attribute WHERE attrelid = target AND attname = owner AND NOT attisdropped;
    SELECT atttypid INTO card_owner_type FROM pg_attribute WHERE attrelid = identities AND attname = rowseal._settings_of(identities::text) ->> 'owner';
    IF (owner_type = 'bytea'::regtype) <> (card_owner_type = 'bytea'::regtype) THEN
        PERFORM rowseal._refuse(target, format('owner column %I has type %s, but the owner column of %s has type %s', owner, owner_type, identities, card_owner_type));
    END IF;
    RETURN rowseal._protect(target, rowseal._identity_settings(identities) || jsonb_build_object(
        'role', 'data', 'certificates', '{}'::jsonb, 'owner', owner, 'signature', signature, 'owner_timestamp', owner_timestamp, 'deleted', deleted,
        'parent', parent, 'version_id', version_id, 'version_hash', version_hash, 'version_prefix', version_prefix,
        'format', format, 'context', context, 'versions', rowseal._qualified(versions), 'versions_columns', versions_columns,
        'layout', coalesce(layout, CASE WHEN versions IS NULL THEN 'unversioned' ELSE 'two-tables' END),
        'on_invalid', on_invalid, 'on_unknown_owner', on_unknown_owner, 'on_stale', on_stale), coalesce(exclude, '{}'), coalesce(validate, true));
END
$$;
COMMENT ON FUNCTION rowseal.protect IS
'Protects a table of signed rows whose owners have cards in an identity table. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';

CREATE FUNCTION rowseal.unprotect(target regclass) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    archive regclass := to_regclass(rowseal._settings_of(target::text) ->> 'versions');
    dependents text;
BEGIN
    SELECT string_agg(p."table"::text, ', ') INTO dependents FROM rowseal.protected p
    WHERE to_regclass(p.settings ->> 'identities') = target;
    IF dependents IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('%s takes its owners'' keys from it; unprotect that first', dependents));
    ELSIF rowseal._settings_of(target::text) ->> 'role' = 'versions' THEN
        PERFORM rowseal._refuse(target, format('it holds the versions of %s; unprotect that', rowseal._settings_of(target::text) ->> 'table'));
    END IF;
    PERFORM rowseal._lock('ACCESS EXCLUSIVE', target, archive);
    PERFORM rowseal._begin_change(target, archive);
    IF NOT rowseal._drop_triggers(target, '{}') THEN
        RETURN format('%s was not protected', target);
    END IF;
    PERFORM rowseal._drop_triggers(archive, '{}');
    PERFORM rowseal._drop_tips_view(target);
    PERFORM rowseal._end_change(NULL);
    RETURN format('%s is not protected any more', target);
END
$$;
COMMENT ON FUNCTION rowseal.unprotect(regclass) IS
'Takes protection off a table and its versions table. Needs ownership of the table; RS012 while another table takes its keys from it.';
