-- FUNCTION image_all_notes(given jsonb) RETURNS bytea, run as the table's owner
-- Made by rowseal.protect for public.all_notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The image of a row that is given as JSON.
DECLARE
    image bytea;
BEGIN
    SELECT record_send(ROW(r.user_hash::bytea, convert_to(r.id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea, r.sign_hash::bytea)) INTO image FROM jsonb_populate_record(NULL::public.all_notes, given) AS r;
    RETURN image;
END

-- FUNCTION look_all_notes(k1 bytea, k2 uuid, k3 bytea, new_timestamp bigint, new_signature bytea, new_image bytea) RETURNS integer, run as the table's owner
-- Made by rowseal.protect for public.all_notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- What is stored as the version that a row is? 0: nothing. 1: the same row, byte for byte. 2: something else.
#variable_conflict use_variable
DECLARE
    same boolean;
BEGIN
    SELECT record_send(ROW(r.user_hash::bytea, convert_to(r.id::text, 'UTF8'), convert_to(r.body::text, 'UTF8'), r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea, r.sign_hash::bytea)) = new_image INTO same FROM public.all_notes AS r WHERE r.user_hash = k1 AND r.id = k2 AND r.sign_hash = k3;
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF same THEN
        RETURN 1;
    END IF;
    RETURN 2;
END

-- FUNCTION on_insert_all_notes() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.all_notes, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('1bf69873801b300549f5c759631b28c251ff84649b6b1b37cd98b54a351e0be6', 'hex');
    new_image bytea;
    stored integer;
    card bytea;
    verdict bigint;
    context text;
    statement bigint := 0;
BEGIN
    IF NEW.sign_hash IS NULL AND octet_length(NEW.sign_b64) BETWEEN 1 AND 65536 THEN
        NEW.sign_hash := rowseal_internal.version_id(NEW.sign_b64, 'SHA-256');
    END IF;
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea, NEW.sign_hash::bytea));
    IF octet_length(new_image) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.all_notes', octet_length(new_image), discard => false);
        RETURN NULL;
    END IF;
    stored := rowseal_internal.look_all_notes(NEW.user_hash, NEW.id, NEW.sign_hash, NEW.owner_timestamp, NEW.sign_b64, new_image);
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, byte for byte.
    ELSIF stored = 2 THEN
        -- Something else is stored as this version: an UPDATE puts it right if this row is the owner's word.
        IF rowseal_internal.replace_all_notes(NEW) THEN
            RETURN NULL;
        END IF;
    END IF;
    -- Rows of a statement of the client's own may be verified until it ends.
    IF current_setting('rowseal.helpers', true) IS DISTINCT FROM '0' THEN
        GET DIAGNOSTICS context = PG_CONTEXT;
        IF stored = 0 AND rowseal_internal.is_own_statement(context) THEN
            statement := rowseal_internal.statement_number();
        END IF;
    END IF;
    verdict := rowseal_internal.hand_over(policy, new_image, NULL, card, statement);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.hand_over(policy, new_image, NULL, card, statement);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.hand_over(policy, new_image, NULL, card, statement);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NULL, NULL, NULL, card));
    END IF;
    IF verdict >= 8 THEN -- It is verified, and more rows seem to come.
        PERFORM rowseal_internal.call_helpers(statement, rowseal_internal.helpers());
        verdict := verdict - 8;
    END IF;
    RETURN NEW;
END

-- FUNCTION on_update_all_notes() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.all_notes, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('1bf69873801b300549f5c759631b28c251ff84649b6b1b37cd98b54a351e0be6', 'hex');
    new_image bytea;
    old_image bytea;
    card bytea;
    verdict bigint;
BEGIN
    IF NEW.sign_hash IS NULL AND octet_length(NEW.sign_b64) BETWEEN 1 AND 65536 THEN
        NEW.sign_hash := rowseal_internal.version_id(NEW.sign_b64, 'SHA-256');
    END IF;
    new_image := record_send(ROW(NEW.user_hash::bytea, convert_to(NEW.id::text, 'UTF8'), convert_to(NEW.body::text, 'UTF8'), NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea, NEW.sign_hash::bytea));
    IF octet_length(new_image) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.all_notes', octet_length(new_image), discard => false);
        RETURN NULL;
    END IF;
    old_image := record_send(ROW(OLD.user_hash::bytea, convert_to(OLD.id::text, 'UTF8'), convert_to(OLD.body::text, 'UTF8'), OLD.deleted_flag::bool, OLD.owner_timestamp::int8, OLD.sign_b64::bytea, OLD.sign_hash::bytea));
    IF new_image = old_image THEN
        RETURN NULL; -- Nothing changes.
    END IF;
    -- Refused, but where what is stored as this version is not the owner's word and the new row is.
    verdict := rowseal_internal.verify_update(policy, new_image, NULL, old_image, NULL, card);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.verify_update(policy, new_image, NULL, old_image, NULL, card);
    END IF;
    IF verdict = 2 THEN -- The owner's key is not known yet.
        card := rowseal_internal.card_cards(NEW.user_hash::bytea);
        verdict := rowseal_internal.verify_update(policy, new_image, NULL, old_image, NULL, card);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NULL, old_image, NULL, card));
    END IF;
    IF verdict <> 0 THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
END

-- FUNCTION replace_all_notes(incoming anyelement) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.all_notes. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row in the place of the one with its primary key. False: there is none.
BEGIN
    UPDATE public.all_notes AS r SET user_hash = incoming.user_hash, id = incoming.id, body = incoming.body, deleted_flag = incoming.deleted_flag, owner_timestamp = incoming.owner_timestamp, sign_b64 = incoming.sign_b64, sign_hash = incoming.sign_hash WHERE r.user_hash = incoming.user_hash AND r.id = incoming.id AND r.sign_hash = incoming.sign_hash;
    IF FOUND THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM public.all_notes AS r WHERE r.user_hash = incoming.user_hash AND r.id = incoming.id AND r.sign_hash = incoming.sign_hash); -- Then the trigger has put the row elsewhere.
END
