-- Requests of table owners are carried out here, with the rights of the extension's owner, as rowseal.request has recorded them.

CREATE FUNCTION rowseal_internal.requests(touched oid[]) RETURNS TABLE (target regclass, request jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.tgrelid::regclass, r.request
    FROM pg_trigger t, LATERAL (SELECT convert_from(substring(t.tgargs FROM 1 FOR octet_length(t.tgargs) - 1), 'UTF8')::jsonb) AS r(request)
    WHERE t.tgrelid = ANY (touched) AND t.tgname = 'zzz_rowseal_request' AND t.tgenabled = 'A' AND t.tgnargs = 1
      AND r.request ->> 'transaction' = pg_current_xact_id()::text
$$;
COMMENT ON FUNCTION rowseal_internal.requests(oid[]) IS
'What the owners of tables ask for in this transaction. Only a table''s owner may make a trigger fire always (ALTER TABLE ... ENABLE ALWAYS TRIGGER), so whoever it was, the owner''s rights were theirs.';

CREATE FUNCTION rowseal_internal.carry_out(target regclass, request jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET bytea_output = 'hex'
AS $$
DECLARE
    answer text;
BEGIN
    PERFORM rowseal_internal.begin_change(target);
    PERFORM rowseal_internal.close_request(target, request);
    PERFORM rowseal_internal.end_change(target);
    IF request ->> 'do' = 'protect' THEN
        answer := rowseal_internal.protect(target, rowseal_internal.given_settings(target, request -> 'settings'),
            ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(request -> 'exclude') WHEN 'array' THEN request -> 'exclude' ELSE '[]' END)),
            coalesce((request ->> 'validate')::boolean, true));
    ELSIF request ->> 'do' = 'unprotect' THEN
        answer := rowseal_internal.unprotect(target);
    ELSIF request ->> 'do' = 'record validation' THEN
        PERFORM rowseal_internal.record_validation(target, true);
        answer := 'recorded';
    ELSE
        PERFORM rowseal_internal.refuse(target, format('the request %s is not known', coalesce(request ->> 'do', 'NULL')));
    END IF;
    PERFORM set_config('rowseal.answer', answer, true);
END
$$;
COMMENT ON FUNCTION rowseal_internal.carry_out(regclass, jsonb) IS 'Carries out what the owner of a table asks for.';

