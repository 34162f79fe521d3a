-- FUNCTION card_cards(owner_id bytea) RETURNS bytea, run as the table's owner
-- Made by rowseal.protect for public.cards. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The public key of an owner, after a byte that is 1 if the card is committed and 0 if this very transaction has written it, which may be
-- rolled back. Empty: there is no card.
#variable_conflict use_variable
DECLARE
    card bytea;
BEGIN
    -- A key is the same in all versions of a card. The longest has 2,614 bytes.
    SELECT CASE WHEN age(r.xmin) > 0 THEN E'\\x01'::bytea ELSE E'\\x00'::bytea END || substring(r.sign_pkey::bytea FOR 4096) INTO card
    FROM public.cards AS r WHERE r.user_hash = owner_id LIMIT 1;
    RETURN coalesce(card, '');
END

-- FUNCTION image_cards(given jsonb) RETURNS bytea, run as the table's owner
-- Made by rowseal.protect for public.cards. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- The image of a row that is given as JSON.
DECLARE
    image bytea;
BEGIN
    SELECT record_send(ROW(r.user_hash::bytea, r.sign_pkey::bytea, convert_to(r.name::text, 'UTF8'), r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) INTO image FROM jsonb_populate_record(NULL::public.cards, given) AS r;
    RETURN image;
END

-- FUNCTION look_cards(k1 bytea, new_timestamp bigint, new_signature bytea, new_image bytea, new_large bytea) RETURNS integer, run as the table's owner
-- Made by rowseal.protect for public.cards. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- What is stored under the key of a row? 0: nothing. 1: the same row, byte for byte. 2: an older one, or something else of the same
-- timestamp and signature. 3: a newer one.
#variable_conflict use_variable
DECLARE
    stored_timestamp bigint;
    stored_signature bytea;
    same boolean;
    stored_large bytea;
BEGIN
    SELECT r.owner_timestamp::int8, r.sign_b64::bytea, CASE WHEN r.sign_b64 = new_signature THEN record_send(ROW(r.user_hash::bytea, NULL::bytea, convert_to(r.name::text, 'UTF8'), r.deleted_flag::bool, r.owner_timestamp::int8, r.sign_b64::bytea)) = new_image END, CASE WHEN r.sign_b64 = new_signature THEN r.sign_pkey::bytea END
    INTO stored_timestamp, stored_signature, same, stored_large
    FROM public.cards AS r WHERE r.user_hash = k1;
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF same AND new_large IS NOT DISTINCT FROM stored_large THEN
        RETURN 1;
    ELSIF (new_timestamp, new_signature) < (stored_timestamp, stored_signature) THEN
        RETURN 3;
    END IF;
    RETURN 2;
END

-- FUNCTION on_card_cards() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.cards, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
BEGIN
    PERFORM rowseal_internal.on_card('public.cards'::regclass, rowseal.text(NEW.user_hash));
    RETURN NULL;
END

-- FUNCTION on_insert_cards() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.cards, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('8b9106cbd270419c7a3db56aea7c2d4abd5e75c4bdaa0bb3af813ea9bfc29f84', 'hex');
    new_image bytea;
    stored integer;
    card bytea;
    verdict bigint;
BEGIN
    new_image := record_send(ROW(NEW.user_hash::bytea, NULL::bytea, convert_to(NEW.name::text, 'UTF8'), NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.sign_pkey::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.cards', octet_length(new_image) + coalesce(octet_length(NEW.sign_pkey::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    stored := rowseal_internal.look_cards(NEW.user_hash, NEW.owner_timestamp, NEW.sign_b64, new_image, NEW.sign_pkey::bytea);
    IF stored = 1 THEN
        RETURN NULL; -- It is here already, byte for byte.
    ELSIF stored = 2 THEN
        IF rowseal_internal.replace_cards(NEW) THEN
            RETURN NULL; -- It became an UPDATE, whose trigger has verified it.
        END IF;
    END IF;
    verdict := rowseal_internal.verify(policy, new_image, NEW.sign_pkey::bytea, card);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.verify(policy, new_image, NEW.sign_pkey::bytea, card);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.sign_pkey::bytea, NULL, NULL, card));
    END IF;
    IF stored = 3 THEN
        RETURN NULL; -- It is older than what is stored.
    END IF;
    RETURN NEW;
END

-- FUNCTION on_update_cards() RETURNS trigger, run as Rowseal's owner
-- Trigger function of public.cards, made by rowseal.protect. It runs with the rights of Rowseal's owner, and therefore touches no
-- table itself: functions that run as the table's owner do.
DECLARE
    policy CONSTANT bytea := decode('8b9106cbd270419c7a3db56aea7c2d4abd5e75c4bdaa0bb3af813ea9bfc29f84', 'hex');
    new_image bytea;
    old_image bytea;
    card bytea;
    verdict bigint;
BEGIN
    -- Logical replication leaves out large values that an UPDATE does not write, and a subscriber would fill them in from its own row,
    -- which may be another version. A composite value holds no references to TOAST tables.
    IF NEW.sign_pkey = OLD.sign_pkey AND pg_column_size(NEW.sign_pkey) > 24 OR NEW.name = OLD.name AND pg_column_size(NEW.name) > 24 OR NEW.sign_b64 = OLD.sign_b64 AND pg_column_size(NEW.sign_b64) > 24 THEN
        NEW := jsonb_populate_record(NEW, '{}');
    END IF;
    new_image := record_send(ROW(NEW.user_hash::bytea, NULL::bytea, convert_to(NEW.name::text, 'UTF8'), NEW.deleted_flag::bool, NEW.owner_timestamp::int8, NEW.sign_b64::bytea));
    IF octet_length(new_image) + coalesce(octet_length(NEW.sign_pkey::bytea), 0) > 12582912 THEN
        PERFORM rowseal_internal.refuse_size('public.cards', octet_length(new_image) + coalesce(octet_length(NEW.sign_pkey::bytea), 0), discard => false);
        RETURN NULL;
    END IF;
    old_image := record_send(ROW(OLD.user_hash::bytea, NULL::bytea, convert_to(OLD.name::text, 'UTF8'), OLD.deleted_flag::bool, OLD.owner_timestamp::int8, OLD.sign_b64::bytea));
    IF new_image = old_image AND NEW.sign_pkey::bytea IS NOT DISTINCT FROM OLD.sign_pkey::bytea THEN
        RETURN NULL; -- Nothing changes.
    END IF;
    verdict := rowseal_internal.verify_update(policy, new_image, NEW.sign_pkey::bytea, old_image, OLD.sign_pkey::bytea, card);
    IF verdict = 1 THEN -- The first time in this connection.
        PERFORM rowseal_internal.learn(policy, tg_argv[0]);
        verdict := rowseal_internal.verify_update(policy, new_image, NEW.sign_pkey::bytea, old_image, OLD.sign_pkey::bytea, card);
    END IF;
    IF verdict = 3 THEN
        PERFORM rowseal_internal.refuse_row(rowseal_internal.refusal(policy, new_image, NEW.sign_pkey::bytea, old_image, OLD.sign_pkey::bytea, card));
    END IF;
    IF verdict <> 0 THEN
        RETURN NULL; -- It is older than the stored row.
    END IF;
    RETURN NEW;
END

-- FUNCTION replace_cards(incoming anyelement) RETURNS boolean, run as the table's owner
-- Made by rowseal.protect for public.cards. It runs as the table's owner, and only Rowseal's own trigger functions can call it.
-- Puts a row in the place of the one with its primary key. False: there is none.
BEGIN
    UPDATE public.cards AS r SET user_hash = incoming.user_hash, sign_pkey = incoming.sign_pkey, name = incoming.name, deleted_flag = incoming.deleted_flag, owner_timestamp = incoming.owner_timestamp, sign_b64 = incoming.sign_b64 WHERE r.user_hash = incoming.user_hash;
    IF FOUND THEN
        RETURN true;
    END IF;
    RETURN EXISTS (SELECT FROM public.cards AS r WHERE r.user_hash = incoming.user_hash); -- Then the trigger has put the row elsewhere.
END
