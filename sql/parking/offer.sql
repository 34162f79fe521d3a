-- Parked rows are offered again to the table whose trigger has put them aside, as that table's owner.

CREATE FUNCTION rowseal_internal.insert_parked(target regclass, "row" jsonb, replica boolean) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
-- As rowseal_internal.printed has printed it, and as the session was that brought the row.
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
SET bytea_output = 'hex'
SET lc_monetary = 'C'
SET array_nulls = on
SET xmloption = content
SET standard_conforming_strings = on
SET transform_null_equals = off
SET row_security = on
-- A stranger may be storing the same row, and not end.
SET lock_timeout = '1s'
AS $$
DECLARE
    done boolean;
    stood_there text := current_setting('session_replication_role');
    role_then text := CASE WHEN replica THEN 'replica' WHEN stood_there = 'replica' THEN 'origin' ELSE stood_there END;
    inserter text := 'offer_' || rowseal_internal.suffix_of(target);
BEGIN
    IF inserter IS NULL OR to_regprocedure(format('rowseal_internal.%I(jsonb)', inserter)) IS NULL THEN
        PERFORM rowseal_internal.refuse(target, 'it puts no rows aside any more; protect it with on_invalid => ''quarantine'' or on_unknown_owner => ''defer'' to offer them again');
    END IF;
    IF role_then <> stood_there THEN
        PERFORM set_config('session_replication_role', role_then, true);
    END IF;
    EXECUTE format('SELECT rowseal_internal.%I($1)', inserter) INTO done USING "row";
    IF role_then <> stood_there THEN
        PERFORM set_config('session_replication_role', stood_there, true);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.insert_parked(regclass, jsonb, boolean) IS
'Has the function of a table''s owner insert a row. What the session has set takes no part in it.';

CREATE FUNCTION rowseal_internal.offer(ids bigint[]) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- A subtransaction for each row would be many where all are good, and one for all would begin anew with each bad row. So as long as rows are
    -- good more and more share one, and a bad one is soon alone.
    place integer := 1;
    size integer := 1;
    offered rowseal_internal.parked;
    failure text;
    message text;
BEGIN
    WHILE place <= cardinality(ids) LOOP
        BEGIN
            FOR offered IN DELETE FROM rowseal_internal.parked p WHERE p.id = ANY (ids[place:place + size - 1]) RETURNING p.* LOOP
                PERFORM rowseal_internal.insert_parked(offered."table", offered."row", offered.replica);
            END LOOP;
            place := place + size;
            size := size * 2;
            CONTINUE;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS failure = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
        END;
        IF failure IN ('55P03', '40P01') THEN
            RETURN; -- Somebody is writing the same rows. To wait for that once is enough.
        ELSIF size = 1 THEN
            PERFORM rowseal_internal.set_aside(ids[place], failure, message);
            place := place + 1;
        ELSE
            size := 1;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer(bigint[]) IS
'Inserts parked rows, which the caller has locked, into their tables. Whatever is wrong with one is no concern of the others, nor of whoever offers it: it stays parked.';

CREATE FUNCTION rowseal_internal.set_aside(id bigint, failure text, message text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offered rowseal_internal.parked := (SELECT p FROM rowseal_internal.parked p WHERE p.id = $1);
    -- What is wrong with the row itself sets it aside for good; a full disk, or a race for a key, does not.
    lasting boolean := failure !~ '^(08|25|40|53|57|58|XX)|^(54001|55P03|23505)$';
    counted bigint := greatest(offered.bytes, (rowseal_internal.bounds('quarantine')).least_bytes);
    room record;
BEGIN
    IF offered.kind = 'quarantine' OR NOT lasting THEN
        UPDATE rowseal_internal.parked p SET code = failure, reason = message WHERE p.id = $1;
        RETURN;
    END IF;
    room := rowseal_internal.room_for(offered."table", 'quarantine', offered.owner, offered.login, counted);
    IF room.limit_met IS NULL THEN
        UPDATE rowseal_internal.parked p SET kind = 'quarantine', code = failure, reason = message, bytes = counted, drawer = room.drawer WHERE p.id = $1;
    ELSE
        DELETE FROM rowseal_internal.parked p WHERE p.id = $1;
        RAISE WARNING USING ERRCODE = failure, MESSAGE = format('%s; discarded, for the rows in quarantine %s', message, room.limit_met);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.set_aside(bigint, text, text) IS
'Notes why a parked row could not be inserted. If that is the row''s own fault, it goes into quarantine.';

CREATE FUNCTION rowseal_internal.lock_waiting(cards oid, card_owner text) RETURNS bigint[]
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$ SELECT ARRAY(SELECT p.id FROM rowseal_internal.parked p WHERE p.kind = 'deferred' AND p.identities = cards AND p.owner = card_owner ORDER BY p.id FOR UPDATE SKIP LOCKED) $$;
COMMENT ON FUNCTION rowseal_internal.lock_waiting(oid, text) IS
'Locks the rows that wait for the card of an owner. Those that somebody else is offering are left to them.';

CREATE FUNCTION rowseal_internal.offer_waiting(cards oid, card_owner text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.offer(rowseal_internal.lock_waiting(cards, card_owner));
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer_waiting(oid, text) IS 'Offers the rows again that have waited for the card of an owner.';

CREATE FUNCTION rowseal_internal.offer_one(id bigint) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offered rowseal_internal.parked;
BEGIN
    SELECT p.* INTO offered FROM rowseal_internal.parked p WHERE p.id = $1 FOR UPDATE SKIP LOCKED;
    IF FOUND AND (offered.kind = 'quarantine' OR rowseal_internal.card_is_here(offered.identities, offered.owner)) THEN
        PERFORM rowseal_internal.offer(ARRAY[$1]);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer_one(bigint) IS 'Offers a parked row again, unless it waits for a card that is not here.';
