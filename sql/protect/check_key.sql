CREATE FUNCTION rowseal_internal.check_key(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    bad text;
BEGIN
    IF NOT settings -> 'key' ? (settings ->> 'owner') THEN
        PERFORM rowseal_internal.refuse(target, format('the primary key does not contain the owner column %I, so two owners could race for one key and peers would diverge', settings ->> 'owner'));
    ELSIF settings ->> 'layout' = 'one-table' AND NOT settings -> 'primary_key' ? (settings ->> 'version_id') THEN
        PERFORM rowseal_internal.refuse(target, format('in the layout one-table the primary key must contain the version id column %I, so that versions of one key can stand beside each other', settings ->> 'version_id'));
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO bad FROM jsonb_array_elements_text(settings -> 'key') k
    WHERE rowseal_internal.is_excluded(settings, k) OR k IN (settings ->> 'signature', settings ->> 'version_id');
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the key column %s must be signed, so it can be neither excluded nor the signature or version id (those belong in the key with layout => ''one-table'' only)', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_key(regclass, jsonb) IS 'RS012 unless the row key fits the layout.';
