-- What a table must be like to keep the laws, and what protect records of it.

CREATE FUNCTION rowseal._refuse(target regclass, reason text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: %s: %s', target, reason);
END
$$;
COMMENT ON FUNCTION rowseal._refuse(regclass, text) IS 'Raises RS012 for a table that cannot be protected.';

CREATE FUNCTION rowseal._columns(target regclass, VARIADIC left_out name[]) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE base(attnum, typ) AS (
        SELECT attnum, atttypid FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT b.attnum, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ AND t.typtype = 'd'
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'name', a.attname,
               'type', format_type(a.atttypid, a.atttypmod),
               'kind', CASE WHEN b.typ = 'bytea'::regtype THEN 'bytes'
                            WHEN b.typ = 'bool'::regtype THEN 'boolean'
                            WHEN b.typ IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
                            ELSE 'text' END,
               'rendered', b.typ NOT IN ('bytea'::regtype, 'bool'::regtype, 'int2'::regtype, 'int4'::regtype,
                                         'int8'::regtype, 'text'::regtype, 'varchar'::regtype, 'name'::regtype,
                                         'uuid'::regtype),
               'not_null', a.attnotnull) ORDER BY a.attnum), '[]')
    FROM pg_attribute a
    JOIN base b ON b.attnum = a.attnum
    JOIN pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
    WHERE a.attrelid = target AND a.attname <> ALL (left_out)
$$;
COMMENT ON FUNCTION rowseal._columns(regclass, name[]) IS
'The columns of a table but for those left out: name, type, how the value reaches Java, whether PostgreSQL must print it.';

CREATE FUNCTION rowseal._require_column(target regclass, setting text, column_name text, VARIADIC types regtype[])
RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found regtype;
BEGIN
    WITH RECURSIVE base(typ) AS (
        SELECT atttypid FROM pg_attribute
        WHERE attrelid = target AND attname = column_name AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ AND t.typtype = 'd'
    )
    SELECT b.typ INTO found FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype <> 'd';
    IF found IS NULL THEN
        PERFORM rowseal._refuse(target, format('there is no column %I (setting %s); its columns are %s',
            column_name, setting, (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                                   WHERE attrelid = target AND attnum > 0 AND NOT attisdropped)));
    ELSIF found <> ALL (types) THEN
        PERFORM rowseal._refuse(target, format('column %I (setting %s) has type %s; expected %s',
            column_name, setting, found, array_to_string(types, ' or ')));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._require_column(regclass, text, text, regtype[]) IS
'RS012 unless the table has the column with one of the types (a domain counts as its base type).';

CREATE FUNCTION rowseal._check_table(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = target);
    primary_key pg_index := (SELECT i FROM pg_index i WHERE indrelid = target AND indisprimary);
    of_versions boolean := settings ->> 'role' = 'versions';
    key text[] := ARRAY(SELECT rowseal._column_in(settings, of_versions, k) FROM jsonb_array_elements_text(settings -> 'key') k);
    version_id text[] := ARRAY(SELECT rowseal._column_in(settings, of_versions, settings ->> k) FROM unnest(ARRAY['signature', 'version_id']) k);
    left_out text[] := ARRAY(SELECT jsonb_array_elements(settings -> 'exclude') ->> 'name');
    bad text;
