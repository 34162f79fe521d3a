-- The settings as Java takes them: its policy.

CREATE FUNCTION rowseal_internal.policy_id(settings jsonb) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT sha256(convert_to(settings::text, 'UTF8')) $$;
COMMENT ON FUNCTION rowseal_internal.policy_id(jsonb) IS 'What a policy goes by: the SHA-256 of its settings. So no two tables'' settings can be taken for each other.';

CREATE FUNCTION rowseal_internal.policy_fields(settings jsonb) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    WITH field(part, n, name, value) AS (
        SELECT 0, n, name, value
        FROM unnest(ARRAY['role', 'layout', 'format', 'context', 'algorithm', 'allowed_algorithms', 'owner_hash', 'owner_prefix', 'version_hash', 'version_prefix', 'owner',
                          'signature', 'owner_timestamp', 'deleted', 'parent', 'version_id', 'version_id_type', 'public_key', 'large', 'on_invalid', 'on_unknown_owner',
                          'on_stale', 'identities']) WITH ORDINALITY AS plain(name, n), LATERAL (SELECT settings ->> name) AS x(value)
        UNION ALL
        SELECT 1, n, name, value
        FROM (VALUES (1, 'table', rowseal_internal.own_name(settings)),
                     (2, 'signature_here', rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), settings ->> 'signature')),
                     (3, 'version_id_here', rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), settings ->> 'version_id'))) AS own(n, name, value)
        UNION ALL
        SELECT 2, 2 * n + i, name, value
        FROM jsonb_each_text(settings -> 'certificates') WITH ORDINALITY AS c(certificate, certified, n), (VALUES (1, 'certificate'), (2, 'certified')) AS x(i, name),
             LATERAL (SELECT CASE i WHEN 1 THEN certificate ELSE certified END) AS y(value)
        UNION ALL
        SELECT 3, n, 'key', k FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS key(k, n)
        UNION ALL
        SELECT 4, 10 * n + i, x.name, x.value
        FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n), LATERAL (VALUES
            (1, 'column', c ->> 'name'), (2, 'here', rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), c ->> 'name')), (3, 'kind', c ->> 'kind'), (4, 'type', c ->> 'type'),
            (5, 'rendered', left(c ->> 'rendered', 1)), (6, 'not_null', left(c ->> 'not_null', 1))) AS x(i, name, value))
    SELECT array_agg(text ORDER BY part, n, i)
    FROM field, LATERAL (VALUES (1, name), (2, value)) AS pair(i, text)
    WHERE value IS NOT NULL
$$;
COMMENT ON FUNCTION rowseal_internal.policy_fields(jsonb) IS
'The settings as names and values in turn, which is all that Java needs to know of JSON. Lists repeat a name; each column begins with its name.';

CREATE FUNCTION rowseal_internal.learn(policy bytea, settings text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.learn_policy(policy, rowseal_internal.policy_fields(settings::jsonb));
END
$$;
COMMENT ON FUNCTION rowseal_internal.learn(bytea, text) IS 'Tells Java the settings that a policy id stands for.';

CREATE FUNCTION rowseal_internal.require_policy(settings jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_policy(rowseal_internal.policy_fields(settings));
EXCEPTION WHEN SQLSTATE 'RS012' THEN
    RAISE EXCEPTION USING ERRCODE = sqlstate, MESSAGE = rowseal_internal.plain(sqlerrm);
END
$$;
COMMENT ON FUNCTION rowseal_internal.require_policy(jsonb) IS 'RS012 where the settings are unknown or contradict each other.';

CREATE FUNCTION rowseal_internal.plain(message text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT regexp_replace(message, '^(java[.]sql[.]SQLException|plpy[.]Error): ', '') $$;
COMMENT ON FUNCTION rowseal_internal.plain(text) IS 'The message of an error from Java without the name of an exception, which PL/Java and PL/Python put before it.';
