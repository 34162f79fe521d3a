CREATE FUNCTION rowseal_internal.hands_over(settings jsonb) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal_internal.is_bulk(settings) AND NOT EXISTS (
        SELECT FROM unnest(ARRAY[settings ->> 'table', settings ->> 'versions']) AS name, LATERAL rowseal_internal.tree(rowseal_internal.relation(name)) AS part,
             pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
        WHERE t.tgrelid = part AND NOT t.tgisinternal AND t.tgtype & (4 | 16) <> 0 AND p.pronamespace <> 'rowseal_internal'::regnamespace)
$$;
COMMENT ON FUNCTION rowseal_internal.hands_over(jsonb) IS
'Whether rows of a data table may be verified until the end of the statement that inserts them: not if somebody''s own triggers, there or on the versions table, would see them before.';

CREATE FUNCTION rowseal_internal.is_bulk(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT settings ->> 'role' = 'data' AND NOT rowseal_internal.parks(settings) $$;
COMMENT ON FUNCTION rowseal_internal.is_bulk(jsonb) IS
'Whether a table has the trigger that waits for what was handed over. Not if refused rows are put aside, for then the verdict decides what is stored.';

CREATE FUNCTION rowseal_internal.helpers() RETURNS bigint
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN given ~ '^[0-9]{1,4}$' THEN given::bigint ELSE 4 END FROM current_setting('rowseal.helpers', true) AS given $$;
COMMENT ON FUNCTION rowseal_internal.helpers() IS
'How many threads help a bulk statement, but for the bound that the cores set: the setting rowseal.helpers, by default 4. It changes nothing but the time.';
