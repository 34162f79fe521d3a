-- Rows that wait aside: deferred until the owner's card is here, or in quarantine because they are bad.

CREATE TABLE rowseal_internal.parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('deferred', 'quarantine')),
    "table" regclass NOT NULL,
    identities regclass,
    owner text COLLATE "C" NOT NULL,
    "row" jsonb NOT NULL,
    bytes bigint NOT NULL,
    digest bytea NOT NULL,
    code text NOT NULL CHECK (code ~ '^[0-9A-Z]{5}$'),
    reason text NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    login text COLLATE "C" NOT NULL DEFAULT session_user,
    replica boolean NOT NULL DEFAULT current_setting('session_replication_role') = 'replica',
    drawer bigint NOT NULL DEFAULT -1
);
-- None is unique: who parks a row must not wait for a stranger who parks the same. Each has one column to search by, so that a query takes
-- the one that was made for it, also where it was planned when the table was empty.
CREATE INDEX parked_row ON rowseal_internal.parked (digest) INCLUDE ("table");
CREATE INDEX parked_waiting ON rowseal_internal.parked (owner, identities, id) WHERE kind = 'deferred';
CREATE INDEX parked_of_owner ON rowseal_internal.parked (owner) INCLUDE ("table", kind, login, bytes);
CREATE INDEX parked_in_drawer ON rowseal_internal.parked (drawer) INCLUDE (login, bytes);
COMMENT ON TABLE rowseal_internal.parked IS
'Rows that were refused where settings say defer or quarantine, with their values as PostgreSQL prints them, the login role that brought them, and whether replication did. Written by trigger functions only; seen through rowseal.deferred and rowseal.quarantine.';
SELECT pg_catalog.pg_extension_config_dump('rowseal_internal.parked', '');
SELECT pg_catalog.pg_extension_config_dump('rowseal_internal.parked_id_seq', '');

CREATE TABLE rowseal_internal.unsettled (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identities oid NOT NULL,
    owner text COLLATE "C" NOT NULL,
    transaction xid8 NOT NULL DEFAULT pg_current_xact_id(),
    looked boolean NOT NULL DEFAULT false
);
CREATE INDEX unsettled_of_transaction ON rowseal_internal.unsettled (transaction, identities, owner);
CREATE INDEX unsettled_of_owner ON rowseal_internal.unsettled (owner);
COMMENT ON TABLE rowseal_internal.unsettled IS
'Owners of whom a transaction has deferred a row or stored a card. When it ends it looks whether the two have met; a line that stays is for the next one to look at. Not dumped: rowseal.retry looks at everything.';

CREATE TABLE rowseal_internal.marks (
    gate integer PRIMARY KEY,
    passed bigint NOT NULL
) WITH (fillfactor = 20);
INSERT INTO rowseal_internal.marks SELECT gate, 0 FROM pg_catalog.generate_series(0, 1023) AS gate;
COMMENT ON TABLE rowseal_internal.marks IS
'Lines that change when a row of an owner is deferred, or a card stored; the owner''s hash says which. By them a transaction that sees an old state only (REPEATABLE READ, SERIALIZABLE) learns that it does.';
