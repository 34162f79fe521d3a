-- FUNCTION archive_notes(incoming anyelement, verified boolean) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row of the data table into the versions table.
BEGIN
    INSERT INTO public.notes_versions (user_hash, note_id, body, attachment, deleted_flag, owner_timestamp, sign_b64) VALUES (incoming.user_hash, incoming.id, incoming.body, incoming.attachment, incoming.deleted_flag, incoming.owner_timestamp, incoming.sign_b64) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN true;
    ELSIF verified THEN
        -- Something else has its version id, as where one signature fits two rows: the trigger says which of them stays.
        BEGIN
            UPDATE public.notes_versions AS r SET user_hash = incoming.user_hash, note_id = incoming.id, body = incoming.body, attachment = incoming.attachment, deleted_flag = incoming.deleted_flag, owner_timestamp = incoming.owner_timestamp, sign_b64 = incoming.sign_b64 WHERE r.sign_b64 = incoming.sign_b64;
        EXCEPTION WHEN SQLSTATE 'RS007' OR SQLSTATE 'RS009' THEN
            NULL; -- The row was tampered with while it was the tip.
        END;
    END IF;
    RETURN EXISTS (SELECT FROM public.notes_versions AS r WHERE r.sign_b64 = incoming.sign_b64);
END

-- FUNCTION image_notes(given jsonb) RETURNS bytea, run as the table's owner
-- Made by rowseal.protect for public.notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The image of a row that is given as JSON.
DECLARE
    image bytea;
BEGIN
    SELECT record_send(ROW(r.user_hash::bytea, convert_to(r.id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), r.attachment::bytea, r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) INTO image FROM jsonb_populate_record(NULL::public.notes, given) AS r;
    RETURN image;
END

-- FUNCTION look_notes(k1 bytea, k2 uuid, new_timestamp bigint, new_signature bytea, new_image bytea, new_large bytea) RETURNS integer, run as the table's owner
-- Made by rowseal.protect for public.notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- What is stored under the key of a row? 0: nothing. 1: the same row, byte for byte. 2: an older one, or something else of the same
-- timestamp and signature. 3: a newer one.
#variable_conflict use_variable
DECLARE
    stored_timestamp bigint;
    stored_signature bytea;
    same boolean;
    stored_large bytea;
BEGIN
    SELECT r.owner_timestamp::int8, r.sign_b64::bytea, CASE WHEN r.sign_b64 = new_signature THEN record_send(ROW(r.user_hash::bytea, convert_to(r.id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), NULL::bytea, r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) = new_image END, CASE WHEN r.sign_b64 = new_signature THEN r.attachment::bytea END
    INTO stored_timestamp, stored_signature, same, stored_large
    FROM public.notes AS r WHERE r.user_hash = k1 AND r.id = k2;
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF same AND new_large IS NOT DISTINCT FROM stored_large THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) < (stored_timestamp, stored_signature) THEN
        RETURN 3;
    END IF;
    RETURN 2;
END

-- FUNCTION on_insert_notes() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.notes, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('46746067d1222d8e3193c3b8e2d61d4e6a675b35563aeb55badc366d63209a6f', 'hex');
    new_image bytea;
    stored integer;
    card bytea;
    verdict bigint;
    context text;
    statement bigint := 0;
    done boolean;
BEGIN
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NULL::bytea, NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.notes', octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    stored := rowseal_internal.look_notes(NEW.user_hash, NEW.id, NEW.owner_timestamp, NEW.sign_b64, new_image, NEW.attachment::bytea);
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, byte for byte.
    ELSIF stored = 2 THEN
        IF rowseal_internal.replace_notes(NEW) THEN
            RETURN NULL; -- It became an UPDATE, whose trigger has verified it.
        END IF;
    ELSIF stored = 3 THEN
        done := rowseal_internal.archive_notes(NEW, false);
        RETURN NULL; -- It is older, so it went to the versions table, whose trigger has verified it.
    END IF;
    -- Rows of a statement of the client's own may be verified until it ends.
    IF current_setting('rowseal.helpers', true) IS DISTINCT FROM '0' THEN
        GET DIAGNOSTICS context = PG_CONTEXT;
        IF stored = 0 AND rowseal_internal.is_own_statement(context) THEN
            statement := rowseal_internal.statement_number();
        END IF;
    END IF;
    verdict := rowseal_internal.hand_over(policy, new_image, NEW.attachment::bytea, card, statement);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.hand_over(policy, new_image, NEW.attachment::bytea, card, statement);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.hand_over(policy, new_image, NEW.attachment::bytea, card, statement);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.attachment::bytea, NULL, NULL, card));
    END IF;
    IF verdict >= 8 THEN -- It is verified, and more rows seem to come.
        PERFORM rowseal_internal.call_helpers(statement, rowseal_internal.helpers());
        verdict := verdict - 8;
    END IF;
    RETURN NEW;
END

-- FUNCTION on_update_notes() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.notes, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('46746067d1222d8e3193c3b8e2d61d4e6a675b35563aeb55badc366d63209a6f', 'hex');
    new_image bytea;
    old_image bytea;
    card bytea;
    verdict bigint;
    context text;
    statement bigint := 0;
    done boolean;
    note text;
    stood_there text;
