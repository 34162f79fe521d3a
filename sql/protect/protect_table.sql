-- What protect and unprotect do, once it is known that the table's owner asks for it.

CREATE FUNCTION rowseal_internal.protect(target regclass, given jsonb, exclude text[], validate boolean) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    settings jsonb;
    archive regclass := rowseal_internal.relation(given ->> 'versions');
    answer text := 'stored rows not verified';
    verified_before boolean;
    concerned oid[];
BEGIN
    PERFORM rowseal_internal.require_layout(target, given, exclude);
    settings := rowseal_internal.complete_settings(target, given, exclude);
    IF EXISTS (SELECT FROM rowseal.protected p WHERE p.versions = target OR p."table" = archive OR (p.versions = archive AND p."table" <> target)) THEN
        PERFORM rowseal_internal.refuse(target, 'a table holds the rows, or the versions, of one protected table only');
    END IF;
    PERFORM rowseal_internal.check_table(target, settings);
    PERFORM rowseal_internal.check_key(target, settings);
    IF archive IS NOT NULL THEN
        PERFORM rowseal_internal.check_versions(target, settings);
    END IF;
    PERFORM rowseal_internal.require_policy(settings);
    PERFORM rowseal_internal.require_rights(target, archive);
    PERFORM rowseal_internal.check_dependents(target, settings);
    verified_before := rowseal_internal.is_validated(target, settings);
    concerned := ARRAY[target, archive, rowseal_internal.relation(rowseal_internal.settings_of(target) ->> 'versions')] || ARRAY(SELECT d.relation FROM rowseal_internal.dependents(target) d);
    PERFORM rowseal_internal.begin_change(VARIADIC concerned);
    PERFORM rowseal_internal.set_triggers(target, settings);
    PERFORM rowseal_internal.make_tips_view(target, settings);
    PERFORM rowseal_internal.watch(target);
    PERFORM rowseal_internal.renew_dependents(target);
    PERFORM rowseal_internal.end_change(VARIADIC concerned);
    IF verified_before THEN
        answer := 'stored rows verified before';
    ELSE
        IF validate THEN
            answer := rowseal_internal.verify_stored(target) || ' stored rows verified';
        END IF;
        PERFORM rowseal_internal.record_validation(target, validate);
    END IF;
    RETURN format('%s is protected (%s): %s %s, %s signed columns, %s', target, settings ->> 'layout', settings ->> 'format', settings ->> 'algorithm',
        jsonb_array_length(settings -> 'columns'), answer);
END
$$;
COMMENT ON FUNCTION rowseal_internal.protect(regclass, jsonb, text[], boolean) IS
'Completes the settings, refuses what cannot keep the laws, makes functions and triggers, verifies stored rows. What fails leaves nothing behind.';

CREATE FUNCTION rowseal_internal.check_dependents(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    was jsonb := rowseal_internal.settings_of(target);
    bad text;
BEGIN
    IF settings ->> 'role' = 'identities' AND jsonb_array_length(settings -> 'key') <> 1 THEN
        PERFORM rowseal_internal.refuse(target, 'the row key of an identity table is the owner column alone: one card per owner');
    END IF;
    SELECT string_agg(d.relation::regclass::text, ', ') INTO bad FROM rowseal_internal.dependents(target) d
    WHERE d.owner <> (SELECT relowner FROM pg_class WHERE oid = target)
      AND EXISTS (SELECT FROM unnest(ARRAY['role', 'owner', 'public_key', 'algorithm', 'allowed_algorithms', 'owner_hash', 'owner_prefix']) AS k WHERE was ->> k IS DISTINCT FROM check_dependents.settings ->> k);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('%s of another role takes its owners'' keys from it, so its columns, algorithms and owner ids cannot change; have that unprotected first', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_dependents(regclass, jsonb) IS
'RS012 for an identity table with another key than the owner, and where settings that other roles'' tables rest on would change.';

CREATE FUNCTION rowseal_internal.renew_dependents(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    dependent record;
    wanted jsonb;
BEGIN
    FOR dependent IN SELECT d.relation, d.settings FROM rowseal_internal.dependents(target) d LOOP
        wanted := (dependent.settings - 'allowed_algorithms') || rowseal_internal.identity_settings(target);
        IF wanted <> dependent.settings THEN
            PERFORM rowseal_internal.set_triggers(dependent.relation, wanted);
            PERFORM rowseal_internal.watch(dependent.relation);
            PERFORM rowseal_internal.record_validation(dependent.relation, false);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.renew_dependents(regclass) IS 'The tables that take their keys from an identity table carry a copy of its settings, which follows them.';

CREATE FUNCTION rowseal_internal.verify_stored(target regclass) RETURNS bigint
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT rowseal_internal.as_owner((SELECT c.relowner FROM pg_class c WHERE c.oid = target),
        format('BEGIN RETURN rowseal.require_valid(%L); END', rowseal_internal.qualified(target)))::bigint
$$;
COMMENT ON FUNCTION rowseal_internal.verify_stored(regclass) IS
'rowseal.require_valid, with the rights of the table''s owner.';

CREATE FUNCTION rowseal_internal.unprotect(target regclass) RETURNS text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    settings jsonb := rowseal_internal.settings_of(target);
    archive regclass := rowseal_internal.relation(settings ->> 'versions');
    dependents text := (SELECT string_agg(d.relation::regclass::text, ', ') FROM rowseal_internal.dependents(target) d WHERE d.owner = (SELECT relowner FROM pg_class WHERE oid = target));
    was_protected boolean;
BEGIN
    IF dependents IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('%s takes its owners'' keys from it; unprotect that first', dependents));
    ELSIF settings ->> 'role' = 'versions' THEN
        PERFORM rowseal_internal.refuse(target, format('it holds the versions of %s; unprotect that', settings ->> 'table'));
    END IF;
    PERFORM rowseal_internal.begin_change(target, archive);
    PERFORM rowseal_internal.drop_tips_view(target);
    was_protected := rowseal_internal.drop_triggers(target);
    PERFORM rowseal_internal.drop_triggers(archive);
    PERFORM rowseal_internal.end_change(target, archive);
    PERFORM rowseal_internal.drop_left(VARIADIC array_remove(ARRAY[settings ->> 'identities'], NULL));
    IF NOT was_protected THEN
        RETURN format('%s was not protected', target);
    END IF;
    RETURN format('%s is not protected any more', target);
END
$$;
COMMENT ON FUNCTION rowseal_internal.unprotect(regclass) IS 'Takes the triggers off a table and its versions table.';
