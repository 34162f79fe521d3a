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
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal.request(target, jsonb_build_object('do', 'protect', 'exclude', to_jsonb(exclude), 'validate', validate, 'settings', jsonb_build_object(
        'role', 'identities', 'owner', owner, 'public_key', public_key, 'algorithm', algorithm,
        'allowed_algorithms', array_to_string(allowed_algorithms, ','),
        'owner_hash', owner_hash, 'owner_prefix', owner_prefix, 'certificates', certificates, 'signature', signature,
        'owner_timestamp', owner_timestamp, 'deleted', deleted, 'parent', parent, 'version_id', version_id,
        'version_hash', version_hash, 'version_prefix', version_prefix, 'format', format, 'context', context,
        'versions', versions::oid, 'versions_columns', versions_columns, 'layout', layout,
        'on_invalid', on_invalid, 'on_unknown_owner', 'reject', 'on_stale', on_stale)))
$$;
COMMENT ON FUNCTION rowseal.protect_identities IS
'Protects a table of signed cards, one per owner: owner id, certificates and self-signature are verified on every write. Call again to change settings. Needs ownership of the table; RS012 where the table cannot keep the laws. Returns a summary.';
