-- Templates: whole function bodies with named slots, {{slot}}.

CREATE FUNCTION rowseal_internal.fill(template text, slots jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    line text;
    alone text[];
    name text;
    filled text := '';
BEGIN
    FOR name IN SELECT DISTINCT m[1] FROM regexp_matches(template, '\{\{(\w+)\}\}', 'g') AS m LOOP
        IF NOT slots ? name THEN
            RAISE EXCEPTION 'no value for the slot % of a template', name;
        END IF;
    END LOOP;
    -- Each line once, so that a value that looks like a slot stays what it is.
    FOREACH line IN ARRAY string_to_array(btrim(template, E'\n'), E'\n') LOOP
        alone := regexp_match(line, '^( *)\{\{(\w+)\}\}$');
        IF alone IS NULL THEN
            filled := filled || rowseal_internal.fill_line(line, slots) || E'\n';
        ELSIF slots ->> alone[2] <> '' THEN
            filled := filled || alone[1] || replace(slots ->> alone[2], E'\n', E'\n' || alone[1]) || E'\n';
        END IF;
    END LOOP;
    RETURN E'\n' || filled;
END
$$;
COMMENT ON FUNCTION rowseal_internal.fill(text, jsonb) IS
'A template with its slots filled, in one pass. A slot that has a line to itself takes any number of lines, indented as it is; none where it is empty.';

CREATE FUNCTION rowseal_internal.fill_line(line text, slots jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(string_agg(part[1] || coalesce(slots ->> part[2], ''), '' ORDER BY n), '')
    FROM regexp_matches(line, '(.*?)(?:\{\{(\w+)\}\}|$)', 'g') WITH ORDINALITY AS m(part, n)
$$;
COMMENT ON FUNCTION rowseal_internal.fill_line(text, jsonb) IS 'A line of a template with its slots filled.';
