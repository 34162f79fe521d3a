-- What protect was told, completed and checked against the table.

CREATE FUNCTION rowseal_internal.complete_settings(target regclass, given jsonb, exclude text[]) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    settings jsonb := '{"versions_columns": {}}' || jsonb_strip_nulls(given) || jsonb_build_object('table', rowseal_internal.qualified(target));
    versions regclass := rowseal_internal.relation(given ->> 'versions');
    required text[];
    left_out name[];
BEGIN
    PERFORM rowseal_internal.require_column(target, 'owner', settings ->> 'owner', 'bytea', 'text', 'varchar');
    PERFORM rowseal_internal.require_column(target, 'signature', settings ->> 'signature', 'bytea');
    PERFORM rowseal_internal.require_column(target, 'owner_timestamp', settings ->> 'owner_timestamp', 'bigint');
    PERFORM rowseal_internal.require_column(target, 'deleted', settings ->> 'deleted', 'boolean');
    IF settings ->> 'parent' IS NULL THEN
        settings := settings || jsonb_build_object('parent', (
            SELECT attname FROM pg_attribute WHERE attrelid = target AND NOT attisdropped
            AND attname IN ('parent_sign_b64', 'parent_sign_hash') ORDER BY attname LIMIT 1));
    ELSE
        PERFORM rowseal_internal.require_column(target, 'parent', settings ->> 'parent', 'bytea', 'text', 'varchar');
    END IF;
    IF settings ->> 'version_id' IS NULL THEN
        settings := settings || jsonb_build_object('version_id', coalesce((
            SELECT attname FROM pg_attribute WHERE attrelid = target AND NOT attisdropped AND attname = 'sign_hash'), settings ->> 'signature'));
    END IF;
    PERFORM rowseal_internal.require_column(target, 'version_id', settings ->> 'version_id', 'bytea', 'text', 'varchar');
    IF settings ->> 'version_id' <> settings ->> 'signature' AND EXISTS (SELECT FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid AND t.typtype = 'd' WHERE a.attrelid = target AND a.attname = settings ->> 'version_id') THEN
        PERFORM rowseal_internal.refuse(target, format('column %I (setting version_id) has a domain as its type, whose checks would run with Rowseal''s rights when it is filled in; give it the base type', settings ->> 'version_id'));
    END IF;
    left_out := ARRAY[settings ->> 'signature', settings ->> 'version_id'] || exclude;
    settings := settings || jsonb_build_object(
        'version_id_type', (SELECT CASE WHEN atttypid = 'bytea'::regtype THEN 'bytea' ELSE 'text' END
                            FROM pg_attribute WHERE attrelid = target AND attname = settings ->> 'version_id'),
        'context', coalesce(settings ->> 'context', (SELECT relname FROM pg_class WHERE oid = target)),
        'primary_key', rowseal_internal.primary_key(target),
        'key', CASE settings ->> 'layout' WHEN 'one-table' THEN rowseal_internal.primary_key(target) - (settings ->> 'version_id') ELSE rowseal_internal.primary_key(target) END,
        'columns', rowseal_internal.columns(target, VARIADIC left_out),
        'exclude', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', e) ORDER BY e), '[]') FROM unnest(exclude) e));
    settings := settings || jsonb_build_object('large', rowseal_internal.large_column(settings));
    IF versions IS NOT NULL THEN
        settings := settings || jsonb_build_object('versions_key', (
            SELECT coalesce(jsonb_agg(coalesce((SELECT c.key FROM jsonb_each_text(settings -> 'versions_columns') c WHERE c.value = k), k) ORDER BY n), '[]')
            FROM jsonb_array_elements_text(rowseal_internal.primary_key(versions)) WITH ORDINALITY AS x(k, n)));
    END IF;
    -- What every version needs is never NULL, whatever the table's own constraints say.
    required := array_remove(ARRAY[settings ->> 'owner', settings ->> 'owner_timestamp', settings ->> 'deleted', settings ->> 'public_key']
        || ARRAY(SELECT k FROM jsonb_each_text(settings -> 'certificates') AS c(a, b), unnest(ARRAY[a, b]) k), NULL);
    RETURN jsonb_strip_nulls(jsonb_set(settings, '{columns}', (
        SELECT jsonb_agg(c || jsonb_build_object('not_null', (c ->> 'not_null')::boolean OR c ->> 'name' = ANY (required)) ORDER BY n)
        FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS x(c, n))));
END
$$;
COMMENT ON FUNCTION rowseal_internal.complete_settings(regclass, jsonb, text[]) IS
'What protect was told, completed by what the table itself tells.';

CREATE FUNCTION rowseal_internal.require_layout(target regclass, settings jsonb, exclude text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    layout text := settings ->> 'layout';
    bad text;
BEGIN
    IF layout NOT IN ('unversioned', 'two-tables', 'one-table') THEN
        PERFORM rowseal_internal.refuse(target, format('layout ''%s'' is not known; known are unversioned, two-tables, one-table', layout));
    ELSIF (layout = 'two-tables') <> (settings ->> 'versions' IS NOT NULL) THEN
        PERFORM rowseal_internal.refuse(target, 'layout => ''two-tables'' and versions => ''table'' go together; leave out both, or name the versions table');
    ELSIF settings ->> 'versions_columns' IS NOT NULL AND (layout <> 'two-tables' OR jsonb_typeof(settings -> 'versions_columns') <> 'object') THEN
        PERFORM rowseal_internal.refuse(target, 'versions_columns must be a JSON object {"column of the data table": "column of the versions table"} and goes with versions');
    END IF;
    SELECT string_agg(quote_ident(e), ', ') INTO bad FROM unnest(exclude) e
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid IN (target, rowseal_internal.relation(settings ->> 'versions')) AND attname = e AND attnum > 0 AND NOT attisdropped);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('there is no column %s (setting exclude)', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.require_layout(regclass, jsonb, text[]) IS 'RS012 unless layout, versions, versions_columns and exclude fit together.';
