-- Parked rows are offered again to the table whose trigger has put them aside, as that table's owner.

CREATE FUNCTION rowseal_internal.offer(parked bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offered rowseal_internal.parked;
    failure text;
    message text;
BEGIN
    DELETE FROM rowseal_internal.parked p WHERE p.id = $1 RETURNING p.* INTO offered;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    BEGIN
        PERFORM rowseal_internal.insert_parked(offered."table", offered."row");
        RETURN '00000';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS failure = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    END;
    PERFORM rowseal_internal.park_again(offered, failure, message);
    RETURN failure;
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer(bigint) IS
'Inserts a parked row into its table. Returns 00000, or the SQLSTATE with which it failed; then it is parked again. Whatever is wrong with it is no concern of whoever offers it.';

CREATE FUNCTION rowseal_internal.insert_parked(target regclass, "row" jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    done boolean;
    inserter text := 'offer_' || rowseal_internal.suffix_of(target);
BEGIN
    IF inserter IS NULL OR to_regprocedure(format('rowseal_internal.%I(jsonb)', inserter)) IS NULL THEN
        PERFORM rowseal_internal.refuse(target, 'it puts no rows aside any more; protect it with on_invalid => ''quarantine'' or on_unknown_owner => ''defer'' to offer them again');
    END IF;
    EXECUTE format('SELECT rowseal_internal.%I($1)', inserter) INTO done USING "row";
END
$$;
COMMENT ON FUNCTION rowseal_internal.insert_parked(regclass, jsonb) IS 'Has the function of a table''s owner insert a row.';

CREATE FUNCTION rowseal_internal.park_again(offered rowseal_internal.parked, failure text, message text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    -- What is wrong with the row itself sets it aside for good; a deadlock or a full disk does not.
    lasting boolean := failure ~ '^(RS|22|23|42)' AND failure <> '23505';
    new_kind text := CASE WHEN lasting THEN 'quarantine' ELSE offered.kind END;
    limit_met text := CASE WHEN new_kind <> offered.kind THEN rowseal_internal.full_for(offered."table", new_kind, offered.owner, offered.bytes) END;
BEGIN
    IF limit_met IS NOT NULL THEN
        RAISE WARNING USING ERRCODE = failure, MESSAGE = format('%s; discarded, for the rows in quarantine %s', message, limit_met);
        RETURN;
    END IF;
    INSERT INTO rowseal_internal.parked (kind, "table", identities, owner, "row", bytes, digest, code, reason, parked_at)
    VALUES (new_kind, offered."table", offered.identities, offered.owner, offered."row", offered.bytes, offered.digest,
            CASE WHEN lasting THEN failure ELSE offered.code END, CASE WHEN lasting THEN message ELSE offered.reason END, offered.parked_at)
    ON CONFLICT DO NOTHING;
END
$$;
COMMENT ON FUNCTION rowseal_internal.park_again(rowseal_internal.parked, text, text) IS
'Puts a row aside that could not be inserted: in quarantine if that is the row''s own fault, else as before.';

CREATE FUNCTION rowseal_internal.offer_waiting(identities oid, card_owner text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    waiting bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM rowseal_internal.guarded g WHERE g.identities = $1 AND g.defers) THEN
        RETURN;
    END IF;
    PERFORM rowseal_internal.lock_owner($1, card_owner);
    FOR waiting IN SELECT p.id FROM rowseal_internal.parked p WHERE p.kind = 'deferred' AND p.identities = $1 AND p.owner = card_owner ORDER BY p.id LOOP
        PERFORM rowseal_internal.offer(waiting);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.offer_waiting(oid, text) IS 'Offers the rows again that have waited for the card of an owner.';
