-- Putting rows aside. Called by trigger functions only, which hand over what PostgreSQL handed to them.

CREATE FUNCTION rowseal_internal.bounds(OUT rows_of_table bigint, OUT bytes_of_table bigint, OUT rows_of_owner bigint, OUT bytes_of_owner bigint) RETURNS record
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT 10000, 67108864, 1000, 16777216 $$;
COMMENT ON FUNCTION rowseal_internal.bounds() IS 'How much may be parked of a table, and of one owner in it, for each kind: rows and bytes.';

CREATE FUNCTION rowseal_internal.full_for(target regclass, kind text, owner text, more_bytes bigint) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most record := rowseal_internal.bounds();
    here record;
BEGIN
    SELECT count(*) AS rows, coalesce(sum(b.bytes), 0) AS bytes INTO here
    FROM (SELECT p.bytes FROM rowseal_internal.parked p WHERE p."table" = $1 AND p.kind = $2 AND p.owner IS NOT DISTINCT FROM $3 LIMIT most.rows_of_owner) AS b;
    IF here.rows >= most.rows_of_owner OR here.bytes + more_bytes > most.bytes_of_owner THEN
        RETURN format('of this owner are at their limit (%s rows, %s bytes)', most.rows_of_owner, most.bytes_of_owner);
    END IF;
    -- Counting takes long where many rows are parked, so it is left until there can be so many.
    IF (SELECT p.id FROM rowseal_internal.parked p WHERE p."table" = $1 AND p.kind = $2 ORDER BY p.id DESC LIMIT 1)
           - (SELECT p.id FROM rowseal_internal.parked p WHERE p."table" = $1 AND p.kind = $2 ORDER BY p.id LIMIT 1) >= most.rows_of_table - 1
       OR pg_total_relation_size('rowseal_internal.parked') + more_bytes > most.bytes_of_table THEN
        SELECT count(*) AS rows, coalesce(sum(b.bytes), 0) AS bytes INTO here
        FROM (SELECT p.bytes FROM rowseal_internal.parked p WHERE p."table" = $1 AND p.kind = $2 LIMIT most.rows_of_table) AS b;
        IF here.rows >= most.rows_of_table OR here.bytes + more_bytes > most.bytes_of_table THEN
            RETURN format('of %s are at their limit (%s rows, %s bytes)', $1, most.rows_of_table, most.bytes_of_table);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION rowseal_internal.full_for(regclass, text, text, bigint) IS
'Which limit another row of a size would exceed; NULL if none.';

CREATE FUNCTION rowseal_internal.park("table" text, identities text, refusal text[], image bytea, "row" jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_variable
DECLARE
    target regclass := rowseal_internal.relation($1)::regclass;
    cards oid := rowseal_internal.relation($2);
    code text := refusal[1];
    reason text := refusal[2];
    owner text := refusal[3];
    new_kind text := CASE code WHEN 'RS003' THEN 'deferred' ELSE 'quarantine' END;
    new_digest bytea := sha256(image); -- Of what is signed, for defaults of other columns may differ from delivery to delivery.
    new_bytes bigint := octet_length($5::text);
    limit_met text;
    new_id bigint;
BEGIN
    IF refusal[4] IS DISTINCT FROM 't' THEN
        PERFORM rowseal_internal.refuse_row(refusal);
    END IF;
    IF EXISTS (SELECT FROM rowseal_internal.parked p WHERE p."table" = target AND p.digest = new_digest) THEN
        RETURN;
    END IF;
    limit_met := rowseal_internal.full_for(target, new_kind, owner, new_bytes);
    IF limit_met IS NOT NULL AND new_kind = 'deferred' THEN
        RAISE EXCEPTION USING ERRCODE = code, MESSAGE = format('%s; nor can it wait, for the deferred rows %s', reason, limit_met),
            HINT = 'Have the owners'' cards delivered, or delete deferred rows that nobody needs from rowseal.deferred.';
    ELSIF limit_met IS NOT NULL THEN
        RAISE WARNING USING ERRCODE = code, MESSAGE = format('%s; discarded, for the rows in quarantine %s', reason, limit_met);
        RETURN;
    END IF;
    IF new_kind = 'deferred' THEN
        -- A transaction that is storing the card may have looked for parked rows already; then this waits for it.
        PERFORM rowseal_internal.lock_owner(cards, owner);
    END IF;
    INSERT INTO rowseal_internal.parked (kind, "table", identities, owner, "row", bytes, digest, code, reason)
    VALUES (new_kind, target, cards::regclass, owner, $5, new_bytes, new_digest, code, reason)
    ON CONFLICT DO NOTHING RETURNING id INTO new_id;
    IF new_kind = 'deferred' AND new_id IS NOT NULL AND octet_length(rowseal_internal.card_of(rowseal_internal.settings_of(target), owner)) > 0 THEN
        PERFORM rowseal_internal.offer(new_id);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.park(text, text, text[], bytea, jsonb) IS
'Puts a refused row aside, once; raises a refusal that the settings do not put aside. Bounded by owner and by table: what no longer fits is refused (deferred) or discarded with a warning (quarantine).';

CREATE FUNCTION rowseal_internal.lock_owner(identities oid, owner text) RETURNS void
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO rowseal_internal.awaited AS a VALUES ($1, $2) ON CONFLICT ON CONSTRAINT awaited_pkey DO UPDATE SET owner = excluded.owner;
END
$$;
COMMENT ON FUNCTION rowseal_internal.lock_owner(oid, text) IS
'Locks an owner''s line until the transaction ends. Under REPEATABLE READ it fails with 40001 where a transaction that this one cannot see had it meanwhile.';
