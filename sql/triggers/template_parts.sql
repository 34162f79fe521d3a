-- Parts that several templates share.

CREATE FUNCTION rowseal_internal.most_bytes() RETURNS integer
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT 12582912 $$;
COMMENT ON FUNCTION rowseal_internal.most_bytes() IS
'How many bytes a row may have, 12 MiB: a row must fit Java''s heap, and a bound that depended on one server''s heap would let one peer accept what another refuses.';

CREATE FUNCTION rowseal_internal.refuse_size("table" text, bytes integer, discard boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    problem text := format('malformed: %s: a row of %s bytes; it may have %s (12 MiB) at most', $1, bytes, rowseal_internal.most_bytes());
BEGIN
    IF discard THEN
        PERFORM rowseal_internal.tell_aside('refused', 'RS006', problem);
        RAISE WARNING USING ERRCODE = 'RS006', MESSAGE = problem || '; discarded, for it is too large to put aside';
        RETURN;
    END IF;
    PERFORM rowseal_internal.refuse_row(ARRAY['RS006', problem]);
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_size(text, integer, boolean) IS 'Raises RS006: an error, or a warning where refused rows must stop nobody.';

CREATE FUNCTION rowseal_internal.template_take_image() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
new_image := {{new_image}};
IF {{new_bytes}} > {{most_bytes}} THEN
    PERFORM rowseal_internal.refuse_size({{table_text}}, {{new_bytes}}, discard => {{quarantines}});
    RETURN NULL;
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_take_image() IS 'Makes the image of the new row, and bounds it.';

CREATE FUNCTION rowseal_internal.template_fill_version_id() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF NEW.{{version_id}} IS NULL AND octet_length(NEW.{{signature}}) BETWEEN 1 AND 65536 THEN
    NEW.{{version_id}} := {{new_version_id}};
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_fill_version_id() IS 'Fills in the hash of the signature where a version goes by it.';

CREATE FUNCTION rowseal_internal.template_complete() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Logical replication leaves out large values that an UPDATE does not write, and a subscriber would fill them in from its own row,
-- which may be another version. A composite value holds no references to TOAST tables.
IF {{may_be_incomplete}} THEN
    NEW := jsonb_populate_record(NEW, '{}');
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_complete() IS 'Makes an UPDATE write large unchanged values again.';

CREATE FUNCTION rowseal_internal.template_unchanged() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF new_image = old_image{{and_large_is_unchanged}} THEN
    {{local_changes}}
    RETURN NULL; -- Nothing changes.
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_unchanged() IS 'Lets an UPDATE pass that changes nothing signed, if it changes anything.';

CREATE FUNCTION rowseal_internal.template_local_changes() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Columns that are not signed are set by an UPDATE, whatever becomes of its version; by one that replication applies with a new
-- version only, for it would be published, and two peers could answer each other for ever.
IF record_image_ne(ROW({{new_local}}), ROW({{old_local}})) AND current_setting('session_replication_role') <> 'replica' THEN
    {{return_changed}}
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_local_changes() IS 'Stores changes of columns that are not signed.';

CREATE FUNCTION rowseal_internal.template_stored_with_local_changes() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
OLD := jsonb_populate_record(OLD, '{}'); -- So that logical replication leaves out no large values.
{{assign_local}}
RETURN OLD;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_stored_with_local_changes() IS 'Returns what is stored but for columns that are not signed.';

CREATE FUNCTION rowseal_internal.template_verify() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
{{take_statement}}
verdict := {{ask}};
IF verdict = 1 THEN -- The first time in this connection.
    PERFORM rowseal_internal.learn(policy, tg_argv[0]);
    verdict := {{ask}};
END IF;
{{get_card}}
{{refuse}}
{{call_helpers}}
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_verify() IS 'Has Java verify the row.';

CREATE FUNCTION rowseal_internal.template_take_statement() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
-- Rows of a statement of the client's own may be verified until it ends.
IF current_setting('rowseal.helpers', true) IS DISTINCT FROM '0' THEN
    GET DIAGNOSTICS context = PG_CONTEXT;
    IF {{is_own}} THEN
        statement := rowseal_internal.statement_number();
    END IF;
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_take_statement() IS 'Finds out the number of the statement, or 0 if the row is to be verified at once.';

CREATE FUNCTION rowseal_internal.template_call_helpers() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF verdict >= 8 THEN -- It is verified, and more rows seem to come.
    PERFORM rowseal_internal.call_helpers(statement, rowseal_internal.helpers());
    verdict := verdict - 8;
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_call_helpers() IS 'Lets other threads verify the rows that follow.';

CREATE FUNCTION rowseal_internal.template_get_card() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF verdict = 2 THEN -- The owner's key is not known yet.
    card := rowseal_internal.{{card}}({{new_owner}});
    verdict := {{ask}};
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_get_card() IS 'Gives Java the card of a row''s owner.';

CREATE FUNCTION rowseal_internal.template_refuse() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF verdict = 3 THEN
    PERFORM rowseal_internal.refuse_row({{refusal}});
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_refuse() IS 'Raises the refusal of a row.';

CREATE FUNCTION rowseal_internal.template_park() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF verdict = 3 THEN -- Refused: an error, or put aside.
    PERFORM rowseal_internal.park({{table_text}}, {{identities_text}}, {{refusal}},
        {{new_signed}}, {{new_row}});
    RETURN NULL;
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_park() IS 'Puts a refused row aside.';

CREATE FUNCTION rowseal_internal.template_ignore_older() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
IF stored = 3 THEN
    RETURN NULL; -- It is older than what is stored.
END IF;
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_ignore_older() IS 'Ignores an older row after it was verified.';
