CREATE FUNCTION rowseal_internal.template_look_beside() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- What is stored as the version that a row is? 0: nothing. 1: the same row, byte for byte. 2: something else.
#variable_conflict use_variable
DECLARE
    same boolean;
    {{declare_large}}
BEGIN
    SELECT {{stored_image}} = new_image{{select_large}} INTO same{{into_large}} FROM {{table}} AS r WHERE {{has_key}};
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF same{{and_large_is_same}} THEN
        RETURN 1;
    END IF;
    RETURN 2;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_look_beside() IS
'Function that looks at a version where all versions stand in one table.';
