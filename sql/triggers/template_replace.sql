CREATE FUNCTION rowseal_internal.template_replace() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row in the place of the one with its primary key. False: there is none.
BEGIN
    UPDATE {{table}} AS r SET {{assignments}} WHERE {{is_row}};
    IF FOUND THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM {{table}} AS r WHERE {{is_row}}); -- Then the trigger has put the row elsewhere.
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_replace() IS
'Function that turns an INSERT into an UPDATE.';
