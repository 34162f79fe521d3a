CREATE FUNCTION rowseal_internal.template_offer() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Inserts a row that was put aside, given as texts by column.
BEGIN
    INSERT INTO {{table}} ({{columns}}) VALUES ({{values}});
    RETURN true;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_offer() IS
'Function that inserts a parked row.';
