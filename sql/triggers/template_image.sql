CREATE FUNCTION rowseal_internal.template_image() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The image of a row that is given as JSON.
DECLARE
    image bytea;
BEGIN
    SELECT {{image}} INTO image FROM jsonb_populate_record(NULL::{{table}}, given) AS r;
    RETURN image;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_image() IS
'Function that makes the image of a row in JSON.';
