CREATE FUNCTION rowseal.explain("table" regclass, "row" jsonb)
RETURNS TABLE (step integer, "check" text, ok boolean, finding text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET bytea_output = 'hex'
AS $$
#variable_conflict use_variable
DECLARE
    target regclass := $1;
    settings jsonb;
    unread text;
    owner text;
    cards_table regclass;
    cards bytea[];
    tip bytea := '';
    steps text[];
BEGIN
    SELECT p.settings, "row" ->> coalesce(CASE WHEN p.versions = target THEN p.settings -> 'versions_columns' ->> (p.settings ->> 'owner') END, p.settings ->> 'owner'),
           (SELECT string_agg(t::text, ', ') FROM (SELECT p."table" UNION SELECT target) AS x(t) WHERE NOT has_table_privilege(t, 'SELECT') OR row_security_active(t))
    INTO settings, owner, unread FROM rowseal.protected AS p WHERE target IN (p."table", p.versions);
    cards_table := (SELECT c.oid FROM parse_ident(settings ->> 'identities') AS part JOIN pg_namespace AS n ON n.nspname = part[1]
                    JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = part[2]);
    -- What is stored is looked up with the caller's rights, or not at all.
    IF has_table_privilege(cards_table, 'SELECT') AND NOT row_security_active(cards_table) THEN
        EXECUTE rowseal.audit_query(target, 'cards') INTO cards USING ARRAY[owner];
    END IF;
    IF settings IS NOT NULL AND unread IS NULL THEN
        EXECUTE rowseal.audit_query(target, 'tip') INTO tip USING "row";
    END IF;
    steps := rowseal.explain_given(target, "row", CASE WHEN cards_table IS NOT NULL THEN coalesce(cards[1], '') END, tip);
    FOR i IN 1 .. cardinality(steps) / 3 LOOP
        step := i;
        "check" := steps[3 * i - 2];
        ok := steps[3 * i - 1]::boolean;
        finding := steps[3 * i];
        IF "check" = 'owner''s key' AND cards_table IS NOT NULL AND cards IS NULL THEN
            ok := NULL;
            finding := format('not looked up: no SELECT on %s', cards_table);
        END IF;
        RETURN NEXT;
        EXIT WHEN ok IS NOT true;
    END LOOP;
    IF ok AND unread IS NOT NULL THEN
        step := step + 1;
        "check" := 'order';
        ok := NULL;
        finding := format('not looked up: no SELECT on %s', unread);
        RETURN NEXT;
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal.explain(regclass, jsonb) IS
'Step by step what a write of the row would check and find, up to the first failure. Writes nothing. Stored rows are looked up with the caller''s rights; where these do not suffice, or row-level security could hide a row, ok is NULL and the finding says so. RS012 for a table that is not protected, RS006 for a row that has columns which the table has not, or is larger than 12 MiB.';
