-- The one sanctioned way to remove history and old tombstones.

CREATE TABLE rowseal.pruned (
    pruned_at timestamptz NOT NULL DEFAULT now(),
    pruned_by name NOT NULL DEFAULT session_user,
    "table" text NOT NULL,
    keep interval,
    versions integer,
    removed bigint NOT NULL CHECK (removed >= 0),
    removed_rows bigint NOT NULL CHECK (removed_rows BETWEEN 0 AND removed),
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    CHECK (keep IS NOT NULL OR versions IS NOT NULL));
SELECT pg_catalog.pg_extension_config_dump('rowseal.pruned', '');
COMMENT ON TABLE rowseal.pruned IS 'What was pruned: when, by whom, under which limits, how many versions, and of how many rows even the tombstone.';
COMMENT ON COLUMN rowseal.pruned.digest IS 'The digest of the removed versions, as rowseal.digest computes it.';

CREATE TABLE rowseal._pruned_parents (
    relation regclass NOT NULL,
    ref bytea NOT NULL,
    PRIMARY KEY (relation, ref));
SELECT pg_catalog.pg_extension_config_dump('rowseal._pruned_parents', '');
COMMENT ON TABLE rowseal._pruned_parents IS
'Pruned versions that a kept one names as its parent, so that the audit does not report these as missing.';

CREATE UNLOGGED TABLE rowseal._pruning (
    relation oid NOT NULL,
    place tid NOT NULL,
    PRIMARY KEY (relation, place));
COMMENT ON TABLE rowseal._pruning IS
'Rows that rowseal.prune is deleting in this very transaction; empty for everybody else. Only prune writes it, and DELETE of the rows in it is not refused.';

