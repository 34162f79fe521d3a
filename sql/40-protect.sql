-- protect_identities, protect, unprotect and what they are made of. All run with the caller's privileges, so
-- ownership of the table is PostgreSQL's own check; only _enforcer needs more.

CREATE FUNCTION rowseal._refuse(target regclass, reason text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: %s: %s', target, reason);
END
$$;
COMMENT ON FUNCTION rowseal._refuse(regclass, text) IS 'Raises RS012 for a table that cannot be protected.';

CREATE FUNCTION rowseal._check_settings(settings text) RETURNS boolean
STRICT SET search_path = pg_catalog, pg_temp
AS JAVA 'checkSettings';
COMMENT ON FUNCTION rowseal._check_settings(text) IS
'Builds the policy that the settings (JSON) state, as the trigger will; RS012 where they are unknown or contradict each other.';

CREATE FUNCTION rowseal._check_rows(settings text, schema_name text, table_name text) RETURNS bigint
STRICT SET search_path = pg_catalog, pg_temp
AS JAVA 'checkRows';
COMMENT ON FUNCTION rowseal._check_rows(text, text, text) IS
'Verifies every stored row of a table against settings (JSON) and returns how many there are; the first bad row raises its refusal.';

CREATE FUNCTION rowseal._enforcer(target regclass) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    role oid := (SELECT relowner FROM pg_class WHERE oid = target);
    function_name text;
BEGIN
    IF NOT pg_has_role(session_user, role, 'MEMBER') THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', target);
    END IF;
    -- By owner, not by name: a role may have been renamed, and another have got its name.
    SELECT proname INTO function_name FROM pg_proc
    WHERE pronamespace = 'rowseal'::regnamespace AND proowner = role AND starts_with(proname, 'enforce_as_');
    IF function_name IS NULL THEN
        function_name := 'enforce_as_' || pg_get_userbyid(role);
        IF octet_length(function_name) > 63 OR to_regprocedure(format('rowseal.%I()', function_name)) IS NOT NULL THEN
            function_name := 'enforce_as_role_' || role;
        END IF;
        EXECUTE replace(pg_get_functiondef('rowseal.enforce()'::regprocedure),
                        'FUNCTION rowseal.enforce()', format('FUNCTION rowseal.%I()', function_name));
        EXECUTE format('REVOKE ALL ON FUNCTION rowseal.%I() FROM PUBLIC', function_name);
        EXECUTE format('ALTER FUNCTION rowseal.%I() OWNER TO %I', function_name, pg_get_userbyid(role));
        EXECUTE format('ALTER FUNCTION rowseal.%I() DEPENDS ON EXTENSION rowseal', function_name);
    END IF;
    RETURN format('rowseal.%I', function_name);
END
$$;
COMMENT ON FUNCTION rowseal._enforcer(regclass) IS
'The trigger function that runs as the owner of the table, made if need be. Running as the table''s owner, a write of somebody with few privileges can merge, and no code that the owner attached to the table ever runs with more than the owner''s privileges.';

CREATE FUNCTION rowseal.enforce() RETURNS trigger
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS JAVA TRIGGER 'enforce';
COMMENT ON FUNCTION rowseal.enforce() IS
'Pattern of the trigger functions enforce_as_<role>: verifies a row and merges it with the stored one.';

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
    ELSIF NOT settings -> 'key' ? (settings ->> 'owner') THEN
        PERFORM rowseal._refuse(target, format('the primary key does not contain the owner column %I, so two owners could race for one key and peers would diverge', settings ->> 'owner'));
    END IF;

    SELECT string_agg(quote_ident(k), ', ') INTO bad FROM jsonb_array_elements_text(settings -> 'key') k
    WHERE k = ANY (left_out) OR k = settings ->> 'signature';
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the key column %s must be signed, so it can be neither excluded nor the signature', bad));
    END IF;

    -- Equal keys must be the same bytes, or one key would have two spellings.
    SELECT string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ') INTO bad
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND settings -> 'key' ? a.attname::text
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
      AND NOT (left_out @> ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (indkey::int2[])));
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the unique or exclusion index %s would make acceptance depend on other rows, so peers would diverge; make it a plain index', bad));
    END IF;

    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint
    WHERE conrelid = target AND contype = 'f' AND conparentid = 0
      AND NOT (confrelid = coalesce(to_regclass(settings ->> 'identities'), 0) AND confdeltype IN ('a', 'r') AND confupdtype IN ('a', 'r'));
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
      AND tgname > 'zzz_rowseal_update' COLLATE "C";
    IF bad IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the trigger %s would run after verification and could change what was verified; give it a name that sorts before zzz_rowseal_insert', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_table(regclass, jsonb) IS
