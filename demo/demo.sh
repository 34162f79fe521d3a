#!/usr/bin/env bash
# Shows Rowseal at work on rows that other implementations signed. Usage: demo.sh PSQL, with PGHOST, PGDATABASE, ... set.
set -euo pipefail
psql=$1
here=$(cd "$(dirname "$0")" && pwd)
rows=$here/../src/test/resources/foreign

title() { printf '\n== %s\n' "$*"; }
quiet() { grep -vE '^(WARNING:  .JEP 411|DETAIL|CONTEXT|  PL/Python|    return|PL/Python|HINT:  For migration)' || true; }
sql() { "$psql" -Xq -P pager=off -v ON_ERROR_STOP=1 2>&1 | quiet; }
refused() { "$psql" -Xq -P pager=off 2>&1 | quiet; } # goes on after errors, for they are what it shows

# The rows wait in a table of JSON lines; `delivered` writes one and says what became of it.
load() { # load TABLE FILE
    "$psql" -Xq -c "CREATE TABLE $1 (n serial, line jsonb)"
    "$psql" -Xq -c "\\copy $1 (line) FROM '$2' WITH (FORMAT csv, QUOTE e'\\x01', DELIMITER e'\\x02')"
}

title "Cards, data and superseded versions: three tables, protected"
sql <<'EOF'
CREATE TABLE user_cards (
    user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea, crypt_pkey bytea,
    crypt_cert bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);
CREATE TABLE user_storage (
    user_hash bytea, uuid uuid, value_b64 bytea, deleted_flag boolean, parent_sign_b64 bytea,
    owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, uuid));
CREATE TABLE user_storage_versions (
    user_hash bytea, storage_uuid uuid, value_b64 bytea, deleted_flag boolean, parent_sign_b64 bytea,
    owner_timestamp bigint, sign_b64 bytea PRIMARY KEY);
SELECT rowseal.protect_identities('user_cards');
SELECT rowseal.protect('user_storage', identities => 'user_cards', versions => 'user_storage_versions',
    versions_columns => '{"uuid":"storage_uuid"}');

CREATE FUNCTION delivered(line jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I SELECT * FROM jsonb_populate_record(NULL::%1$I, $1)', line ->> 'table') USING line -> 'columns';
    RETURN 'let in';
EXCEPTION WHEN OTHERS THEN
    RETURN sqlstate || ' ' || regexp_replace(regexp_replace(sqlerrm, '^[a-zA-Z.]+: ', ''), '\S+ \([^)]*\)=\([^)]*\): ', '');
END $$;
EOF

title "Rows signed in Node with Ed25519: good ones are stored, forgeries refused"
load node_rows "$rows/rowseal-v1.Ed25519.jsonl"
sql <<'EOF'
SELECT line ->> 'table' AS "table", coalesce(line #>> '{meta,what}', 'good') AS "row", count(*), delivered AS outcome
FROM (SELECT n, line, delivered(line) FROM node_rows ORDER BY n) AS d
GROUP BY 1, 2, 4 ORDER BY min(n);
EOF

title "Two devices of one owner wrote the same key: whatever order their rows arrive in, the latest stays and the others are its history"
sql <<'EOF'
SELECT rowseal.digest('user_storage') AS before;
SELECT count(delivered(line)) AS delivered_again_backwards FROM (SELECT line FROM node_rows WHERE (line #>> '{meta,valid}')::boolean ORDER BY n DESC) AS r;
SELECT rowseal.digest('user_storage') AS after;
SELECT h.owner_timestamp, h.deleted, h.is_tip, h.valid, h.depth
FROM (SELECT jsonb_build_object('user_hash', user_hash, 'uuid', uuid) AS key FROM user_storage ORDER BY uuid LIMIT 1) AS k,
     rowseal.history('user_storage', k.key) AS h;
EOF

title "The table's owner takes protection off, forges a row, puts protection back: the audit finds it"
sql <<'EOF'
SELECT rowseal.unprotect('user_storage');
UPDATE user_storage SET value_b64 = 'forged' WHERE uuid = (SELECT min(uuid::text)::uuid FROM user_storage);
SELECT rowseal.protect('user_storage', identities => 'user_cards', versions => 'user_storage_versions',
    versions_columns => '{"uuid":"storage_uuid"}', validate => false);
SELECT source, code, severity, left(problem, 60) AS problem FROM rowseal.verify('user_storage') WHERE severity = 'error';
SELECT "table", rows, versions, tombstones, owners, invalid FROM rowseal.audit();
EOF

title "A forgery by UPDATE, a DELETE"
refused <<'EOF'
UPDATE user_cards SET name = 'Mallory';
DELETE FROM user_storage;
EOF

title "A BuckitUp card (ML-DSA-87) in its own format; the card forged by moving a digit is refused"
load buckitup_rows "$rows/buckitup.ML-DSA-87.jsonl"
sql <<'EOF'
SELECT rowseal.unprotect('user_storage'), rowseal.unprotect('user_cards');
DROP TABLE user_storage, user_storage_versions, user_cards;
CREATE TABLE user_cards (
    user_hash text PRIMARY KEY, sign_pkey bytea NOT NULL, contact_pkey bytea NOT NULL, contact_cert bytea NOT NULL,
    crypt_pkey bytea NOT NULL, crypt_cert bytea NOT NULL, name text NOT NULL, deleted_flag boolean NOT NULL,
    owner_timestamp bigint NOT NULL, sign_b64 bytea);
SELECT rowseal.protect_identities('user_cards', algorithm => 'ML-DSA-87', owner_prefix => 'u_', format => 'buckitup');
SELECT line #>> '{meta,kind}' AS kind, coalesce(line #>> '{meta,what}', '') AS what, delivered(line) AS outcome
FROM buckitup_rows WHERE line ->> 'table' = 'user_cards' AND line #>> '{meta,kind}' IN ('card', 'forged', 'forged-original') ORDER BY n;
EOF
