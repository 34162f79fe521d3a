CREATE VIEW rowseal.parked_counts WITH (security_barrier = true) AS
SELECT p."table", count(*) FILTER (WHERE p.kind = 'deferred') AS deferred, count(*) FILTER (WHERE p.kind = 'quarantine') AS quarantined
FROM rowseal_internal.parked AS p
WHERE pg_catalog.has_table_privilege(p."table", 'SELECT')
GROUP BY p."table";
COMMENT ON VIEW rowseal.parked_counts IS
'How many rows are parked for tables that you may read. The rows themselves are for the tables'' owners: rowseal.deferred and rowseal.quarantine.';