BEGIN
    -- Logical replication leaves out large values that an UPDATE does not write, and a subscriber would fill them in from its own row,
    -- which may be another version. A composite value holds no references to TOAST tables.
    IF NEW.body = OLD.body AND pg_column_size(NEW.body) > 24 OR NEW.attachment = OLD.attachment AND pg_column_size(NEW.attachment) > 24 OR NEW.sign_b64 = OLD.sign_b64 AND pg_column_size(NEW.sign_b64) > 24 THEN
        NEW := jsonb_populate_record(NEW, '{}');
    END IF;
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NULL::bytea, NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.notes', octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    old_image := record_send(ROW(OLD.user_hash::bytea, convert_to(OLD.id::text, 'UTF8'), convert_to(OLD.body::text, 'UTF8'), NULL::bytea, OLD.deleted_flag::bool, OLD.owner_timestamp::int8, OLD.sign_b64::bytea));
    IF new_image = old_image AND NEW.attachment::bytea IS NOT DISTINCT FROM OLD.attachment::bytea THEN
        -- Columns that are not signed are set by an UPDATE, whatever becomes of its version; by one that replication applies with a new
        -- version only, for it would be published, and two peers could answer each other for ever.
        IF record_image_ne(ROW(NEW.seen), ROW(OLD.seen)) AND current_setting('session_replication_role') <> 'replica' THEN
            RETURN NEW;
        END IF;
        RETURN NULL; -- Nothing changes.
    END IF;
    -- Rows of a statement of the client's own may be verified until it ends.
    IF current_setting('rowseal.helpers', true) IS DISTINCT FROM '0' THEN
        GET DIAGNOSTICS context = PG_CONTEXT;
        IF rowseal_internal.is_own_statement(context) THEN
            statement := rowseal_internal.statement_number();
        END IF;
    END IF;
    verdict := rowseal_internal.hand_over_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card, statement);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.hand_over_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card, statement);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.hand_over_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card, statement);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card));
    END IF;
    IF verdict >= 8 THEN -- It is verified, and more rows seem to come.
        PERFORM rowseal_internal.call_helpers(statement, rowseal_internal.helpers());
        verdict := verdict - 8;
    END IF;
    IF verdict = 4 THEN
        -- A note to the trigger of the versions table: which row is on its way. It stands in a setting that only superusers may change,
        -- and that PostgreSQL takes back where the statement fails. As a setting it means nothing: there is no function of that name.
        stood_there := current_setting('backtrace_functions');
        note := set_config('backtrace_functions', 'rowseal_' || encode(sha256('\x7c14506ba0e700678d00bf746b9d62af2fce7b07b669eb004972f6e8ead7ca32'::bytea || old_image || coalesce(sha256(OLD.attachment::bytea), '')), 'hex'), true);
        done := rowseal_internal.archive_notes(OLD, true);
        note := set_config('backtrace_functions', stood_there, true);
        IF NOT done THEN
            PERFORM rowseal_internal.refuse_loss('public.notes', 'public.notes_versions');
        END IF;
    ELSIF verdict <> 0 THEN
        IF verdict = 5 THEN
            done := rowseal_internal.archive_notes(NEW, false); -- It is older than the tip. The versions table's trigger verifies it.
        ELSIF verdict = 7 THEN
            -- It has the tip's timestamp and signature, but lesser bytes. It was verified, and must not come back as a candidate.
            stood_there := current_setting('backtrace_functions');
            note := set_config('backtrace_functions', 'rowseal_' || encode(sha256('\x7c14506ba0e700678d00bf746b9d62af2fce7b07b669eb004972f6e8ead7ca32'::bytea || new_image || coalesce(sha256(NEW.attachment::bytea), '')), 'hex'), true);
            done := rowseal_internal.archive_notes(NEW, true);
            note := set_config('backtrace_functions', stood_there, true);
            IF NOT done THEN
                PERFORM rowseal_internal.refuse_loss('public.notes', 'public.notes_versions');
            END IF;
        END IF;
        -- Columns that are not signed are set by an UPDATE, whatever becomes of its version; by one that replication applies with a new
        -- version only, for it would be published, and two peers could answer each other for ever.
        IF record_image_ne(ROW(NEW.seen), ROW(OLD.seen)) AND current_setting('session_replication_role') <> 'replica' THEN
            OLD := jsonb_populate_record(OLD, '{}'); -- So that logical replication leaves out no large values.
            OLD.seen := NEW.seen;
            RETURN OLD;
        END IF;
        RETURN NULL;
    END IF;
    RETURN NEW;
END

-- FUNCTION replace_notes(incoming anyelement) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row in the place of the one with its primary key. False: there is none.
BEGIN
    UPDATE public.notes AS r SET user_hash = incoming.user_hash, id = incoming.id, body = incoming.body, attachment = incoming.attachment, deleted_flag = incoming.deleted_flag, owner_timestamp = incoming.owner_timestamp, sign_b64 = incoming.sign_b64 WHERE r.user_hash = incoming.user_hash AND r.id = incoming.id;
    IF FOUND THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM public.notes AS r WHERE r.user_hash = incoming.user_hash AND r.id = incoming.id); -- Then the trigger has put the row elsewhere.
END
