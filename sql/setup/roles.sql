-- Two roles, for the whole cluster: DROP EXTENSION leaves them, for other databases may use them.

CREATE FUNCTION rowseal_internal.make_role(name text, purpose text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF to_regrole(name) IS NULL THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXECUTE format('COMMENT ON ROLE %I IS %L', name, purpose);
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- another database of the cluster has just made it
END
$$;
COMMENT ON FUNCTION rowseal_internal.make_role(text, text) IS 'Makes a group role unless there is one of that name.';

SELECT rowseal_internal.make_role('rowseal_admin', 'Rowseal: may remove history by rowseal.prune, and all that rowseal_auditor may');
SELECT rowseal_internal.make_role('rowseal_auditor', 'Rowseal: may call rowseal.doctor; to audit a table it also needs SELECT on it');

CREATE FUNCTION rowseal_internal.grant_to_role(privilege text, role text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = role AND NOT rolcanlogin AND NOT rolsuper) THEN
        EXECUTE format('GRANT %s TO %I', privilege, role);
    ELSE
        RAISE WARNING 'the role % may log in or is a superuser, so it was made for something else and is granted nothing', role;
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.grant_to_role(text, text) IS 'Grants a privilege to one of the two roles, unless somebody uses its name for a user.';
