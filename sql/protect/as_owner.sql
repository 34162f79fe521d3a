CREATE FUNCTION rowseal_internal.as_owner(owner oid, body text) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    name text := 'as_owner_' || pg_backend_pid();
    answer text;
BEGIN
    EXECUTE format('CREATE FUNCTION rowseal_internal.%I() RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET row_security = off AS %L', name, body);
    EXECUTE format('REVOKE ALL ON FUNCTION rowseal_internal.%I() FROM PUBLIC', name);
    EXECUTE format('ALTER FUNCTION rowseal_internal.%I() OWNER TO %I', name, pg_get_userbyid(owner));
    EXECUTE format('SELECT rowseal_internal.%I()', name) INTO answer;
    EXECUTE format('DROP FUNCTION rowseal_internal.%I()', name);
    RETURN answer;
END
$$;
COMMENT ON FUNCTION rowseal_internal.as_owner(oid, text) IS
'Runs PL/pgSQL (a block that returns text) with the rights of a role. Whatever Rowseal does on a table outside of its triggers it does so: even to read a table is to run code of its owner, since the planner evaluates what is constant in the expressions of indexes.';