CREATE FUNCTION rowseal._owner_time(owner_timestamp bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN $1 BETWEEN 1000000000 AND 99999999999 THEN to_timestamp($1)
                WHEN $1 BETWEEN 100000000000 AND 99999999999999 THEN to_timestamp($1 / 1e3)
                WHEN $1 BETWEEN 100000000000000 AND 99999999999999999 THEN to_timestamp($1 / 1e6) END
$$;
COMMENT ON FUNCTION rowseal._owner_time(bigint) IS
'The time that an owner_timestamp states if it counts seconds since 1970, or milliseconds or microseconds where it is too large for that. NULL where it can be none of them: an owner may as well count 1, 2, 3.';

CREATE FUNCTION rowseal.prune("table" regclass, keep interval DEFAULT NULL, versions integer DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    target regclass := $1;
    settings jsonb := rowseal._audited(target);
    deleting text;
    part record;
    marked bigint;
    rows_gone bigint;
    deleted bigint;
    removed bigint := 0;
    digest_removed bytea;
BEGIN
    target := (settings ->> 'table')::regclass;
    IF keep IS NULL AND versions IS NULL OR keep < interval '0' OR versions < 1 THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'give what to keep: keep => an interval, or versions => a number of versions, at least 1';
    ELSIF settings ->> 'layout' = 'unversioned' AND keep IS NULL THEN
        PERFORM rowseal._refuse(target, 'it keeps no superseded versions, so only keep => interval can remove something: old tombstones');
    END IF;

    -- The lock also keeps triggers from being made while this looks for them.
    PERFORM rowseal._lock('SHARE ROW EXCLUSIVE', target, to_regclass(settings ->> 'versions'));
    SELECT string_agg(DISTINCT quote_ident(t.tgname), ', ') INTO deleting
    FROM rowseal._parts(settings) AS p JOIN pg_trigger AS t ON t.tgrelid = p.part JOIN pg_proc AS f ON f.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND t.tgtype & 8 <> 0 AND f.pronamespace <> 'rowseal'::regnamespace;
    IF deleting IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the trigger %s would run with the privileges of Rowseal''s owner; disable it while pruning (ALTER TABLE ... DISABLE TRIGGER)', deleting));
    END IF;
    SELECT string_agg(DISTINCT quote_ident(p.pubname), ', ') INTO deleting
    FROM rowseal._parts(settings) AS s JOIN pg_class AS c ON c.oid = s.part JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_publication_tables AS pt ON pt.schemaname = n.nspname AND pt.tablename = c.relname
    JOIN pg_publication AS p ON p.pubname = pt.pubname
    WHERE p.pubdelete AND NOT starts_with(p.pubname, 'electric_publication_');
    IF deleting IS NOT NULL THEN
        PERFORM rowseal._refuse(target, format('the publication %s would send the deletions to peers, which refuse them and stop; ALTER PUBLICATION ... SET (publish = ''insert, update'')', deleting));
    END IF;

    DELETE FROM rowseal._pruning;
    EXECUTE format($q$
        WITH v AS (
            SELECT is_data, relation, place, key, deleted, rowseal._owner_time(owner_timestamp) < now() - $1 AS is_old,
                   row_number() OVER (PARTITION BY key ORDER BY owner_timestamp DESC NULLS LAST, signature DESC NULLS LAST, is_data DESC) AS rank
            FROM (%s) AS s),
        tips AS (SELECT key, deleted AND is_old AND $3 AS is_gone FROM v WHERE CASE WHEN $4 THEN is_data ELSE rank = 1 END)
        INSERT INTO rowseal._pruning
        SELECT v.relation, v.place FROM v JOIN tips AS t USING (key)
        WHERE t.is_gone OR CASE WHEN $4 THEN NOT v.is_data ELSE v.rank > 1 END
                           AND ($1 IS NULL OR v.is_old) AND ($2 IS NULL OR v.rank > $2)
        $q$, rowseal._versions(settings))
        -- A card's tombstone stays: its owner's other rows are verified with its key.
        USING keep, versions, settings ->> 'public_key' IS NULL, settings ->> 'layout' <> 'one-table';
    GET DIAGNOSTICS marked = ROW_COUNT;
    SELECT d.digest INTO digest_removed FROM rowseal._digest(settings, 'pruning', 1) AS d;
    EXECUTE format('SELECT count(DISTINCT key) FROM (%s) AS gone WHERE NOT EXISTS (SELECT FROM (%s) AS s WHERE s.key = gone.key AND NOT EXISTS (SELECT FROM rowseal._pruning AS p WHERE p.relation = s.relation AND p.place = s.place))',
        rowseal._versions(settings, 'pruning'), rowseal._versions(settings)) INTO rows_gone;
    IF settings ->> 'parent' IS NOT NULL THEN
        EXECUTE format($q$
            WITH v AS MATERIALIZED (
                SELECT s.key, s.ref, s.parent, p.place IS NULL AS stays FROM (%s) AS s
                LEFT JOIN rowseal._pruning AS p ON p.relation = s.relation AND p.place = s.place),
            forgotten AS (
                DELETE FROM rowseal._pruned_parents AS known WHERE relation = $1
                AND NOT EXISTS (SELECT FROM v WHERE v.stays AND v.parent = known.ref))
            INSERT INTO rowseal._pruned_parents
            SELECT DISTINCT $1, gone.ref FROM v AS gone JOIN v AS child ON child.key = gone.key AND child.parent = gone.ref
            WHERE child.stays AND NOT gone.stays
            ON CONFLICT DO NOTHING
            $q$, rowseal._versions(settings)) USING target;
    END IF;

    FOR part IN SELECT * FROM rowseal._parts(settings) LOOP
        EXECUTE format('DELETE FROM ONLY %s AS r USING rowseal._pruning AS p WHERE p.relation = $1 AND p.place = r.ctid', part.part) USING part.part::oid;
        GET DIAGNOSTICS deleted = ROW_COUNT;
        removed := removed + deleted;
    END LOOP;
    IF removed <> marked THEN
        RAISE EXCEPTION 'only % of % versions could be removed', removed, marked;
    END IF;
    DELETE FROM rowseal._pruning;
    INSERT INTO rowseal.pruned ("table", keep, versions, removed, removed_rows, digest)
    VALUES (settings ->> 'table', keep, versions, removed, rows_gone, digest_removed);
    RETURN removed;
END
$$;
COMMENT ON FUNCTION rowseal.prune(regclass, interval, integer) IS
'Removes superseded versions for good, and with keep also tombstones and all that they ended; says how many versions. It keeps the tip, versions younger than keep, and the newest so many versions of each row (the tip counts); with both limits, what either keeps. Age is what the owner''s timestamp states, read as seconds, milliseconds or microseconds since 1970; a version whose timestamp is none of these counts as young. Cards keep their tombstones. Only for members of rowseal_admin; recorded in rowseal.pruned. A peer that still has what was removed brings it back when it sends it again.';
