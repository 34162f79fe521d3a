-- What the audits are about. Functions here run with the rights of the extension's owner and look at the catalogue only: planning a
-- query on a user's table would run code of its owner.

CREATE FUNCTION rowseal_internal.audited(target regclass) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    settings jsonb := rowseal_internal.settings_of(target);
    of_versions boolean := rowseal_internal.is_versions(settings);
    changed text;
BEGIN
    IF settings IS NULL THEN
        PERFORM rowseal_internal.refuse(target, 'the table is not protected');
    END IF;
    -- The name that the table has now, should nobody have watched how it was renamed.
    settings := settings || jsonb_build_object(CASE WHEN of_versions THEN 'versions' ELSE 'table' END, rowseal_internal.qualified(target));
    SELECT string_agg(quote_ident(c ->> 'name'), ', ') INTO changed FROM jsonb_array_elements(settings -> 'columns') AS c
    WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = rowseal_internal.relation(settings ->> 'table') AND a.attnum > 0 AND NOT a.attisdropped
                      AND a.attname = c ->> 'name' AND format_type(a.atttypid, a.atttypmod) = c ->> 'type');
    IF changed IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('column %s is not as it was protected; call protect again', changed));
    END IF;
    RETURN settings;
END
$$;
COMMENT ON FUNCTION rowseal_internal.audited(regclass) IS
'The settings of a protected table, or of a versions table. RS012 for a table that is not protected, or where a signed column is gone or has another type than the settings say.';

CREATE FUNCTION rowseal_internal.learned(settings jsonb) RETURNS bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy bytea := rowseal_internal.policy_id(settings);
BEGIN
    PERFORM rowseal_internal.learn(policy, settings::text);
    RETURN policy;
END
$$;
COMMENT ON FUNCTION rowseal_internal.learned(jsonb) IS 'The policy id of settings, which Java then knows.';
