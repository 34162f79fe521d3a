-- Rows that wait aside: deferred until the owner's card is here, or in quarantine because they are bad.

CREATE TABLE rowseal._parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('deferred', 'quarantine')),
    "table" regclass NOT NULL,
    identities regclass,
    owner text,
    "row" jsonb NOT NULL,
    bytes bigint NOT NULL,
    digest bytea NOT NULL,
    code text NOT NULL CHECK (code ~ '^[0-9A-Z]{5}$'),
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE ("table", digest)
);
CREATE INDEX ON rowseal._parked (identities, owner) WHERE kind = 'deferred';
CREATE INDEX ON rowseal._parked ("table", kind, id);
COMMENT ON TABLE rowseal._parked IS
'Rows that were refused where settings say defer or quarantine, with their values as PostgreSQL prints them. Seen through rowseal.deferred and rowseal.quarantine.';
ALTER TABLE rowseal._parked ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_own_tables ON rowseal._parked
    USING (pg_catalog.pg_has_role((SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = "table"), 'USAGE'));
COMMENT ON POLICY of_own_tables ON rowseal._parked IS 'Everybody has to do with the parked rows of their own tables only.';
SELECT pg_catalog.pg_extension_config_dump('rowseal._parked', '');
SELECT pg_catalog.pg_extension_config_dump('rowseal._parked_id_seq', '');

CREATE VIEW rowseal.deferred WITH (security_invoker = true) AS
SELECT id, "table", identities, owner, "row", code, reason, parked_at FROM rowseal._parked WHERE kind = 'deferred';
COMMENT ON VIEW rowseal.deferred IS 'Rows whose owner''s card is not here yet; they are offered again when it comes.';

CREATE VIEW rowseal.quarantine WITH (security_invoker = true) AS
SELECT id, "table", owner, "row", code, reason, parked_at FROM rowseal._parked WHERE kind = 'quarantine';
COMMENT ON VIEW rowseal.quarantine IS 'Rows that were refused, with SQLSTATE and reason; rowseal.retry offers them again.';

CREATE FUNCTION rowseal._is_full(target regclass, kind text, more_bytes bigint, most_rows bigint, most_bytes bigint) RETURNS boolean
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    -- Counting takes long where many rows are parked, so it is left until there can be so many.
    RETURN ((SELECT p.id FROM rowseal._parked p WHERE p."table" = $1 AND p.kind = $2 ORDER BY p.id DESC LIMIT 1)
          - (SELECT p.id FROM rowseal._parked p WHERE p."table" = $1 AND p.kind = $2 ORDER BY p.id LIMIT 1) >= most_rows - 1
         OR pg_total_relation_size('rowseal._parked') + more_bytes > most_bytes)
       AND (SELECT count(*) >= most_rows OR coalesce(sum(p.bytes), 0) + more_bytes > most_bytes
            FROM rowseal._parked p WHERE p."table" = $1 AND p.kind = $2);
END
$$;
COMMENT ON FUNCTION rowseal._is_full(regclass, text, bigint, bigint, bigint) IS
'Whether another row of a size would exceed what may be parked of a table.';

CREATE FUNCTION rowseal._park("table" text, identities text, owner text, code text, reason text, others text, names text[], texts text[])
RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    most_rows CONSTANT bigint := 10000;
    most_bytes CONSTANT bigint := 67108864;
    target regclass := $1;
    signed jsonb := jsonb_object($7, $8);
    parked jsonb := coalesce(others::jsonb, '{}') || signed;
    signed_digest bytea := sha256(convert_to(signed::text, 'UTF8'));
    new_kind text := CASE $4 WHEN 'RS003' THEN 'deferred' ELSE 'quarantine' END;
    new_bytes bigint := octet_length(parked::text);
    new_id bigint;
BEGIN
    IF new_kind = 'deferred' THEN
        -- A card that another transaction is just writing has looked for parked rows already: wait for it.
        PERFORM pg_advisory_xact_lock(hashtext('rowseal.deferred'), $2::regclass::oid::int);
        IF current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
            RAISE EXCEPTION USING ERRCODE = $4,
                MESSAGE = format('%s; nor can it wait, for a transaction at isolation level %s does not see a card that comes meanwhile', $5, current_setting('transaction_isolation')),
                HINT = 'Try again after the owner''s card is here, or at isolation level READ COMMITTED.';
        END IF;
    END IF;
    IF NOT EXISTS (SELECT FROM rowseal._parked p WHERE p."table" = target AND p.digest = signed_digest) AND
       rowseal._is_full(target, new_kind, new_bytes, most_rows, most_bytes) THEN
        IF new_kind = 'deferred' THEN
            RAISE EXCEPTION USING ERRCODE = $4, MESSAGE = format('%s; nor can it wait, for the deferred rows of %s are at their limit (%s rows, %s bytes)', $5, target, most_rows, most_bytes),
                HINT = 'Have the owners'' cards delivered, or delete deferred rows that nobody needs from rowseal._parked.';
        END IF;
        RAISE WARNING USING ERRCODE = $4, MESSAGE = format('%s; discarded, for the quarantine of %s is at its limit (%s rows, %s bytes)', $5, target, most_rows, most_bytes);
        RETURN NULL;
    END IF;
    INSERT INTO rowseal._parked (kind, "table", identities, owner, "row", bytes, digest, code, reason)
    VALUES (new_kind, target, $2::regclass, $3, parked, new_bytes, signed_digest, $4, $5)
    ON CONFLICT DO NOTHING RETURNING id INTO new_id;
    IF new_kind = 'deferred' AND new_id IS NOT NULL AND rowseal._has_card($2, $3) THEN
        RETURN rowseal._offer(new_id);
    END IF;
    RETURN new_kind;
