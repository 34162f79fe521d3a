CREATE FUNCTION rowseal_internal.template_look_version() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Where does a version belong? 0: here. 1: it is here already, or it is the tip. 2: here, in the place of something else. 3: in the data
-- table, for there is no newer tip.
#variable_conflict use_variable
DECLARE
    tip_timestamp bigint;
    tip_signature bytea;
    same boolean;
    {{declare_large}}
BEGIN
    SELECT r.{{owner_timestamp}}::int8, r.{{signature}}::bytea, CASE WHEN r.{{signature}} = new_signature THEN {{tip_image}} = new_image END{{select_tip_large_of_same}}
    INTO tip_timestamp, tip_signature, same{{into_large}}
    FROM {{data}} AS r WHERE {{has_key}};
    IF NOT FOUND THEN
        RETURN 3;
    ELSIF same{{and_large_is_same}} THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) > (coalesce(tip_timestamp, -9223372036854775808), coalesce(tip_signature, '')) THEN
        RETURN 3;
    END IF;
    SELECT {{stored_image}} = new_image{{select_large}} INTO same{{into_large}} FROM {{versions}} AS r WHERE {{has_version_key}};
    IF FOUND AND same{{and_large_is_same}} THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) = (tip_timestamp, tip_signature) THEN
        RETURN 3; -- Another row than the tip, of the same timestamp and signature: the data table's trigger tells which is the tip.
    ELSIF NOT FOUND THEN
        RETURN 0;
    END IF;
    RETURN 2;
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_look_version() IS
'Function that looks where a version belongs.';
