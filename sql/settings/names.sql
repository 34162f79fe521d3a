-- Names as SQL text writes them.

CREATE FUNCTION rowseal_internal.identifier(name text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN name IN ('begin', 'by', 'declare', 'execute', 'foreach', 'if', 'loop', 'strict', 'while') THEN '"' || name || '"' ELSE quote_ident(name) END
$$;
COMMENT ON FUNCTION rowseal_internal.identifier(text) IS
'A name as an identifier of PL/pgSQL, which reserves more words than SQL. The caller pins quote_all_identifiers where texts are compared.';

CREATE FUNCTION rowseal_internal.qualified(relation oid) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$ SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation $$;
COMMENT ON FUNCTION rowseal_internal.qualified(oid) IS 'The name of a table with its schema, quoted; NULL for the number of no table.';

CREATE FUNCTION rowseal_internal.relation(name text) RETURNS oid
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.oid FROM parse_ident(name) AS part JOIN pg_namespace n ON n.nspname = part[1] JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = part[2]
$$;
COMMENT ON FUNCTION rowseal_internal.relation(text) IS
'The table with a qualified name; NULL if there is none. Unlike to_regclass it does not ask whether the caller may use the schema.';

CREATE FUNCTION rowseal_internal.type_name(type oid, modifier integer) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$ SELECT format_type(type, modifier) $$;
COMMENT ON FUNCTION rowseal_internal.type_name(oid, integer) IS 'A type as SQL writes it: with its schema, unless that is pg_catalog.';
