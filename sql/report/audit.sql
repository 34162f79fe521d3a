-- An audit of everything at a glance: as a table, and as a page to look at and to archive.

CREATE FUNCTION rowseal.audit(target regclass DEFAULT NULL)
RETURNS TABLE ("table" regclass, rows bigint, versions bigint, tombstones bigint, owners bigint, invalid bigint, forks bigint, missing_parents bigint,
               deferred bigint, quarantined bigint, seconds numeric, rows_per_second numeric, errors bigint)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT a."table", a.rows, a.versions, a.tombstones, a.owners, a.invalid, a.forks, a.missing_parents, a.deferred, a.quarantined, a.seconds, a.rows_per_second, a.errors
    FROM (SELECT target WHERE target IS NOT NULL
          UNION ALL SELECT r FROM rowseal.readable() AS r WHERE target IS NULL) AS t(relation),
         LATERAL rowseal.audit_table(t.relation) AS a
    ORDER BY a."table"::text
$$;
COMMENT ON FUNCTION rowseal.audit(regclass) IS
'Verifies a table, or all protected tables that the caller may read, and counts. A NOTICE names those that are left out. A line per table: rows (tips, tombstones among them), versions (all that are stored, the tips too), tombstones (rows that are deleted now), owners, invalid (versions that do not verify), forks, missing parents, parked rows, and errors: what rowseal.verify calls so, invalid versions and misplaced ones. Needs SELECT on the tables, and on their identity tables. RS012 for a table that is not protected.';
