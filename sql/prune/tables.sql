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

CREATE TABLE rowseal_internal.pruned_parents (
    relation regclass NOT NULL,
    ref bytea NOT NULL,
    PRIMARY KEY (relation, ref));
SELECT pg_catalog.pg_extension_config_dump('rowseal_internal.pruned_parents', '');
COMMENT ON TABLE rowseal_internal.pruned_parents IS
'Pruned versions that a kept one names as its parent, so that the audit does not report these as missing.';

CREATE UNLOGGED TABLE rowseal_internal.pruning (
    transaction xid8 NOT NULL,
    relation oid NOT NULL,
    place tid NOT NULL,
    PRIMARY KEY (transaction, relation, place));
COMMENT ON TABLE rowseal_internal.pruning IS
'Rows that rowseal.prune is deleting in a transaction, which their DELETE triggers let pass in this very transaction. prune clears it before it ends, so nobody ever sees a row of another transaction.';