BEGIN
    IF class.relkind NOT IN ('r', 'p') THEN
        PERFORM rowseal._refuse(target, 'only ordinary and partitioned tables can be protected');
    ELSIF class.relpersistence <> 'p' THEN
        PERFORM rowseal._refuse(target, 'a temporary or unlogged table loses rows at a crash; make it permanent');
    ELSIF class.relispartition THEN
        PERFORM rowseal._refuse(target, 'it is a partition; protect the partitioned table');
    ELSIF class.relforcerowsecurity THEN
        PERFORM rowseal._refuse(target, 'FORCE ROW LEVEL SECURITY would hide stored versions from the merge; use NO FORCE ROW LEVEL SECURITY');
    ELSIF class.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE target IN (inhparent, inhrelid)) THEN
        PERFORM rowseal._refuse(target, 'rows of an inheriting table would escape its triggers; use partitions');
    ELSIF EXISTS (SELECT FROM pg_rewrite WHERE ev_class = target) THEN
        PERFORM rowseal._refuse(target, 'a rewrite rule changes writes before a trigger sees them; drop the rule');
    ELSIF getdatabaseencoding() <> 'UTF8' THEN
        PERFORM rowseal._refuse(target, format('the database encoding is %s; text is signed as UTF-8, so use a database with ENCODING ''UTF8''', getdatabaseencoding()));
    ELSIF primary_key IS NULL THEN
        PERFORM rowseal._refuse(target, 'it has no primary key; the row key is the primary key, and contains the owner column');
    ELSIF NOT primary_key.indimmediate THEN
        PERFORM rowseal._refuse(target, 'its primary key is deferrable; make it NOT DEFERRABLE');
    END IF;

    -- Equal keys must be the same bytes, or one key would have two spellings.
    SELECT string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ') INTO bad
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND a.attname = ANY (key)
      AND (NOT coalesce(c.collisdeterministic, true)
           OR NOT (t.typtype = 'e' OR coalesce(nullif(t.typbasetype, 0), t.oid) IN (
               'bytea'::regtype, 'bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'text'::regtype,
               'varchar'::regtype, 'uuid'::regtype, 'date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)));
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('key column %s: values that are equal may be spelled differently, so one key would have two signed forms; use bytea, boolean, an integer, text or varchar with a deterministic collation, uuid, date, a timestamp or an enum', bad));
    END IF;

    SELECT string_agg(quote_ident(relname), ', ') INTO bad
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE indrelid = target AND (indisunique OR indisexclusion) AND NOT indisprimary
      AND NOT (left_out @> ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (indkey::int2[])))
      -- Versions differ in their ids, so an index that has the id never refuses one.
      AND NOT (indpred IS NULL AND NOT indisexclusion AND version_id && ARRAY(
          SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (indkey::int2[])));
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the unique or exclusion index %s would make acceptance depend on other rows, so peers would diverge; make it a plain index', bad));
    END IF;

    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint
    WHERE conrelid = target AND contype = 'f' AND conparentid = 0
      AND NOT (confdeltype IN ('a', 'r') AND confupdtype IN ('a', 'r')
               AND (confrelid = coalesce(to_regclass(settings ->> 'identities'), 0)
                    -- A stored version has a tip, so its key may refer to it.
                    OR (of_versions AND confrelid = to_regclass(settings ->> 'table')
                        AND key @> ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (conkey)))));
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the foreign key %s would make acceptance depend on the order of arrival; drop the constraint (links to parent versions are checked by the audit)', bad));
    END IF;

    SELECT string_agg(quote_ident(attname), ', ') INTO bad FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated <> '' AND attname <> ALL (left_out);
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the generated column %s has no value yet when a row is verified; list it in exclude', bad));
    END IF;

    WITH RECURSIVE part(attname, typ) AS (
        SELECT attname, atttypid FROM pg_attribute
        WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attname <> ALL (left_out)
        UNION
        SELECT p.attname, sub FROM part p JOIN pg_type t ON t.oid = p.typ LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid),
        LATERAL (SELECT t.typbasetype UNION ALL SELECT t.typelem UNION ALL SELECT r.rngsubtype
                 UNION ALL SELECT atttypid FROM pg_attribute WHERE t.typrelid <> 0 AND attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) x(sub)
        WHERE sub <> 0
    )
    SELECT string_agg(DISTINCT format('%I (%s)', attname, typ::regtype), ', ') INTO bad FROM part
    WHERE typ IN ('money'::regtype, 'regclass'::regtype, 'regcollation'::regtype, 'regconfig'::regtype, 'regdictionary'::regtype,
                  'regnamespace'::regtype, 'regoper'::regtype, 'regoperator'::regtype, 'regproc'::regtype,
                  'regprocedure'::regtype, 'regrole'::regtype, 'regtype'::regtype, 'xml'::regtype);
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('column %s prints differently from server to server; exclude it or change its type', bad));
    END IF;

    SELECT string_agg(quote_ident(tgname), ', ') INTO bad FROM pg_trigger
    WHERE tgrelid = target AND NOT tgisinternal AND tgtype & 1 = 1 AND tgtype & 2 = 2 AND tgtype & (4 | 16) <> 0
      AND tgname >= 'zzz_rowseal_' COLLATE "C" AND tgname NOT IN ('zzz_rowseal_insert', 'zzz_rowseal_update');
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the trigger %s would run after verification and could change what was verified; give it a name that sorts before zzz_rowseal_insert', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_table(regclass, jsonb) IS
'RS012, with the reason and the remedy, for a data or versions table on which the laws could not hold.';