'RS012, with the reason and the remedy, for a table on which the laws could not hold.';

CREATE FUNCTION rowseal._render_call(settings jsonb, VARIADIC row_names text[]) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(coalesce(arguments, 'NULL::text[]'), ', ' ORDER BY n)
    FROM (SELECT n, CASE WHEN r IS NOT NULL THEN
                     (SELECT format('ARRAY[%s]::text[]', string_agg(format('%L, rowseal._text(%s.%I)', c ->> 'name', r, c ->> 'name'), ', '))
                      FROM jsonb_array_elements((settings -> 'columns') || (settings -> 'exclude')) c
                      WHERE (c ->> 'rendered')::boolean) END AS arguments
          FROM unnest(row_names) WITH ORDINALITY AS u(r, n)) AS calls
$$;
COMMENT ON FUNCTION rowseal._render_call(jsonb, text[]) IS
'Arguments of rowseal._rendered for the given rows (NEW, OLD or NULL): names and printed values of the columns that PostgreSQL must print.';

CREATE FUNCTION rowseal._create_triggers(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    enforcer text := rowseal._enforcer(target);
    part regclass;
BEGIN
    PERFORM rowseal._drop_triggers(target);
    EXECUTE format('CREATE TRIGGER zzz_rowseal_insert BEFORE INSERT ON %s FOR EACH ROW %s EXECUTE FUNCTION %s(%L)',
        target, format('WHEN (rowseal._rendered(%s))', rowseal._render_call(settings, 'NEW', NULL)),
        enforcer, settings);
    EXECUTE format('CREATE TRIGGER zzz_rowseal_update BEFORE UPDATE ON %s FOR EACH ROW %s EXECUTE FUNCTION %s(%L)',
        target, format('WHEN (rowseal._rendered(%s))', rowseal._render_call(settings, 'NEW', 'OLD')),
        enforcer, settings);
    EXECUTE format('CREATE TRIGGER zzz_rowseal_delete BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION rowseal.refuse_removal()', target);
    FOR part IN SELECT relid FROM pg_partition_tree(target) UNION SELECT target LOOP
        EXECUTE format('CREATE TRIGGER zzz_rowseal_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION rowseal.refuse_removal()', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_truncate', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_insert', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_update', part);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER zzz_rowseal_delete', part);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._create_triggers(regclass, jsonb) IS
'Makes the triggers anew, ENABLE ALWAYS, so that they also run where replication applies rows. Their names sort last, so that no other trigger changes a row after it was verified.';

CREATE FUNCTION rowseal._drop_triggers(target regclass) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    doomed record;
    dropped boolean := false;
BEGIN
    FOR doomed IN
        SELECT tgname, tgrelid::regclass AS relation FROM pg_trigger
        WHERE tgrelid IN (SELECT relid FROM pg_partition_tree(target) UNION SELECT target) AND tgparentid = 0
          AND tgname IN ('zzz_rowseal_insert', 'zzz_rowseal_update', 'zzz_rowseal_delete', 'zzz_rowseal_truncate')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', doomed.tgname, doomed.relation);
        dropped := true;
    END LOOP;
    RETURN dropped;
END
$$;
COMMENT ON FUNCTION rowseal._drop_triggers(regclass) IS 'Takes the triggers off a table; false if there were none.';

CREATE FUNCTION rowseal._protect(target regclass, given jsonb, exclude text[], validate boolean) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := given;
    place record;
    left_out name[];
    required text[];
    rows bigint := 0;
    part regclass;
    name text;
BEGIN
    IF target IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = 'configuration refused: the table is null';
    END IF;
    SELECT relnamespace::regnamespace::text AS schema_name, relname INTO place FROM pg_class WHERE oid = target;
    EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', target);
    -- What runs with the caller's privileges below may not load Java classes; this may.
    PERFORM rowseal.version();

    FOR name IN SELECT e FROM unnest(exclude) e LOOP
        PERFORM rowseal._require_column(target, 'exclude', name,
            VARIADIC ARRAY(SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = target AND attname = name)
                     || ARRAY(SELECT t.typbasetype::regtype FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE attrelid = target AND attname = name));
    END LOOP;
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
    settings := settings || jsonb_build_object('version_id_type', (
        SELECT CASE WHEN atttypid = 'bytea'::regtype THEN 'bytea' ELSE 'text' END
        FROM pg_attribute WHERE attrelid = target AND attname = settings ->> 'version_id'));

    left_out := ARRAY[settings ->> 'signature', settings ->> 'version_id'] || exclude;
    settings := settings || jsonb_build_object(
        'context', coalesce(settings ->> 'context', place.relname::text),
        'key', (SELECT coalesce(jsonb_agg(a.attname ORDER BY k.n), '[]') FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
                JOIN pg_attribute a ON a.attrelid = target AND a.attnum = k.attnum WHERE i.indrelid = target AND i.indisprimary),
        'columns', rowseal._columns(target, VARIADIC left_out),
        'exclude', coalesce((SELECT jsonb_agg(c) FROM jsonb_array_elements(rowseal._columns(target, '')) c WHERE c ->> 'name' = ANY (exclude)), '[]'));

    -- What every version needs is never NULL, whatever the table's own constraints say.
    required := array_remove(ARRAY[settings ->> 'owner', settings ->> 'owner_timestamp', settings ->> 'deleted', settings ->> 'public_key']
        || ARRAY(SELECT k FROM jsonb_each_text(settings -> 'certificates') AS c(a, b), unnest(ARRAY[a, b]) k), NULL);
    settings := jsonb_set(settings, '{columns}', (
        SELECT jsonb_agg(c || jsonb_build_object('not_null', (c ->> 'not_null')::boolean OR c ->> 'name' = ANY (required)) ORDER BY n)
        FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS x(c, n)));
    settings := jsonb_strip_nulls(settings);

    PERFORM rowseal._check_table(target, settings);
    PERFORM rowseal._check_settings(settings::text);
    IF validate THEN
        FOR part IN SELECT relid FROM pg_partition_tree(target) WHERE isleaf UNION SELECT target LOOP
            rows := rows + rowseal._check_rows(settings::text,
                (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = part),
                (SELECT c.relname FROM pg_class c WHERE c.oid = part));
        END LOOP;
    END IF;
    PERFORM rowseal._create_triggers(target, settings);
    RETURN format('%s is protected: %s %s, %s signed columns, %s', target, settings ->> 'format', settings ->> 'algorithm',
        jsonb_array_length(settings -> 'columns'), CASE WHEN validate THEN rows || ' stored rows verified' ELSE 'stored rows not verified' END);
END
$$;
COMMENT ON FUNCTION rowseal._protect(regclass, jsonb, text[], boolean) IS
'What protecting has in common for all tables: completes the settings, refuses what cannot keep the laws, verifies stored rows, makes the triggers.';

CREATE FUNCTION rowseal.protect_identities(
    target regclass,
    owner text DEFAULT 'user_hash', public_key text DEFAULT 'sign_pkey', algorithm text DEFAULT 'Ed25519',
    owner_hash text DEFAULT 'SHA3-512', owner_prefix text DEFAULT '', certificates jsonb DEFAULT NULL,
    signature text DEFAULT 'sign_b64', owner_timestamp text DEFAULT 'owner_timestamp', deleted text DEFAULT 'deleted_flag',
    parent text DEFAULT NULL, version_id text DEFAULT NULL, version_hash text DEFAULT 'SHA-256', version_prefix text DEFAULT '',
    format text DEFAULT 'rowseal-v1', context text DEFAULT NULL, exclude text[] DEFAULT '{}',
    on_invalid text DEFAULT 'reject', on_stale text DEFAULT 'ignore', validate boolean DEFAULT true,
    allowed_algorithms text[] DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dependent record;
    answer text;
    pair record;
BEGIN
    PERFORM rowseal._require_supported(target, on_invalid, 'reject');
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
        'on_stale', on_stale), coalesce(exclude, '{}'), coalesce(validate, true));
    IF (SELECT count(*) FROM jsonb_array_elements_text((SELECT p.settings -> 'key' FROM rowseal.protected p WHERE p."table" = target))) <> 1 THEN
        PERFORM rowseal._refuse(target, 'the primary key of an identity table is the owner column alone: one card per owner');
    END IF;
    -- The tables that take their keys from here carry a copy of these settings.
    FOR dependent IN SELECT p."table", p.settings FROM rowseal.protected p
                     WHERE to_regclass(p.settings ->> 'identities') = target LOOP
        PERFORM rowseal._create_triggers(dependent."table", dependent.settings || (
            SELECT jsonb_strip_nulls(jsonb_build_object('algorithm', algorithm, 'owner_hash', owner_hash, 'owner_prefix', owner_prefix,
                'allowed_algorithms', array_to_string(allowed_algorithms, ','),
                'identities_owner', owner, 'identities_key', public_key))));
    END LOOP;
    RETURN answer;
