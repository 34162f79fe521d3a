CREATE FUNCTION rowseal_internal.template_card() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Made by rowseal.protect for {{table}}. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The public key of an owner, after a byte that is 1 if the card is committed and 0 if this very transaction has written it, which may be
-- rolled back. Empty: there is no card.
#variable_conflict use_variable
DECLARE
    card bytea;
BEGIN
    -- A key is the same in all versions of a card. The longest has 2,614 bytes.
    SELECT CASE WHEN age(r.xmin) > 0 THEN E'\\x01'::bytea ELSE E'\\x00'::bytea END || substring(r.{{public_key}}::bytea FOR 4096) INTO card
    FROM {{table}} AS r WHERE r.{{owner}} = owner_id LIMIT 1;
    RETURN coalesce(card, '');
END
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_card() IS
'Function that reads an owner''s public key.';
