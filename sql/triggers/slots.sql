-- What the slots of the templates are filled with, from a table's settings and its columns.

CREATE FUNCTION rowseal_internal.own_identifier(settings jsonb, name text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal_internal.identifier(rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), name)) $$;
COMMENT ON FUNCTION rowseal_internal.own_identifier(jsonb, text) IS 'What the table whose settings these are calls a column of the data table, quoted.';

CREATE FUNCTION rowseal_internal.argument_type(target oid, column_name text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE base(typ) AS (
        SELECT atttypid FROM pg_attribute WHERE attrelid = target AND attname = column_name AND NOT attisdropped
        UNION ALL
        SELECT t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ AND t.typtype = 'd')
    SELECT rowseal_internal.type_name(b.typ, NULL) FROM base b JOIN pg_type t ON t.oid = b.typ WHERE t.typtype <> 'd'
$$;
COMMENT ON FUNCTION rowseal_internal.argument_type(oid, text) IS 'The type as which a column''s value is handed to a function; a domain counts as its base type.';

CREATE FUNCTION rowseal_internal.look_columns(settings jsonb) RETURNS TABLE (n bigint, name text, of_key boolean)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT row_number() OVER (ORDER BY min(x.n)), x.name, bool_or(x.of_key)
    FROM (SELECT n, k, NOT rowseal_internal.is_versions(settings) OR settings -> 'key' ? k FROM jsonb_array_elements_text(settings -> 'primary_key') WITH ORDINALITY AS key(k, n)
          UNION ALL
          SELECT 1000 + n, k, false FROM jsonb_array_elements_text(settings -> 'versions_key') WITH ORDINALITY AS key(k, n) WHERE rowseal_internal.is_versions(settings)) AS x(n, name, of_key)
    GROUP BY x.name
$$;
COMMENT ON FUNCTION rowseal_internal.look_columns(jsonb) IS
'The columns by which a stored row is looked for, in the order of the look function''s arguments, and which of them make the data table''s primary key.';

CREATE FUNCTION rowseal_internal.may_be_incomplete(target oid, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format(CASE WHEN a.atttypid IN ('bytea'::regtype, 'text'::regtype, 'varchar'::regtype) THEN 'NEW.%1$s = OLD.%1$s' ELSE 'record_image_eq(ROW(NEW.%1$s), ROW(OLD.%1$s))' END
                             || ' AND pg_column_size(NEW.%1$s) > 24', rowseal_internal.identifier(i.here)), ' OR ' ORDER BY i.n)
    FROM rowseal_internal.image_columns(settings) i JOIN pg_attribute a ON a.attrelid = target AND a.attname = i.here AND NOT a.attisdropped
    WHERE a.attlen = -1 AND a.attstorage <> 'p' AND NOT settings -> 'key' ? i.name
$$;
COMMENT ON FUNCTION rowseal_internal.may_be_incomplete(oid, jsonb) IS
'The condition under which an UPDATE may leave a signed value in a TOAST table untouched; NULL where no column can be so large. Key columns do not count, for by them a subscriber finds its row.';

CREATE FUNCTION rowseal_internal.unsigned_columns(target oid, settings jsonb) RETURNS TABLE (n smallint, name text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT attnum, rowseal_internal.identifier(attname) FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname NOT IN (SELECT i.here FROM rowseal_internal.image_columns(settings) i)
$$;
COMMENT ON FUNCTION rowseal_internal.unsigned_columns(oid, jsonb) IS 'The columns that are not signed and not generated, quoted.';

CREATE FUNCTION rowseal_internal.local_changes(target oid, settings jsonb, changed text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE count(*) WHEN 0 THEN '' ELSE btrim(rowseal_internal.fill(rowseal_internal.template_local_changes(), jsonb_build_object(
        'new_local', string_agg('NEW.' || name, ', ' ORDER BY n), 'old_local', string_agg('OLD.' || name, ', ' ORDER BY n), 'return_changed', changed)), E'\n') END
    FROM rowseal_internal.unsigned_columns(target, settings)
$$;
COMMENT ON FUNCTION rowseal_internal.local_changes(oid, jsonb, text) IS
'The part of a trigger function for UPDATE that stores changes of columns that are not signed, given how it returns the row; empty where there are none.';

CREATE FUNCTION rowseal_internal.stored_with_local_changes(target oid, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT btrim(rowseal_internal.fill(rowseal_internal.template_stored_with_local_changes(), jsonb_build_object('assign_local', string_agg(format('OLD.%1$s := NEW.%1$s;', name), E'\n' ORDER BY n))), E'\n')
    FROM rowseal_internal.unsigned_columns(target, settings)
$$;
COMMENT ON FUNCTION rowseal_internal.stored_with_local_changes(oid, jsonb) IS 'The part of a trigger function for UPDATE that returns what is stored but for columns that are not signed.';

CREATE FUNCTION rowseal_internal.settable(target oid) RETURNS TABLE (n smallint, name text, type text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT attnum, attname::text, rowseal_internal.type_name(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a'
$$;
COMMENT ON FUNCTION rowseal_internal.settable(oid) IS 'The columns that an INSERT may name.';

CREATE FUNCTION rowseal_internal.row_as_json(target oid, settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Forty columns each: a function takes a hundred arguments at most.
    SELECT string_agg(part, ' || ' ORDER BY chunk)
    FROM (SELECT n / 40 AS chunk, format('jsonb_build_object(%s)', string_agg(format('%L, rowseal_internal.printed(NEW.%s)', name, rowseal_internal.identifier(name)), ', ' ORDER BY n)) AS part
          FROM rowseal_internal.settable(target) GROUP BY 1) AS chunks
$$;
COMMENT ON FUNCTION rowseal_internal.row_as_json(oid, jsonb) IS 'The SQL expression of a row as a JSON object of texts.';

CREATE FUNCTION rowseal_internal.parks(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT settings ->> 'on_invalid' = 'quarantine' OR settings ->> 'on_unknown_owner' = 'defer' $$;
COMMENT ON FUNCTION rowseal_internal.parks(jsonb) IS 'Whether refused rows may be put aside.';

CREATE FUNCTION rowseal_internal.note(settings jsonb, alias text, image text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($x$'rowseal_' || encode(sha256('\x%s'::bytea || %s%s), 'hex')$x$, encode(rowseal_internal.policy_id(settings || '{"role": "versions"}'), 'hex'), image,
        CASE WHEN settings ? 'large' THEN format($x$ || coalesce(sha256(%s), '')$x$, rowseal_internal.beside(settings, alias)) END)
$$;
COMMENT ON FUNCTION rowseal_internal.note(jsonb, text, text) IS
'The SQL expression of what the data table''s trigger notes of a row that it archives, and the versions table''s trigger expects: the SHA-256 of which versions table it is for, which others are not, of the image, which says itself where it ends, and of the value beside it.';

CREATE FUNCTION rowseal_internal.table_slots(target oid, settings jsonb, suffix text) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT jsonb_build_object(
        'table', rowseal_internal.own_name(settings), 'table_text', quote_literal(rowseal_internal.own_name(settings)), 'table_oid', quote_literal(rowseal_internal.own_name(settings)) || '::regclass',
        'data', settings ->> 'table', 'versions', settings ->> 'versions', 'versions_text', coalesce(quote_literal(settings ->> 'versions'), 'NULL'), 'identities_text', coalesce(quote_literal(settings ->> 'identities'), 'NULL'),
        'policy', format('decode(%L, %L)', encode(rowseal_internal.policy_id(settings), 'hex'), 'hex'), 'most_bytes', rowseal_internal.most_bytes()::text,
        'quarantines', CASE settings ->> 'on_invalid' WHEN 'quarantine' THEN 'true' ELSE 'false' END,
        'new_image', rowseal_internal.image(settings, 'NEW', settings ->> 'large'), 'new_large', CASE WHEN has_large THEN rowseal_internal.beside(settings, 'NEW') ELSE 'NULL' END,
        'old_image', rowseal_internal.image(settings, 'OLD', settings ->> 'large'), 'old_large', CASE WHEN has_large THEN rowseal_internal.beside(settings, 'OLD') ELSE 'NULL' END,
        'stored_image', rowseal_internal.image(settings, 'r', settings ->> 'large'),
        'new_bytes', 'octet_length(new_image)' || CASE WHEN has_large THEN format(' + coalesce(octet_length(%s), 0)', rowseal_internal.beside(settings, 'NEW')) ELSE '' END,
        'new_signed', 'new_image' || CASE WHEN has_large THEN format(' || coalesce(%s, '''')', rowseal_internal.beside(settings, 'NEW')) ELSE '' END,
        'note_of_old', rowseal_internal.note(settings, 'OLD', 'old_image'), 'note_of_new', rowseal_internal.note(settings, 'NEW', 'new_image'),
        'and_large_is_unchanged', CASE WHEN has_large THEN format(' AND %s IS NOT DISTINCT FROM %s', rowseal_internal.beside(settings, 'NEW'), rowseal_internal.beside(settings, 'OLD')) ELSE '' END,
        'look', rowseal_internal.identifier('look_' || suffix), 'replace', rowseal_internal.identifier('replace_' || suffix), 'archive', rowseal_internal.identifier('archive_' || suffix),
        'promote', rowseal_internal.identifier('promote_' || suffix), 'owner', rowseal_internal.own_identifier(settings, settings ->> 'owner'),
        'public_key', rowseal_internal.own_identifier(settings, settings ->> 'public_key'))
    FROM (SELECT settings ? 'large') AS x(has_large)
$$;
COMMENT ON FUNCTION rowseal_internal.table_slots(oid, jsonb, text) IS 'Slots that name the table, its images and its functions.';

CREATE FUNCTION rowseal_internal.row_slots(target oid, settings jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH looked AS (SELECT n, of_key, name, rowseal_internal.own_identifier(settings, name) AS here, rowseal_internal.identifier(name) AS there FROM rowseal_internal.look_columns(settings)),
    image AS (SELECT n, rowseal_internal.identifier(name) AS there, rowseal_internal.identifier(here) AS here,
                     rowseal_internal.identifier(rowseal_internal.column_in(settings, true, name)) AS in_versions FROM rowseal_internal.image_columns(settings)),
    whole AS (SELECT settings || CASE WHEN rowseal_internal.is_versions(settings) THEN '{"role": "data"}'::jsonb ELSE '{}' END AS data)
    SELECT jsonb_build_object(
        'has_key', (SELECT string_agg(format('r.%s = k%s', CASE WHEN rowseal_internal.is_versions(settings) THEN there ELSE here END, n), ' AND ' ORDER BY n) FROM looked WHERE of_key),
        'has_version_key', (SELECT string_agg(format('r.%s = k%s', here, n), ' AND ' ORDER BY n) FROM looked WHERE settings -> 'versions_key' ? name),
        'is_row', (SELECT string_agg(format('r.%1$s = incoming.%1$s', rowseal_internal.own_identifier(settings, k)), ' AND ' ORDER BY n)
                   FROM jsonb_array_elements_text(settings -> CASE WHEN rowseal_internal.is_versions(settings) THEN 'versions_key' ELSE 'primary_key' END) WITH ORDINALITY AS key(k, n)),
        'look_arguments', (SELECT string_agg(format('NEW.%s', here), ', ' ORDER BY n) FROM looked)
            || format(', NEW.%s, NEW.%s, new_image%s', rowseal_internal.own_identifier(settings, settings ->> 'owner_timestamp'), rowseal_internal.own_identifier(settings, settings ->> 'signature'), ', ' || CASE WHEN settings ? 'large' THEN rowseal_internal.beside(settings, 'NEW') END),
        'owner_timestamp', rowseal_internal.identifier(settings ->> 'owner_timestamp'), 'signature', rowseal_internal.identifier(settings ->> 'signature'),
        'tip_image', rowseal_internal.image(whole.data, 'r', settings ->> 'large'),
        'assignments', (SELECT string_agg(format('%1$s = incoming.%1$s', here), ', ' ORDER BY n) FROM image),
        'image', rowseal_internal.image(settings, 'r'))
    FROM whole
$$;
COMMENT ON FUNCTION rowseal_internal.row_slots(oid, jsonb) IS 'Slots by which rows are found and written.';

CREATE FUNCTION rowseal_internal.large_slots(settings jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    -- Such a value is not compared in the statement that finds it, for planning a statement copies its parameters.
    SELECT jsonb_object_agg(slot, CASE WHEN settings ? 'large' THEN value ELSE '' END)
    FROM (VALUES ('declare_large', 'stored_large bytea;'), ('into_large', ', stored_large'), ('and_large_is_same', ' AND new_large IS NOT DISTINCT FROM stored_large'),
                 ('select_large', ', ' || rowseal_internal.beside(settings, 'r')),
                 ('select_large_of_same', format(', CASE WHEN r.%s = new_signature THEN %s END', rowseal_internal.identifier(settings ->> 'signature'), rowseal_internal.beside(settings, 'r'))),
                 ('select_tip_large_of_same', format(', CASE WHEN r.%s = new_signature THEN %s END', rowseal_internal.identifier(settings ->> 'signature'), rowseal_internal.beside(settings || '{"role": "data"}', 'r')))) AS x(slot, value)
$$;
COMMENT ON FUNCTION rowseal_internal.large_slots(jsonb) IS 'Slots for the value that goes beside the image; empty where no column has such values.';

CREATE FUNCTION rowseal_internal.moved_slots(settings jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT jsonb_build_object(
        'columns', string_agg(rowseal_internal.identifier(there), ', ' ORDER BY n),
        'values', string_agg('incoming.' || rowseal_internal.identifier(here), ', ' ORDER BY n),
        'assignments_there', string_agg(format('%s = incoming.%s', rowseal_internal.identifier(there), rowseal_internal.identifier(here)), ', ' ORDER BY n),
        'is_row_there', string_agg(format('r.%s = incoming.%s', rowseal_internal.identifier(there), rowseal_internal.identifier(here)), ' AND ' ORDER BY n) FILTER (WHERE settings -> 'versions_key' ? name))
    FROM (SELECT n, name, here, CASE WHEN rowseal_internal.is_versions(settings) THEN name ELSE rowseal_internal.column_in(settings, true, name) END AS there
          FROM rowseal_internal.image_columns(settings)) AS image
$$;
COMMENT ON FUNCTION rowseal_internal.moved_slots(jsonb) IS 'Slots of the functions that move rows between the data table and the versions table: columns there, values from here.';

CREATE FUNCTION rowseal_internal.verification(target oid, settings jsonb, ask text, refusal text, slots jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT btrim(rowseal_internal.fill(rowseal_internal.template_verify(), asked || jsonb_build_object(
        'get_card', CASE WHEN settings ->> 'public_key' IS NULL THEN
            btrim(rowseal_internal.fill(rowseal_internal.template_get_card(), asked || jsonb_build_object(
                'card', rowseal_internal.identifier('card_' || (settings ->> 'identities_suffix')),
                'new_owner', format('NEW.%s::%s', rowseal_internal.own_identifier(settings, settings ->> 'owner'), rowseal_internal.owner_type(settings)))), E'\n') ELSE '' END,
        'refuse', btrim(rowseal_internal.fill(CASE WHEN rowseal_internal.parks(settings) THEN rowseal_internal.template_park() ELSE rowseal_internal.template_refuse() END,
            asked || jsonb_build_object('refusal', refusal, 'new_row', rowseal_internal.row_as_json(target, settings))), E'\n'))), E'\n')
    FROM (SELECT slots || jsonb_build_object('ask', ask)) AS x(asked)
$$;
COMMENT ON FUNCTION rowseal_internal.verification(oid, jsonb, text, text, jsonb) IS 'The part of a trigger function that has Java verify the row, given the call that asks it, and the one that asks why a row was refused.';

CREATE FUNCTION rowseal_internal.version_id_filling(settings jsonb, slots jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE WHEN settings ->> 'version_id' = settings ->> 'signature' THEN '' ELSE
            btrim(rowseal_internal.fill(rowseal_internal.template_fill_version_id(), slots || jsonb_build_object(
                'version_id', rowseal_internal.own_identifier(settings, settings ->> 'version_id'), 'signature', rowseal_internal.own_identifier(settings, settings ->> 'signature'),
                'new_version_id', (SELECT CASE settings ->> 'version_id_type' WHEN 'text' THEN format('%L || encode(%s, ''hex'')', settings ->> 'version_prefix', digest) ELSE digest END
                                   FROM format('rowseal_internal.version_id(NEW.%s, %L)', rowseal_internal.own_identifier(settings, settings ->> 'signature'), settings ->> 'version_hash') AS digest))), E'\n') END
$$;
COMMENT ON FUNCTION rowseal_internal.version_id_filling(jsonb, jsonb) IS 'The part of a trigger function that fills in the version id; empty where versions go by their signature.';

CREATE FUNCTION rowseal_internal.bulk_slots(hands_over boolean, is_own text) RETURNS jsonb
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN hands_over THEN jsonb_build_object(
            'declare_bulk', E'context text;\nstatement bigint := 0;',
            'take_statement', btrim(rowseal_internal.fill(rowseal_internal.template_take_statement(), jsonb_build_object('is_own', is_own)), E'\n'),
            'call_helpers', btrim(rowseal_internal.template_call_helpers(), E'\n'))
        ELSE '{"declare_bulk": "", "take_statement": "", "call_helpers": ""}' END
$$;
COMMENT ON FUNCTION rowseal_internal.bulk_slots(boolean, text) IS 'Slots of what a trigger function does for bulk statements, given how it knows a statement of the client''s own; empty where no row is handed over.';

CREATE FUNCTION rowseal_internal.insert_slots(target oid, settings jsonb, slots jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT slots || jsonb_build_object(
        'take_image', btrim(rowseal_internal.fill(rowseal_internal.template_take_image(), slots), E'\n'),
        'fill_version_id', rowseal_internal.version_id_filling(settings, slots),
        'replaces', CASE settings ->> 'on_stale' WHEN 'error' THEN 'IN (2, 3)' ELSE '= 2' END,
        'ignore_older', CASE settings ->> 'on_stale' WHEN 'error' THEN '' ELSE btrim(rowseal_internal.fill(rowseal_internal.template_ignore_older(), slots), E'\n') END,
        'verify', rowseal_internal.verification(target, settings, format(CASE WHEN hands_over THEN 'rowseal_internal.hand_over(policy, new_image, %s, card, statement)'
                ELSE 'rowseal_internal.verify(policy, new_image, %s, card)' END, slots ->> 'new_large'),
            format('rowseal_internal.refusal(policy, new_image, %s, NULL, NULL, card)', slots ->> 'new_large'), slots || bulk))
        || bulk
    FROM rowseal_internal.hands_over(settings) AS hands_over, rowseal_internal.bulk_slots(hands_over, 'stored = 0 AND rowseal_internal.is_own_statement(context)') AS bulk
$$;
COMMENT ON FUNCTION rowseal_internal.insert_slots(oid, jsonb, jsonb) IS 'Slots of the trigger functions for INSERT.';

CREATE FUNCTION rowseal_internal.update_slots(target oid, settings jsonb, slots jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT slots || jsonb_build_object(
        'take_image', btrim(rowseal_internal.fill(rowseal_internal.template_take_image(), slots), E'\n'),
        'fill_version_id', rowseal_internal.version_id_filling(settings, slots),
        'complete', CASE WHEN incomplete IS NULL THEN '' ELSE
            btrim(rowseal_internal.fill(rowseal_internal.template_complete(), slots || jsonb_build_object('may_be_incomplete', incomplete)), E'\n') END,
        'unchanged', btrim(rowseal_internal.fill(rowseal_internal.template_unchanged(), slots || jsonb_build_object('local_changes', rowseal_internal.local_changes(target, settings, 'RETURN NEW;'))), E'\n'),
        'local_changes', rowseal_internal.local_changes(target, settings, rowseal_internal.stored_with_local_changes(target, settings)),
        'verify', rowseal_internal.verification(target, settings, format(CASE WHEN hands_over THEN 'rowseal_internal.hand_over_update(policy, new_image, %s, old_image, %s, card, statement)'
                ELSE 'rowseal_internal.verify_update(policy, new_image, %s, old_image, %s, card)' END, slots ->> 'new_large', slots ->> 'old_large'),
            format('rowseal_internal.refusal(policy, new_image, %s, old_image, %s, card)', slots ->> 'new_large', slots ->> 'old_large'), slots || bulk))
        || bulk
    FROM rowseal_internal.may_be_incomplete(target, settings) AS incomplete,
         CAST(rowseal_internal.hands_over(settings) AND settings ->> 'layout' <> 'one-table' AS boolean) AS hands_over, -- There, nothing replaces anything.
         rowseal_internal.bulk_slots(hands_over, 'rowseal_internal.is_own_statement(context)') AS bulk
$$;
COMMENT ON FUNCTION rowseal_internal.update_slots(oid, jsonb, jsonb) IS 'Slots of the trigger functions for UPDATE.';
