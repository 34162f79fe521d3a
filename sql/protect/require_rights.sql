-- Rowseal reads and writes a table with the rights of the table's owner, who may have lost them.

CREATE FUNCTION rowseal_internal.lacking_rights(target regclass) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('its owner %s may not use the schema %I, so no row can be written; GRANT USAGE ON SCHEMA %I TO %I', c.relowner::regrole, n.nspname, n.nspname, pg_get_userbyid(c.relowner))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target AND NOT has_schema_privilege(c.relowner, n.oid, 'USAGE')
    UNION ALL
    SELECT format('its owner %s has not the right to %s, so no row can be written; GRANT %s ON %s TO %I', c.relowner::regrole, p, p, target, pg_get_userbyid(c.relowner))
    FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS p WHERE c.oid = target AND NOT has_table_privilege(c.relowner, target, p)
$$;
COMMENT ON FUNCTION rowseal_internal.lacking_rights(regclass) IS 'Rights that the owner of a table has not, or not any more, and without which every write fails.';

CREATE FUNCTION rowseal_internal.require_rights(VARIADIC targets regclass[]) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.refuse(t, r) FROM unnest(targets) AS t, rowseal_internal.lacking_rights(t) AS r;
END
$$;
COMMENT ON FUNCTION rowseal_internal.require_rights(regclass[]) IS 'RS012 where the owner of a table has not the rights on it without which every write fails.';
