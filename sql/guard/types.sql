-- The types of signed columns: what owners sign is how their values print.

CREATE FUNCTION rowseal_internal.types(target oid, settings jsonb) RETURNS TABLE (name text, type oid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE used(name, type) AS (
        SELECT attname::text, atttypid FROM pg_attribute
        WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND NOT rowseal_internal.is_excluded(settings, attname)
        UNION
        SELECT u.name, x.part FROM used u JOIN pg_type t ON t.oid = u.type LEFT JOIN pg_range r ON t.oid IN (r.rngtypid, r.rngmultitypid),
        LATERAL (SELECT t.typbasetype UNION ALL SELECT t.typelem WHERE t.typsubscript = 'array_subscript_handler'::regproc UNION ALL SELECT r.rngsubtype
                 UNION ALL SELECT atttypid FROM pg_attribute WHERE t.typrelid <> 0 AND attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) AS x(part)
        WHERE x.part <> 0)
    SELECT * FROM used
$$;
COMMENT ON FUNCTION rowseal_internal.types(oid, jsonb) IS 'The types of a table''s signed columns, and those that they are made of.';

CREATE FUNCTION rowseal_internal.prints(target oid, settings jsonb) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(DISTINCT t.oid || ' ' || x.trait), '{}')
    FROM rowseal_internal.types(target, settings) AS u JOIN pg_type t ON t.oid = u.type CROSS JOIN LATERAL (
        SELECT 'label ' || e.enumlabel FROM pg_enum e WHERE e.enumtypid = t.oid
        UNION ALL
        SELECT 'attributes ' || coalesce((SELECT string_agg(concat_ws(' ', attnum, atttypid, atttypmod), ', ' ORDER BY attnum) FROM pg_attribute
                                          WHERE attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped), '') WHERE t.typrelid <> 0
        UNION ALL
        SELECT format('output %s %s %s %s', p.oid, p.prosrc, p.probin, p.proconfig) FROM pg_proc p WHERE p.oid = t.typoutput AND p.pronamespace <> 'pg_catalog'::regnamespace) AS x(trait)
$$;
COMMENT ON FUNCTION rowseal_internal.prints(oid, jsonb) IS
'What decides how the values of a table''s signed columns print, as far as it can change: labels of enums, attributes of composite types, output functions of other base types. Each begins with the type''s OID.';

CREATE FUNCTION rowseal_internal.type_flaws(target oid, settings jsonb) RETURNS SETOF text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('column %s prints differently from server to server; exclude it or change its type', columns)
    FROM (SELECT string_agg(DISTINCT format('%I (%s)', u.name, t.typname), ', ') FROM rowseal_internal.types(target, settings) AS u JOIN pg_type t ON t.oid = u.type
          WHERE t.typnamespace = 'pg_catalog'::regnamespace
            -- Names of roles and other objects, the currency of a server, and what has no text that could be read again everywhere.
            AND (t.typname LIKE 'reg%' OR t.typname LIKE 'pg\_brin\_%'
                 OR t.typname IN ('aclitem', 'money', 'xml', 'char', 'pg_node_tree', 'pg_ndistinct', 'pg_dependencies', 'pg_mcv_list'))) AS bad(columns)
    WHERE columns IS NOT NULL
    UNION ALL
    SELECT format('the type %s of column %I belongs to %s, who could change what it takes and how it prints; use ALTER TYPE ... OWNER TO, or a type of the table''s owner',
                  t.oid::regtype, u.name, pg_get_userbyid(t.typowner))
    FROM rowseal_internal.types(target, settings) AS u JOIN pg_type t ON t.oid = u.type JOIN pg_authid r ON r.oid = t.typowner JOIN pg_class c ON c.oid = target
    WHERE t.typowner <> c.relowner AND NOT r.rolsuper
$$;
COMMENT ON FUNCTION rowseal_internal.type_flaws(oid, jsonb) IS 'Signed columns whose values may come to print otherwise, where nobody can watch it or somebody else decides it.';