END
$$;
COMMENT ON FUNCTION rowseal.protect_identities IS
'Protects a table of signed cards, one per owner: owner id, certificates and self-signature are verified on every write. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';

CREATE FUNCTION rowseal._require_supported(target regclass, given text, supported text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF given IS DISTINCT FROM supported THEN
        PERFORM rowseal._refuse(target, format('''%s'' is not known here; known is ''%s''', given, supported));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._require_supported(regclass, text, text) IS 'RS012 unless a setting has the one value that this version knows.';

CREATE FUNCTION rowseal.protect(
    target regclass, identities regclass, versions regclass DEFAULT NULL, versions_columns jsonb DEFAULT NULL,
    layout text DEFAULT 'unversioned',
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
    cards jsonb := (SELECT p.settings FROM rowseal.protected p WHERE p."table" = identities AND p.settings ->> 'role' = 'identities');
    owner_type regtype;
    card_owner_type regtype;
BEGIN
    PERFORM rowseal._require_supported(target, layout, 'unversioned');
    PERFORM rowseal._require_supported(target, on_invalid, 'reject');
    PERFORM rowseal._require_supported(target, on_unknown_owner, 'reject');
    IF versions IS NOT NULL OR versions_columns IS NOT NULL THEN
        PERFORM rowseal._refuse(target, 'versions tables are not supported by this version of Rowseal; protect the table unversioned');
    ELSIF cards IS NULL THEN
        PERFORM rowseal._refuse(target, format('%s is not a protected identity table; call rowseal.protect_identities(''%s'') first', identities, identities));
    END IF;
    SELECT atttypid INTO owner_type FROM pg_attribute WHERE attrelid = target AND attname = owner AND NOT attisdropped;
    SELECT atttypid INTO card_owner_type FROM pg_attribute WHERE attrelid = identities AND attname = cards ->> 'owner';
    IF (owner_type = 'bytea'::regtype) <> (card_owner_type = 'bytea'::regtype) THEN
        PERFORM rowseal._refuse(target, format('owner column %I has type %s, but the owner column of %s has type %s', owner, owner_type, identities, card_owner_type));
    END IF;
    RETURN rowseal._protect(target, jsonb_build_object(
        'role', 'data', 'identities', (SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = identities),
        'identities_owner', cards -> 'owner', 'identities_key', cards -> 'public_key', 'algorithm', cards -> 'algorithm',
        'allowed_algorithms', cards -> 'allowed_algorithms', 'owner_hash', cards -> 'owner_hash', 'owner_prefix', cards -> 'owner_prefix',
        'certificates', '{}'::jsonb, 'owner', owner, 'signature', signature, 'owner_timestamp', owner_timestamp, 'deleted', deleted,
        'parent', parent, 'version_id', version_id, 'version_hash', version_hash, 'version_prefix', version_prefix,
        'format', format, 'context', context, 'on_stale', on_stale), coalesce(exclude, '{}'), coalesce(validate, true));
END
$$;
COMMENT ON FUNCTION rowseal.protect IS
'Protects a table of signed rows whose owners have cards in an identity table. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';

CREATE FUNCTION rowseal.unprotect(target regclass) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dependents text;
BEGIN
    SELECT string_agg(p."table"::text, ', ') INTO dependents FROM rowseal.protected p
    WHERE to_regclass(p.settings ->> 'identities') = target;
    IF dependents IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('%s takes its owners'' keys from it; unprotect that first', dependents));
    END IF;
    RETURN format(CASE WHEN rowseal._drop_triggers(target) THEN '%s is not protected any more' ELSE '%s was not protected' END, target);
END
$$;
COMMENT ON FUNCTION rowseal.unprotect(regclass) IS
'Takes protection off a table. Needs ownership of the table; RS012 while another table takes its keys from it.';

CREATE VIEW rowseal.protected AS
SELECT tgrelid::regclass AS "table", s ->> 'role' AS role, s ->> 'format' AS format, s ->> 'algorithm' AS algorithm, s AS settings
FROM pg_catalog.pg_trigger
CROSS JOIN LATERAL (SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), 'UTF8')::jsonb) AS x(s)
WHERE tgname = 'zzz_rowseal_insert' AND tgparentid = 0 AND tgnargs = 1
  AND tgfoid IN (SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'rowseal'::regnamespace AND proname <> 'refuse_removal');
COMMENT ON VIEW rowseal.protected IS 'One line per protected table with its settings, read from its trigger.';