CREATE FUNCTION rowseal_internal.close_request(target regclass, request jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    IF request ->> 'do' = 'unprotect' THEN
        EXECUTE format('DROP TRIGGER zzz_rowseal_request ON %s', rowseal_internal.qualified(target));
    ELSE
        PERFORM rowseal_internal.mark(target);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.close_request(regclass, jsonb) IS
'Takes a request off its trigger. A protected table keeps the empty trigger as its mark.';

CREATE FUNCTION rowseal_internal.mark(target regclass) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER zzz_rowseal_request BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION suppress_redundant_updates_trigger()', rowseal_internal.qualified(target));
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER zzz_rowseal_request', rowseal_internal.qualified(target));
    EXECUTE format('COMMENT ON TRIGGER zzz_rowseal_request ON %s IS %L', rowseal_internal.qualified(target), 'Rowseal: this table is meant to be protected. It never fires; rowseal.protect records in it what the table''s owner asks for.');
END
$$;
COMMENT ON FUNCTION rowseal_internal.mark(regclass) IS
'Marks a table as meant to be protected, by a trigger that never fires. Its function is PostgreSQL''s own, so it comes along wherever the table is restored, also where the functions of the other triggers do not, or Rowseal is not installed yet.';

CREATE FUNCTION rowseal_internal.given_settings(target regclass, given jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    identities oid := (given ->> 'identities')::oid;
    versions oid := (given ->> 'versions')::oid;
    certificates jsonb := given -> 'certificates';
BEGIN
    given := given || jsonb_build_object('versions', rowseal_internal.qualified(versions),
        'layout', coalesce(given ->> 'layout', CASE WHEN versions IS NULL THEN 'unversioned' ELSE 'two-tables' END));
    IF given ->> 'role' = 'identities' THEN
        IF jsonb_typeof(certificates) = 'null' THEN
            SELECT coalesce(jsonb_object_agg(c, k), '{}') INTO certificates
            FROM (VALUES ('contact_cert', 'contact_pkey'), ('crypt_cert', 'crypt_pkey')) AS seed(c, k)
            WHERE 2 = (SELECT count(*) FROM pg_attribute WHERE attrelid = target AND attname IN (c, k) AND NOT attisdropped);
        END IF;
        IF jsonb_typeof(certificates) IS DISTINCT FROM 'object' THEN
            PERFORM rowseal_internal.refuse(target, 'certificates must be a JSON object {"certificate column": "certified key column"}');
        END IF;
        PERFORM rowseal_internal.require_column(target, k.setting, k.name, 'bytea') FROM (
            SELECT 'public_key', given ->> 'public_key' UNION ALL SELECT 'certificates', n FROM jsonb_each_text(certificates) AS c(a, b), unnest(ARRAY[a, b]) AS n) AS k(setting, name);
        RETURN given || jsonb_build_object('certificates', certificates);
    ELSIF given ->> 'role' = 'data' THEN
        PERFORM rowseal_internal.check_identities(target, identities, given);
        RETURN given || '{"certificates": {}}' || rowseal_internal.identity_settings(identities);
    END IF;
    PERFORM rowseal_internal.refuse(target, format('the role %s is not known', coalesce(given ->> 'role', 'NULL')));
END
$$;
COMMENT ON FUNCTION rowseal_internal.given_settings(regclass, jsonb) IS
'The settings that were asked for, tables by name instead of number, with defaults that depend on the tables.';

CREATE FUNCTION rowseal_internal.check_identities(target regclass, identities oid, given jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
    cards jsonb := rowseal_internal.settings_of(identities);
    owner_type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = target AND attname = given ->> 'owner' AND NOT attisdropped);
    card_owner_type regtype := (SELECT atttypid FROM pg_attribute WHERE attrelid = identities AND attname = cards ->> 'owner');
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = identities) THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012', MESSAGE = format('configuration refused: there is no table %s', coalesce(nullif(identities, 0)::text, 'NULL'));
    ELSIF cards ->> 'role' IS DISTINCT FROM 'identities' THEN
        PERFORM rowseal_internal.refuse(target, format('%s is not a protected identity table; call rowseal.protect_identities(''%s'') first', identities::regclass, identities::regclass));
    ELSIF NOT has_table_privilege(owner, identities, 'SELECT') THEN
        PERFORM rowseal_internal.refuse(target, format('its owner may not read %s; GRANT SELECT ON %s', identities::regclass, identities::regclass));
    ELSIF given ->> 'on_unknown_owner' = 'defer' AND (SELECT relowner FROM pg_class WHERE oid = identities) <> owner THEN
        PERFORM rowseal_internal.refuse(target, format('with on_unknown_owner => ''defer'' it must have the same owner as %s, for the arrival of a card stores the rows that waited for it', identities::regclass));
    ELSIF (owner_type = 'bytea'::regtype) <> (card_owner_type = 'bytea'::regtype) THEN
        PERFORM rowseal_internal.refuse(target, format('owner column %I has type %s, but the owner column of %s has type %s', given ->> 'owner', owner_type, identities::regclass, card_owner_type));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_identities(regclass, oid, jsonb) IS 'RS012 unless a data table can take its owners'' keys from an identity table.';

CREATE FUNCTION rowseal_internal.identity_settings(identities oid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object(
        'identities', s -> 'table', 'identities_owner', s -> 'owner', 'identities_key', s -> 'public_key', 'algorithm', s -> 'algorithm',
        'allowed_algorithms', s -> 'allowed_algorithms', 'owner_hash', s -> 'owner_hash', 'owner_prefix', s -> 'owner_prefix',
        'identities_suffix', rowseal_internal.suffix_of(identities)))
    FROM rowseal_internal.settings_of(identities) AS s
$$;
COMMENT ON FUNCTION rowseal_internal.identity_settings(oid) IS 'What a data table must know of its identity table.';

CREATE FUNCTION rowseal_internal.dependents(identities oid) RETURNS TABLE (relation oid, owner oid, settings jsonb)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.relation, c.relowner, s.settings FROM rowseal_internal.settings s JOIN pg_class c ON c.oid = s.relation
    WHERE s.settings ->> 'role' = 'data' AND rowseal_internal.relation(s.settings ->> 'identities') = $1
$$;
COMMENT ON FUNCTION rowseal_internal.dependents(oid) IS 'The data tables that take their owners'' keys from an identity table.';
