CREATE FUNCTION rowseal_internal.check_versions(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    versions regclass := rowseal_internal.relation(settings ->> 'versions');
    image text[] := ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(settings -> 'columns') c)
        || ARRAY(SELECT DISTINCT settings ->> k FROM unnest(ARRAY['signature', 'version_id']) k);
    stray text;
    bad text;
BEGIN
    IF versions = target THEN
        PERFORM rowseal_internal.refuse(target, 'it cannot be its own versions table; layout => ''one-table'' keeps all versions in one');
    ELSIF (SELECT relowner FROM pg_class WHERE oid = versions) <> (SELECT relowner FROM pg_class WHERE oid = target) THEN
        PERFORM rowseal_internal.refuse(target, format('%s belongs to another role; use ALTER TABLE ... OWNER TO, for a merge runs as the owner', versions));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO stray FROM jsonb_object_keys(settings -> 'versions_columns') k WHERE k <> ALL (image);
    IF stray IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('versions_columns names %s, which is no signed column', stray));
    END IF;

    SELECT string_agg(format('%I (%s)', rowseal_internal.column_in(settings, true, k), format_type(d.atttypid, d.atttypmod)), ', ') INTO bad
    FROM unnest(image) k JOIN pg_attribute d ON d.attrelid = target AND d.attname = k
    WHERE NOT EXISTS (SELECT FROM pg_attribute v WHERE v.attrelid = versions AND v.attname = rowseal_internal.column_in(settings, true, k)
                      AND NOT v.attisdropped AND v.atttypid = d.atttypid AND v.atttypmod = d.atttypmod AND v.attcollation = d.attcollation);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(versions, format('a versions table has every signed column of the data table, of the same type; it needs %s (versions_columns renames)', bad));
    END IF;
    SELECT string_agg(quote_ident(v.attname), ', ') INTO bad FROM pg_attribute v
    WHERE v.attrelid = versions AND v.attnum > 0 AND NOT v.attisdropped
      AND NOT EXISTS (SELECT FROM unnest(image) k WHERE rowseal_internal.column_in(settings, true, k) = v.attname)
      AND NOT rowseal_internal.is_excluded(settings, v.attname);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(versions, format('column %s has no counterpart in the data table; drop it, name it in versions_columns, or exclude it', bad));
    END IF;
    SELECT string_agg(quote_ident(v.attname), ', ') INTO bad FROM pg_attribute v
    WHERE v.attrelid = versions AND v.attnotnull AND NOT v.atthasdef AND v.attidentity = '' AND v.attname <> ALL (ARRAY(
        SELECT rowseal_internal.column_in(settings, true, c ->> 'name') FROM jsonb_array_elements(settings -> 'columns') c WHERE (c ->> 'not_null')::boolean)
        || ARRAY(SELECT rowseal_internal.column_in(settings, true, settings ->> k) FROM unnest(ARRAY['signature', 'version_id']) k))
      AND v.attnum > 0 AND NOT v.attisdropped;
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(versions, format('column %s is NOT NULL, but may be NULL in the data table; use ALTER COLUMN ... DROP NOT NULL', bad));
    END IF;
    SELECT string_agg(quote_ident(d.attname), ', ') INTO bad FROM pg_attribute d
    WHERE d.attrelid = target AND d.attnum > 0 AND NOT d.attisdropped AND d.attnotnull AND NOT d.atthasdef AND d.attidentity = '' AND d.attname <> ALL (image);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('column %s is not signed, NOT NULL and without a default, so a version that comes to %s first could not become the tip; use ALTER COLUMN ... SET DEFAULT', bad, versions));
    END IF;
    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint WHERE conrelid = versions AND contype = 'c';
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(versions, format('the check constraint %s could refuse a version that the data table let in; drop it', bad));
    END IF;
    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint
    WHERE conrelid = target AND contype = 'c'
      AND (coalesce(conkey, '{}') = '{}' OR NOT conkey <@ ARRAY(SELECT attnum FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND attname <> ALL (image)));
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the check constraint %s does not see versions that go to %s, so peers would diverge by the order of arrival; drop it, or let a domain as the column''s type check in both tables', bad, versions));
    END IF;
    IF NOT settings -> 'versions_key' ? (settings ->> 'version_id') THEN
        PERFORM rowseal_internal.refuse(versions, format('its primary key must contain the version id column %I', rowseal_internal.column_in(settings, true, settings ->> 'version_id')));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO bad FROM jsonb_array_elements_text(settings -> 'versions_key') k WHERE k <> ALL (image);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(versions, format('its primary key contains %s, which is not signed', bad));
    END IF;
    PERFORM rowseal_internal.check_table(versions, settings || '{"role": "versions"}');
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_versions(regclass, jsonb) IS
'RS012, with the reason and the remedy, where the versions table could not take every version that the data table supersedes.';