END
$$;
COMMENT ON FUNCTION rowseal._park(text, text, text, text, text, text, text[], text[]) IS
'Puts a refused row aside, once, with its columns that are not signed. Bounded: what no longer fits is refused (deferred) or discarded with a warning (quarantine).';

CREATE FUNCTION rowseal._has_card(identities text, owner text) RETURNS boolean
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    settings jsonb := rowseal._settings_of(identities);
    found boolean;
BEGIN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s c WHERE c.%I = $1::%s)', identities, settings ->> 'owner',
        (SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = identities::regclass AND attname = settings ->> 'owner'))
        INTO found USING owner;
    RETURN found;
END
$$;
COMMENT ON FUNCTION rowseal._has_card(text, text) IS 'Whether an identity table has the card of an owner.';

CREATE FUNCTION rowseal._offer(parked bigint) RETURNS text
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    offered rowseal._parked;
    names text;
    texts text;
    failure text;
    reason text;
BEGIN
    DELETE FROM rowseal._parked p WHERE p.id = parked RETURNING * INTO offered;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(quote_ident(attname), ', '), string_agg(format('($1 ->> %L)::%s', attname, format_type(atttypid, atttypmod)), ', ')
    INTO names, texts
    FROM pg_attribute WHERE attrelid = offered."table" AND attnum > 0 AND NOT attisdropped AND offered."row" ? attname;
    BEGIN
        EXECUTE format('INSERT INTO %s (%s) SELECT %s', offered."table", names, texts) USING offered."row";
        RETURN '00000';
    EXCEPTION WHEN OTHERS THEN
        GET STACKED DIAGNOSTICS failure = RETURNED_SQLSTATE, reason = MESSAGE_TEXT;
        -- Only what is wrong with the row itself sets it aside; a deadlock or a full disk does not.
        IF failure !~ '^(RS|22|23)' OR failure = '23505' THEN
            RAISE;
        END IF;
    END;
    INSERT INTO rowseal._parked (kind, "table", identities, owner, "row", bytes, digest, code, reason, parked_at)
    VALUES ('quarantine', offered."table", offered.identities, offered.owner, offered."row", offered.bytes, offered.digest, failure, reason, offered.parked_at)
    ON CONFLICT DO NOTHING;
    RETURN failure;
END
$$;
COMMENT ON FUNCTION rowseal._offer(bigint) IS
'Inserts a parked row into its table. Returns 00000, or the SQLSTATE with which it was refused; then it is in quarantine.';

CREATE FUNCTION rowseal._awaited(identities bigint, owner text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtext('rowseal.deferred'), identities::oid::int);
    RETURN EXISTS (SELECT FROM rowseal._parked p WHERE p.kind = 'deferred' AND p.identities = $1::oid AND p.owner = $2);
END
$$;
COMMENT ON FUNCTION rowseal._awaited(bigint, text) IS 'Whether deferred rows wait for the card of an owner.';

CREATE FUNCTION rowseal._replay_source(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format($source$
-- Made by rowseal.protect: offers the rows again that waited for a card.
#variable_conflict use_variable
DECLARE
    parked bigint;
    card_owner text := rowseal._text(NEW.%I);
BEGIN
    FOR parked IN SELECT p.id FROM rowseal._parked p WHERE p.kind = 'deferred' AND p.owner = card_owner
                  AND p.identities = coalesce(pg_partition_root(tg_relid), tg_relid) ORDER BY p.id LOOP
        PERFORM rowseal._offer(parked);
    END LOOP;
    RETURN NULL;
END
$source$, settings ->> 'owner')
$$;
COMMENT ON FUNCTION rowseal._replay_source(jsonb) IS 'The source of an identity table''s own trigger function that offers deferred rows again.';

CREATE FUNCTION rowseal.retry("table" regclass, OUT offered bigint, OUT accepted bigint, OUT parked bigint) RETURNS record
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    tables regclass[] := ARRAY[$1, to_regclass(rowseal._settings_of($1::text) ->> 'versions')];
    one bigint;
BEGIN
    offered := 0;
    FOR one IN SELECT p.id FROM rowseal._parked p WHERE p."table" = ANY (tables) ORDER BY p.id LOOP
        PERFORM rowseal._offer(one);
        offered := offered + 1;
    END LOOP;
    SELECT count(*) INTO parked FROM rowseal._parked p WHERE p."table" = ANY (tables);
    accepted := offered - parked;
END
$$;
COMMENT ON FUNCTION rowseal.retry(regclass) IS
'Offers the parked rows of a table (its versions table included) again: how many there were, how many are parked no longer, how many still are. Needs ownership of the table.';
