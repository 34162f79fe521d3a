-- FUNCTION image_notes_versions(given jsonb) RETURNS bytea, run as the table's owner
-- Made by rowseal.protect for public.notes_versions. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The image of a row that is given as JSON.
DECLARE
    image bytea;
BEGIN
    SELECT record_send(ROW(r.user_hash::bytea, convert_to(r.note_id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), r.attachment::bytea, r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) INTO image FROM jsonb_populate_record(NULL::public.notes_versions, given) AS r;
    RETURN image;
END

-- FUNCTION look_notes_versions(k1 bytea, k2 uuid, k3 bytea, new_timestamp bigint, new_signature bytea, new_image bytea, new_large bytea) RETURNS integer, run as the table's owner
-- Made by rowseal.protect for public.notes_versions. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Where does a version belong? 0: here. 1: it is here already, or it is the tip. 2: here, in the place of something else. 3: in the data
-- table, for there is no newer tip.
#variable_conflict use_variable
DECLARE
    tip_timestamp bigint;
    tip_signature bytea;
    same boolean;
    stored_large bytea;
BEGIN
    SELECT r.owner_timestamp::int8, r.sign_b64::bytea, CASE WHEN r.sign_b64 = new_signature THEN record_send(ROW(r.user_hash::bytea, convert_to(r.id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), NULL::bytea, r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) = new_image END, CASE WHEN r.sign_b64 = new_signature THEN r.attachment::bytea END
    INTO tip_timestamp, tip_signature, same, stored_large
    FROM public.notes AS r WHERE r.user_hash = k1 AND r.id = k2;
    IF NOT FOUND THEN
        RETURN 3;
    ELSIF same AND new_large IS NOT DISTINCT FROM stored_large THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) > (coalesce(tip_timestamp, -9223372036854775808), coalesce(tip_signature, '')) THEN
        RETURN 3;
    END IF;
    SELECT record_send(ROW(r.user_hash::bytea, convert_to(r.note_id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), NULL::bytea, r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) = new_image, r.attachment::bytea INTO same, stored_large FROM public.notes_versions AS r WHERE r.sign_b64 = k3;
    IF FOUND AND same AND new_large IS NOT DISTINCT FROM stored_large THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) = (tip_timestamp, tip_signature) THEN
        RETURN 3; -- Another row than the tip, of the same timestamp and signature: the data table's trigger tells which is the tip.
    ELSIF NOT FOUND THEN
        RETURN 0;
    END IF;
    RETURN 2;
END

-- FUNCTION on_insert_notes_versions() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.notes_versions, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('7c14506ba0e700678d00bf746b9d62af2fce7b07b669eb004972f6e8ead7ca32', 'hex');
    new_image bytea;
    stored integer;
    card bytea;
    verdict bigint;
    done boolean;
BEGIN
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.note_id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NULL::bytea, NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.notes_versions', octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    IF starts_with(current_setting('backtrace_functions'), 'rowseal_') AND current_setting('backtrace_functions') = 'rowseal_' || encode(sha256('\x7c14506ba0e700678d00bf746b9d62af2fce7b07b669eb004972f6e8ead7ca32'::bytea || new_image || coalesce(sha256(NEW.attachment::bytea), '')), 'hex') THEN
        RETURN NEW; -- The data table's trigger has noted that it archives this very row, which it has verified, now or when it became the tip.
    END IF;
    stored := rowseal_internal.look_notes_versions(NEW.user_hash, NEW.note_id, NEW.sign_b64, NEW.owner_timestamp, NEW.sign_b64, new_image, NEW.attachment::bytea);
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, or is the tip.
    ELSIF stored = 3 THEN
        done := rowseal_internal.promote_notes_versions(NEW);
        RETURN NULL; -- It is newer than the tip, so it went to the data table, whose trigger has verified it.
    ELSIF stored = 2 THEN
        -- Something else is stored as this version: an UPDATE puts it right if this row is the owner's word.
        IF rowseal_internal.replace_notes_versions(NEW) THEN
            RETURN NULL;
        END IF;
    END IF;
    verdict := rowseal_internal.verify(policy, new_image, NEW.attachment::bytea, card);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.verify(policy, new_image, NEW.attachment::bytea, card);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.verify(policy, new_image, NEW.attachment::bytea, card);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.attachment::bytea, NULL, NULL, card));
    END IF;
    RETURN NEW;
END

-- FUNCTION on_update_notes_versions() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.notes_versions, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('7c14506ba0e700678d00bf746b9d62af2fce7b07b669eb004972f6e8ead7ca32', 'hex');
    new_image bytea;
    old_image bytea;
    card bytea;
    verdict bigint;
BEGIN
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.note_id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NULL::bytea, NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.notes_versions', octet_length(new_image) + coalesce(octet_length(NEW.attachment::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    old_image := record_send(ROW(OLD.user_hash::bytea, convert_to(OLD.note_id::text, 'UTF8'), convert_to(OLD.body::text, 'UTF8'), NULL::bytea, OLD.deleted_flag::bool, OLD.owner_timestamp::int8, OLD.sign_b64::bytea));
    IF new_image = old_image AND NEW.attachment::bytea IS NOT DISTINCT FROM OLD.attachment::bytea THEN
        -- Columns that are not signed are set by an UPDATE, whatever becomes of its version; by one that replication applies with a new
        -- version only, for it would be published, and two peers could answer each other for ever.
        IF record_image_ne(ROW(NEW.seen), ROW(OLD.seen)) AND current_setting('session_replication_role') <> 'replica' THEN
            RETURN NEW;
        END IF;
        RETURN NULL; -- Nothing changes.
    END IF;
    -- Refused, but where what is stored as this version is not the owner's word and the new row is.
    verdict := rowseal_internal.verify_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.verify_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.verify_update(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.attachment::bytea, old_image, OLD.attachment::bytea, card));
    END IF;
    IF verdict <> 0 THEN
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

-- FUNCTION promote_notes_versions(incoming anyelement) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.notes_versions. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row of the versions table into the data table.
BEGIN
    INSERT INTO public.notes (user_hash, id, body, attachment, deleted_flag, owner_timestamp, sign_b64) VALUES (incoming.user_hash, incoming.note_id, incoming.body, incoming.attachment, incoming.deleted_flag, incoming.owner_timestamp, incoming.sign_b64) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        -- Once more, for it may have given way to a row that another transaction has stored meanwhile. Now the trigger sees that row.
        INSERT INTO public.notes (user_hash, id, body, attachment, deleted_flag, owner_timestamp, sign_b64) VALUES (incoming.user_hash, incoming.note_id, incoming.body, incoming.attachment, incoming.deleted_flag, incoming.owner_timestamp, incoming.sign_b64) ON CONFLICT DO NOTHING;
    END IF;
    RETURN FOUND;
END

-- FUNCTION replace_notes_versions(incoming anyelement) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.notes_versions. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row in the place of the one with its primary key. False: there is none.
BEGIN
    UPDATE public.notes_versions AS r SET user_hash = incoming.user_hash, note_id = incoming.note_id, body = incoming.body, attachment = incoming.attachment, deleted_flag = incoming.deleted_flag, owner_timestamp = incoming.owner_timestamp, sign_b64 = incoming.sign_b64 WHERE r.sign_b64 = incoming.sign_b64;
    IF FOUND THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM public.notes_versions AS r WHERE r.sign_b64 = incoming.sign_b64); -- Then the trigger has put the row elsewhere.
END
