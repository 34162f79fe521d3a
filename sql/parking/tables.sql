-- Rows that wait aside: deferred until the owner's card is here, or in quarantine because they are bad.

CREATE TABLE rowseal_internal.parked (
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
CREATE INDEX parked_waiting ON rowseal_internal.parked (identities, owner, id) WHERE kind = 'deferred';
CREATE INDEX parked_of_table ON rowseal_internal.parked ("table", kind, id) INCLUDE (bytes);
CREATE INDEX parked_of_owner ON rowseal_internal.parked ("table", kind, owner) INCLUDE (bytes);
COMMENT ON TABLE rowseal_internal.parked IS
'Rows that were refused where settings say defer or quarantine, with their values as PostgreSQL prints them. Written by trigger functions only; seen through rowseal.deferred and rowseal.quarantine.';
SELECT pg_catalog.pg_extension_config_dump('rowseal_internal.parked', '');
SELECT pg_catalog.pg_extension_config_dump('rowseal_internal.parked_id_seq', '');

CREATE TABLE rowseal_internal.awaited (
    identities oid,
    owner text,
    PRIMARY KEY (identities, owner)
);
COMMENT ON TABLE rowseal_internal.awaited IS
'Owners whose cards rows have waited for. Whoever defers a row and whoever stores a card lock the owner''s line, so that neither overlooks the other. Not dumped: a line that is missing is made again.';
