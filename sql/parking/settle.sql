-- A row and its card that two transactions write at the same time must meet, and nobody may wait for anybody: a stranger can bring a row of
-- any owner and leave the transaction open. So both look for the other when they commit. One that commits at the very same moment may be
-- overlooked, and where a snapshot is old all that came since. Whoever may have overlooked something leaves a line, and the next
-- transaction that defers a row or stores a card looks again.
-- Two that overlap overlook each other only if neither is over when the other looks who is there; then both leave a line, and the
-- line of the one that commits last is looked at when both are there. One that has looked may take long to be over, as when it is prepared
-- (two-phase commit), and what comes meanwhile it has not seen. So as long as there is one, lines are kept.

CREATE FUNCTION rowseal_internal.await_end(cards oid, card_owner text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
    INSERT INTO rowseal_internal.unsettled (identities, owner)
    SELECT cards, card_owner
    WHERE NOT EXISTS (SELECT FROM rowseal_internal.unsettled u WHERE u.transaction = pg_current_xact_id() AND u.identities = cards AND u.owner = card_owner AND NOT u.looked)
$$;
COMMENT ON FUNCTION rowseal_internal.await_end(oid, text) IS 'Notes that this transaction has deferred a row of an owner, or stored the owner''s card.';

CREATE FUNCTION rowseal_internal.on_card(cards oid, card_owner text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (SELECT FROM rowseal_internal.guarded g WHERE g.identities = cards AND g.defers) THEN
        PERFORM rowseal_internal.await_end(cards, card_owner);
        PERFORM rowseal_internal.offer_waiting(cards, card_owner);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.on_card(oid, text) IS 'What is done when a card was stored.';

CREATE FUNCTION rowseal_internal.card_is_here(cards oid, card_owner text) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET standard_conforming_strings = on
AS $$
DECLARE
    reader text := (SELECT 'card_' || g.suffix FROM rowseal_internal.guarded g WHERE g.relation = cards);
    is_here boolean;
BEGIN
    IF reader IS NULL OR to_regproc(format('rowseal_internal.%I', reader)) IS NULL THEN
        RETURN false;
    END IF;
    EXECUTE format('SELECT octet_length(rowseal_internal.%I(%L)) > 0', reader, card_owner) INTO is_here;
    RETURN is_here;
END
$$;
COMMENT ON FUNCTION rowseal_internal.card_is_here(oid, text) IS 'Whether an identity table has a card of an owner.';

CREATE FUNCTION rowseal_internal.is_alone() RETURNS boolean
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Whoever has written a line holds this lock until the transaction is over, prepared ones included.
    SELECT NOT EXISTS (
        SELECT FROM pg_locks l WHERE l.locktype = 'relation' AND l.relation = 'rowseal_internal.unsettled'::regclass AND l.mode = 'RowExclusiveLock'
           AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND l.pid IS DISTINCT FROM pg_backend_pid())
$$;
COMMENT ON FUNCTION rowseal_internal.is_alone() IS 'Whether no other transaction is deferring rows or storing cards.';

CREATE FUNCTION rowseal_internal.is_anybody_leaving() RETURNS boolean
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Whoever has looked has left a mark, or tried to.
    SELECT EXISTS (
        SELECT FROM pg_locks l WHERE l.locktype = 'relation' AND l.relation = 'rowseal_internal.marks'::regclass AND l.mode = 'RowExclusiveLock'
           AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) AND l.pid IS DISTINCT FROM pg_backend_pid())
$$;
COMMENT ON FUNCTION rowseal_internal.is_anybody_leaving() IS 'Whether another transaction has looked already and is not over, prepared ones included.';

CREATE FUNCTION rowseal_internal.leave_mark(card_owner text, sees_old_state boolean) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE rowseal_internal.marks m SET passed = m.passed + 1
    WHERE m.gate = (SELECT o.gate FROM rowseal_internal.marks o WHERE o.gate = hashtext(card_owner) & 1023 AND (sees_old_state OR o.xmin <> pg_current_xact_id()::xid) FOR UPDATE SKIP LOCKED);
END
$$;
COMMENT ON FUNCTION rowseal_internal.leave_mark(text, boolean) IS
'Marks that a row of an owner was deferred, or a card stored. Fails with 40001 where another transaction has done so since the snapshot of this one; then to try again helps. Waits for nobody: a mark that is being left is left alone.';

-- Functions of their own, for what sets the planner right must not be set while rows are offered.
CREATE FUNCTION rowseal_internal.is_unsettled(line bigint) RETURNS boolean
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$ SELECT EXISTS (SELECT FROM rowseal_internal.unsettled u WHERE u.id = line AND NOT u.looked) $$;
COMMENT ON FUNCTION rowseal_internal.is_unsettled(bigint) IS 'Whether a line has not been looked at.';

CREATE FUNCTION rowseal_internal.remove_line(line bigint) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$ DELETE FROM rowseal_internal.unsettled u WHERE u.id = line $$;
COMMENT ON FUNCTION rowseal_internal.remove_line(bigint) IS 'Removes a line: nothing can have been overlooked.';

CREATE FUNCTION rowseal_internal.keep_line(cards oid, card_owner text) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
    INSERT INTO rowseal_internal.unsettled (identities, owner, looked)
    SELECT cards, card_owner, true
    WHERE NOT EXISTS (SELECT FROM rowseal_internal.unsettled u WHERE u.owner = card_owner AND u.identities = cards AND u.looked)
$$;
COMMENT ON FUNCTION rowseal_internal.keep_line(oid, text) IS 'Leaves a line for the next one, unless there is one of this owner.';

CREATE FUNCTION rowseal_internal.settle_parked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    sees_old_state boolean := current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted');
    alone boolean;
    own bigint[];
    line record;
BEGIN
    -- The first line speaks for all of its transaction.
    IF NOT rowseal_internal.is_unsettled(NEW.id) THEN
        RETURN NULL;
    END IF;
    alone := NOT sees_old_state AND rowseal_internal.is_alone(); -- Before the look: who is over by now can be seen.
    own := ARRAY(SELECT u.id FROM rowseal_internal.unsettled u WHERE u.transaction = pg_current_xact_id() AND NOT u.looked);
    UPDATE rowseal_internal.unsettled u SET looked = true WHERE u.id = ANY (own);
    FOR line IN SELECT u.* FROM rowseal_internal.unsettled u WHERE u.id = ANY (own) LOOP
        PERFORM rowseal_internal.leave_mark(line.owner, sees_old_state);
        IF rowseal_internal.look_again(line.identities, line.owner) AND alone THEN
            PERFORM rowseal_internal.remove_line(line.id);
        END IF;
    END LOOP;
    IF NOT sees_old_state THEN
        PERFORM rowseal_internal.settle_for_others(2 * cardinality(own));
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.settle_parked() IS
'Trigger function, when a transaction commits: looks whether the rows that it has deferred and cards that came meanwhile have met, and cards that it has stored and rows that came meanwhile.';

CREATE FUNCTION rowseal_internal.waits(cards oid, card_owner text) RETURNS boolean
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$ SELECT EXISTS (SELECT FROM rowseal_internal.parked p WHERE p.kind = 'deferred' AND p.identities = cards AND p.owner = card_owner) $$;
COMMENT ON FUNCTION rowseal_internal.waits(oid, text) IS 'Whether a row waits for the card of an owner.';

CREATE FUNCTION rowseal_internal.look_again(cards oid, card_owner text) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT rowseal_internal.waits(cards, card_owner) OR NOT rowseal_internal.card_is_here(cards, card_owner) THEN
        RETURN true;
    END IF;
    PERFORM rowseal_internal.offer_waiting(cards, card_owner);
    RETURN NOT rowseal_internal.waits(cards, card_owner);
END
$$;
COMMENT ON FUNCTION rowseal_internal.look_again(oid, text) IS
'Offers what waits for a card that is here. False: something waits still, for it could not be stored now.';

CREATE FUNCTION rowseal_internal.settle_for_others(at_most integer) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    anybody_leaving boolean := rowseal_internal.is_anybody_leaving(); -- Before the look, too.
    line rowseal_internal.unsettled;
BEGIN
    FOR line IN
        DELETE FROM rowseal_internal.unsettled d
        WHERE d.id = ANY (ARRAY(SELECT u.id FROM rowseal_internal.unsettled u WHERE u.transaction <> pg_current_xact_id() ORDER BY u.id LIMIT at_most FOR UPDATE SKIP LOCKED))
        RETURNING d.* LOOP
        IF NOT rowseal_internal.look_again(line.identities, line.owner) OR anybody_leaving THEN
            PERFORM rowseal_internal.keep_line(line.identities, line.owner);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.settle_for_others(integer) IS
'Looks again for transactions that are over. The caller has it look at twice as many as it leaves itself, so that there are never many.';

CREATE CONSTRAINT TRIGGER settle AFTER INSERT ON rowseal_internal.unsettled
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION rowseal_internal.settle_parked();
-- Where replication applies rows too.
ALTER TABLE rowseal_internal.unsettled ENABLE ALWAYS TRIGGER settle;
