-- Putting rows aside. Called by trigger functions only, which hand over what PostgreSQL handed to them.

-- Whoever wants can invent owners, and nothing tells their rows from those of owners whose cards are late. So a bound by owner keeps nobody
-- from filling a table's room; what cannot be invented is a login role. Each has room of its own, and where that is full its rows are
-- refused. A row that waits never gives way to another: who was refused tries again, but who brought a row that waits does not.
CREATE FUNCTION rowseal_internal.bounds(kind text, OUT rows_of_owner bigint, OUT bytes_of_owner bigint, OUT bytes_of_login bigint, OUT bytes_of_table bigint, OUT least_bytes bigint, OUT drawers integer, OUT small_bytes bigint) RETURNS record
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT 1000, 16777216, 67108864, 4 * 67108864, CASE kind WHEN 'deferred' THEN 1024 ELSE 6711 END, 256, 65536 $$;
COMMENT ON FUNCTION rowseal_internal.bounds(text) IS
'How much may be parked of a table: of one owner by a login role, by a login role, and in all. A row counts with least_bytes at least. There is as much room again for rows of more than small_bytes.';

CREATE FUNCTION rowseal_internal.room_for(target regclass, kind text, owner text, login text, bytes bigint, OUT drawer bigint, OUT limit_met text) RETURNS record
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
    most record := rowseal_internal.bounds($2);
    is_small boolean := $5 <= most.small_bytes;
    shares integer := CASE WHEN is_small THEN most.drawers ELSE 1 END;
    first_drawer bigint := target::oid::bigint * 1024 + CASE kind WHEN 'deferred' THEN 0 ELSE 512 END;
    here record;
BEGIN
    SELECT count(*) AS rows, coalesce(sum(b.bytes), 0) AS bytes INTO here
    FROM (SELECT p.bytes FROM rowseal_internal.parked p WHERE p.owner = $3 AND p."table" = $1 AND p.kind = $2 AND p.login = $4 LIMIT most.rows_of_owner) AS b;
    IF here.rows >= most.rows_of_owner OR here.bytes + $5 > most.bytes_of_owner THEN
        limit_met := format('of this owner are at their limit (%s rows, %s bytes)', most.rows_of_owner, most.bytes_of_owner);
        RETURN;
    END IF;
    -- To count all rows of a table takes the longer the more there are. So they lie in drawers, large ones in one of their own, and one is counted.
    FOR try IN 1..4 LOOP
        drawer := first_drawer + CASE WHEN is_small THEN floor(random() * most.drawers) ELSE most.drawers END;
        SELECT coalesce(sum(p.bytes) FILTER (WHERE p.login = $4), 0) AS of_login, coalesce(sum(p.bytes), 0) AS of_table INTO here
        FROM rowseal_internal.parked p WHERE p.drawer = room_for.drawer;
        IF here.of_login + $5 <= most.bytes_of_login / shares AND here.of_table + $5 <= most.bytes_of_table / shares THEN
            RETURN;
        END IF;
    END LOOP;
    limit_met := format('of %s by %s are at their limit (about %s bytes, where %s are the least that a row counts)', $1, $4, most.bytes_of_login, most.least_bytes);
END
$$;
COMMENT ON FUNCTION rowseal_internal.room_for(regclass, text, text, text, bigint) IS
'Where there is room for another row of a size, or which limit it would exceed.';

CREATE FUNCTION rowseal_internal.park("table" text, identities text, refusal text[], image bytea, "row" jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET enable_seqscan = off
AS $$
#variable_conflict use_variable
DECLARE
    target regclass := rowseal_internal.relation($1)::regclass;
    cards oid := rowseal_internal.relation($2);
    code text := refusal[1];
    reason text := refusal[2];
    owner text := left(coalesce(refusal[3], ''), 500); -- Longer ones fit no index, and are nobody's.
    new_kind text := CASE code WHEN 'RS003' THEN 'deferred' ELSE 'quarantine' END;
    new_digest bytea := sha256(image); -- Of what is signed, for defaults of other columns may differ from delivery to delivery.
    new_bytes bigint := greatest(octet_length($5::text), (rowseal_internal.bounds(new_kind)).least_bytes);
    room record;
BEGIN
    IF refusal[4] IS DISTINCT FROM 't' OR new_kind = 'deferred' AND owner <> refusal[3] THEN
        PERFORM rowseal_internal.refuse_row(refusal);
    END IF;
    PERFORM rowseal_internal.tell_aside(CASE new_kind WHEN 'deferred' THEN new_kind ELSE 'quarantined' END, code, reason);
    IF EXISTS (SELECT FROM rowseal_internal.parked p WHERE p."table" = target AND p.digest = new_digest) THEN
        RETURN;
    END IF;
    room := rowseal_internal.room_for(target, new_kind, owner, session_user, new_bytes);
    IF room.limit_met IS NOT NULL AND new_kind = 'deferred' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = format('%s; nor can it wait, for the deferred rows %s', reason, room.limit_met),
            HINT = 'Have the owners'' cards delivered, or delete deferred rows that nobody needs from rowseal.deferred.';
    ELSIF room.limit_met IS NOT NULL THEN
        reason := format('%s; discarded, for the rows in quarantine %s', reason, room.limit_met);
        PERFORM rowseal_internal.tell_aside('refused', code, reason);
        RAISE WARNING USING ERRCODE = code, MESSAGE = reason;
        RETURN;
    END IF;
    INSERT INTO rowseal_internal.parked (kind, "table", identities, owner, "row", bytes, digest, code, reason, drawer)
    VALUES (new_kind, target, cards::regclass, owner, $5, new_bytes, new_digest, code, reason, room.drawer);
    IF new_kind = 'deferred' THEN
        PERFORM rowseal_internal.await_end(cards, owner);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.park(text, text, text[], bytea, jsonb) IS
'Puts a refused row aside, once; raises a refusal that the settings do not put aside. Bounded by owner, login role and table: what no longer fits is refused (deferred) or discarded with a warning (quarantine).';

CREATE FUNCTION rowseal_internal.tell_aside(outcome text, code text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM set_config('rowseal.put_aside', jsonb_build_array(outcome, code, reason)::text, true);
END
$$;
COMMENT ON FUNCTION rowseal_internal.tell_aside(text, text, text) IS
'Tells rowseal.deliver, which runs with the rights of its caller and sees no parked rows, what became of the row that it inserts. Nothing is decided by it.';

CREATE FUNCTION rowseal_internal.printed(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
SET bytea_output = 'hex'
SET lc_monetary = 'C'
SET quote_all_identifiers = off
AS $$ SELECT format('%s', value) $$;
COMMENT ON FUNCTION rowseal_internal.printed(anyelement) IS
'A value as rowseal_internal.insert_parked reads it again, whatever the session has set. As rowseal.text, and of columns that are not signed too.';