CREATE FUNCTION rowseal._check_key(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bad text;
BEGIN
    IF NOT settings -> 'key' ? (settings ->> 'owner') THEN
        PERFORM rowseal._refuse(target, format('the primary key does not contain the owner column %I, so two owners could race for one key and peers would diverge', settings ->> 'owner'));
    ELSIF settings ->> 'layout' = 'one-table' AND NOT settings -> 'primary_key' ? (settings ->> 'version_id') THEN
        PERFORM rowseal._refuse(target, format('in the layout one-table the primary key must contain the version id column %I, so that versions of one key can stand beside each other', settings ->> 'version_id'));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO bad FROM jsonb_array_elements_text(settings -> 'key') k
    WHERE settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', k)) OR k IN (settings ->> 'signature', settings ->> 'version_id');
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the key column %s must be signed, so it can be neither excluded nor the signature or version id (those belong in the key with layout => ''one-table'' only)', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_key(regclass, jsonb) IS 'RS012 unless the row key fits the layout.';

CREATE FUNCTION rowseal._check_versions(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    versions regclass := to_regclass(settings ->> 'versions');
    image text[] := ARRAY(SELECT c ->> 'name' FROM jsonb_array_elements(settings -> 'columns') c)
        || ARRAY(SELECT DISTINCT settings ->> k FROM unnest(ARRAY['signature', 'version_id']) k);
    stray text;
    bad text;
BEGIN
    IF versions = target THEN
        PERFORM rowseal._refuse(target, 'it cannot be its own versions table; layout => ''one-table'' keeps all versions in one');
    ELSIF (SELECT relowner FROM pg_class WHERE oid = versions) <> (SELECT relowner FROM pg_class WHERE oid = target) THEN
        PERFORM rowseal._refuse(target, format('%s belongs to another role; use ALTER TABLE ... OWNER TO, for a merge runs as the owner', versions));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO stray FROM jsonb_object_keys(settings -> 'versions_columns') k WHERE k <> ALL (image);
    IF stray IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('versions_columns names %s, which is no signed column', stray));
    END IF;

    SELECT string_agg(format('%I (%s)', rowseal._column_in(settings, true, k), format_type(d.atttypid, d.atttypmod)), ', ') INTO bad
    FROM unnest(image) k JOIN pg_attribute d ON d.attrelid = target AND d.attname = k
    WHERE NOT EXISTS (SELECT FROM pg_attribute v WHERE v.attrelid = versions AND v.attname = rowseal._column_in(settings, true, k)
                      AND NOT v.attisdropped AND v.atttypid = d.atttypid AND v.atttypmod = d.atttypmod AND v.attcollation = d.attcollation);
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(versions, format('a versions table has every signed column of the data table, of the same type; it needs %s (versions_columns renames)', bad));
    END IF;
    SELECT string_agg(quote_ident(v.attname), ', ') INTO bad FROM pg_attribute v
    WHERE v.attrelid = versions AND v.attnum > 0 AND NOT v.attisdropped
      AND NOT EXISTS (SELECT FROM unnest(image) k WHERE rowseal._column_in(settings, true, k) = v.attname)
      AND NOT settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', v.attname));
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(versions, format('column %s has no counterpart in the data table; drop it, name it in versions_columns, or exclude it', bad));
    END IF;
    SELECT string_agg(quote_ident(v.attname), ', ') INTO bad FROM pg_attribute v
    WHERE v.attrelid = versions AND v.attnotnull AND NOT v.atthasdef AND v.attidentity = '' AND v.attname <> ALL (ARRAY(
        SELECT rowseal._column_in(settings, true, c ->> 'name') FROM jsonb_array_elements(settings -> 'columns') c WHERE (c ->> 'not_null')::boolean)
        || ARRAY(SELECT rowseal._column_in(settings, true, settings ->> k) FROM unnest(ARRAY['signature', 'version_id']) k))
      AND v.attnum > 0 AND NOT v.attisdropped;
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(versions, format('column %s is NOT NULL, but may be NULL in the data table; use ALTER COLUMN ... DROP NOT NULL', bad));
    END IF;
    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint WHERE conrelid = versions AND contype = 'c';
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(versions, format('the check constraint %s could refuse a version that the data table let in; drop it', bad));
    END IF;
    IF NOT settings -> 'versions_key' ? (settings ->> 'version_id') THEN
        PERFORM rowseal._refuse(versions, format('its primary key must contain the version id column %I', rowseal._column_in(settings, true, settings ->> 'version_id')));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO bad FROM jsonb_array_elements_text(settings -> 'versions_key') k WHERE k <> ALL (image);
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(versions, format('its primary key contains %s, which is not signed', bad));
    END IF;
    PERFORM rowseal._check_table(versions, settings || '{"role": "versions"}');
END
$$;
COMMENT ON FUNCTION rowseal._check_versions(regclass, jsonb) IS
'RS012, with the reason and the remedy, where the versions table could not take every version that the data table supersedes.';

CREATE FUNCTION rowseal._check_order(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found text;
BEGIN
    EXECUTE format('SELECT rowseal._text(v.%I) FROM %s v LEFT JOIN %s d ON %s WHERE d.%I IS NULL OR (v.%I, v.%I) >= (d.%I, d.%I) LIMIT 1',
        rowseal._column_in(settings, true, settings ->> 'version_id'), settings ->> 'versions', target,
        (SELECT string_agg(format('d.%I = v.%I', k, rowseal._column_in(settings, true, k)), ' AND ') FROM jsonb_array_elements_text(settings -> 'key') k),
        settings ->> 'owner',
        rowseal._column_in(settings, true, settings ->> 'owner_timestamp'), rowseal._column_in(settings, true, settings ->> 'signature'),
        settings ->> 'owner_timestamp', settings ->> 'signature') INTO found;
    IF found IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('%s holds a version that is not older than the tip of its key (version id %s); take such rows out, protect, and insert them again',
            settings ->> 'versions', left(found, 140)));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_order(regclass, jsonb) IS
'RS012 unless every row of the versions table is older than the tip of its key.';
