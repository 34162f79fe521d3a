CREATE FUNCTION rowseal_internal.template_look() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- What is stored under the key of a row? 0: nothing. 1: the same row, byte for byte. 2: an older one, or something else of the same
-- timestamp and signature. 3: a newer one.
#variable_conflict use_variable
DECLARE
    stored_timestamp bigint;
    stored_signature bytea;
    same boolean;
    {{declare_large}}
BEGIN
    SELECT r.{{owner_timestamp}}::int8, r.{{signature}}::bytea, CASE WHEN r.{{signature}} = new_signature THEN {{stored_image}} = new_image END{{select_large_of_same}}
    INTO stored_timestamp, stored_signature, same{{into_large}}
    FROM {{table}} AS r WHERE {{has_key}};
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF same{{and_large_is_same}} THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) < (stored_timestamp, stored_signature) THEN
        RETURN 3;
    END IF;
    RETURN 2;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_look() IS
'Function that looks at the tip of a key.';
