-- DDL must not weaken protection (RS011). The rule is about states, not commands: a table that was found whole once is
-- guarded, and a command that leaves a guarded table with a flaw is refused. A dump can be restored, for a table whose
-- triggers come one by one is not guarded before it is whole.

CREATE TABLE rowseal_internal.guarded (
    relation oid PRIMARY KEY,
    suffix text NOT NULL,
    "table" oid,
    versions oid,
    identities oid,
    tips oid,
    defers boolean NOT NULL,
    owner oid NOT NULL,
    partitions oid[] NOT NULL,
    columns jsonb NOT NULL,
    rewritten boolean NOT NULL DEFAULT false,
    types oid[] NOT NULL,
    prints text[] NOT NULL,
    validated timestamptz);
COMMENT ON TABLE rowseal_internal.guarded IS
'Tables that were found whole, what the names of their functions end with, the tables that their settings name (by OID, so that the names can follow a renamed table), their owner, their partitions, their columns (type, and where its entry in pg_attribute stands), whether a command is rewriting signed ones, the types that these are made of, and that of a table OF a type, what decides how these print, and when all that they hold was verified under their present settings. Not dumped, for a restored table is found whole anew.';

CREATE TABLE rowseal_internal.made_by (version text);
COMMENT ON TABLE rowseal_internal.made_by IS
'The version of the extension that made the present triggers and functions: one row. Not dumped.';
INSERT INTO rowseal_internal.made_by SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'rowseal';

CREATE TABLE rowseal_internal.changing (
    relation oid,
    transaction xid8,
    PRIMARY KEY (relation, transaction));
COMMENT ON TABLE rowseal_internal.changing IS
'Tables whose triggers Rowseal is changing in a transaction. What a transaction writes here it also removes, and nobody else sees it.';
