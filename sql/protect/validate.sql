CREATE FUNCTION rowseal.validate(target regclass) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stored bigint;
BEGIN
    IF NOT pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = target), 'USAGE') THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', target);
    END IF;
    stored := rowseal.require_valid(target);
    PERFORM rowseal.request(target, '{"do": "record validation"}');
    RETURN format('%s is validated: %s stored rows verified', target, stored);
END
$$;
COMMENT ON FUNCTION rowseal.validate(regclass) IS
'Verifies what a protected table and its versions table hold, as rowseal.protect does with validate => true, and records it: rowseal.protected shows when. Writers go on meanwhile; only to record it a lock is taken, for a moment. Needs ownership of the table. Refuses as rowseal.require_valid does.';

CREATE FUNCTION rowseal_internal.record_validation(target regclass, is_valid boolean) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE rowseal_internal.guarded g SET validated = CASE WHEN is_valid THEN now() END WHERE g.relation = target AND g."table" = target;
    IF NOT FOUND THEN
        PERFORM rowseal_internal.refuse(target, 'the table is not protected');
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.record_validation(regclass, boolean) IS
'Records that what a table and its versions table hold was verified, or is not any more. It is its owner''s word, who could as well take protection off: acceptance does not depend on it.';

CREATE FUNCTION rowseal_internal.is_validated(target regclass, wanted jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    of_new_rows text[] := ARRAY['on_invalid', 'on_unknown_owner', 'on_stale'];
    is_same boolean := (SELECT g.validated IS NOT NULL AND s - of_new_rows = wanted - of_new_rows FROM rowseal_internal.guarded g, rowseal_internal.settings_of(target) s WHERE g.relation = target);
BEGIN
    RETURN coalesce(is_same, false) AND NOT EXISTS (
        SELECT FROM unnest(ARRAY[target, rowseal_internal.relation(wanted ->> 'versions')]) AS r, rowseal_internal.flaws(r) WHERE r IS NOT NULL);
END
$$;
COMMENT ON FUNCTION rowseal_internal.is_validated(regclass, jsonb) IS
'Whether what a table holds was verified under settings that differ from these in nothing but what becomes of new rows, and no trigger of it has been off since.';
