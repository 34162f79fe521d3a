CREATE FUNCTION rowseal_internal.template_archive() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row of the data table into the versions table.
BEGIN
    INSERT INTO {{versions}} ({{columns}}) VALUES ({{values}}) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN true;
    ELSIF verified THEN
        -- Something else has its version id, as where one signature fits two rows: the trigger says which of them stays.
        BEGIN
            UPDATE {{versions}} AS r SET {{assignments_there}} WHERE {{is_row_there}};
        EXCEPTION WHEN SQLSTATE 'RS007' OR SQLSTATE 'RS009' THEN
            NULL; -- The row was tampered with while it was the tip.
        END;
    END IF;
    RETURN EXISTS (SELECT FROM {{versions}} AS r WHERE {{is_row_there}});
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_archive() IS
'Function that archives a row. False: it is not there.';
