CREATE FUNCTION rowseal_internal.template_on_card() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Trigger function of {{table}}, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
BEGIN
    PERFORM rowseal_internal.on_card({{table_oid}}, rowseal.text(NEW.{{owner}}));
    RETURN NULL;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_on_card() IS
'Trigger function of an identity table: rows that waited for a card are offered again.';
