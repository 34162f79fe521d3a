CREATE FUNCTION rowseal.protect(
    target regclass, identities regclass, versions regclass DEFAULT NULL, versions_columns jsonb DEFAULT NULL,
    layout text DEFAULT NULL,
    owner text DEFAULT 'user_hash', signature text DEFAULT 'sign_b64', owner_timestamp text DEFAULT 'owner_timestamp',
    deleted text DEFAULT 'deleted_flag', parent text DEFAULT NULL, version_id text DEFAULT NULL,
    version_hash text DEFAULT 'SHA-256', version_prefix text DEFAULT '', format text DEFAULT 'rowseal-v1',
    context text DEFAULT NULL, exclude text[] DEFAULT '{}', on_invalid text DEFAULT 'reject',
    on_unknown_owner text DEFAULT 'reject', on_stale text DEFAULT 'ignore', validate boolean DEFAULT true)
RETURNS text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal.request(target, jsonb_build_object('do', 'protect', 'exclude', to_jsonb(exclude), 'validate', validate, 'settings', jsonb_build_object(
        'role', 'data', 'identities', coalesce(identities::oid, 0), 'owner', owner, 'signature', signature, 'owner_timestamp', owner_timestamp, 'deleted', deleted,
        'parent', parent, 'version_id', version_id, 'version_hash', version_hash, 'version_prefix', version_prefix,
        'format', format, 'context', context, 'versions', versions::oid, 'versions_columns', versions_columns, 'layout', layout,
        'on_invalid', on_invalid, 'on_unknown_owner', on_unknown_owner, 'on_stale', on_stale)))
$$;
COMMENT ON FUNCTION rowseal.protect IS
'Protects a table of signed rows whose owners have cards in an identity table. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';
