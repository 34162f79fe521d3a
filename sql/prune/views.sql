CREATE VIEW rowseal.pruned_parents WITH (security_barrier = true) AS
SELECT p.relation, p.ref FROM rowseal_internal.pruned_parents AS p
WHERE pg_catalog.has_table_privilege(p.relation, 'SELECT');
COMMENT ON VIEW rowseal.pruned_parents IS
'Pruned versions of tables that you may read which a kept version names as its parent: the table, and what the version that follows calls it (its id, or the SHA-256 of an id of more than 128 bytes).';
