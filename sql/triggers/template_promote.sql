CREATE FUNCTION rowseal_internal.template_promote() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row of the versions table into the data table.
BEGIN
    INSERT INTO {{data}} ({{columns}}) VALUES ({{values}}) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        -- Once more, for it may have given way to a row that another transaction has stored meanwhile. Now the trigger sees that row.
        INSERT INTO {{data}} ({{columns}}) VALUES ({{values}}) ON CONFLICT DO NOTHING;
    END IF;
    RETURN FOUND;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_promote() IS
'Function that makes a version the tip.';
