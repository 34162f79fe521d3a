CREATE VIEW rowseal.deferred WITH (security_barrier = true) AS
SELECT p.id, p."table", p.identities, nullif(p.owner, '') AS owner, p."row", p.code, p.reason, p.parked_at
FROM rowseal_internal.parked p JOIN pg_catalog.pg_class c ON c.oid = p."table"
WHERE p.kind = 'deferred' AND pg_catalog.pg_has_role(c.relowner, 'USAGE');
COMMENT ON VIEW rowseal.deferred IS
'Rows of your tables whose owner''s card is not here yet; they are offered again when it comes. DELETE discards a row.';

CREATE VIEW rowseal.quarantine WITH (security_barrier = true) AS
SELECT p.id, p."table", nullif(p.owner, '') AS owner, p."row", p.code, p.reason, p.parked_at
FROM rowseal_internal.parked p JOIN pg_catalog.pg_class c ON c.oid = p."table"
WHERE p.kind = 'quarantine' AND pg_catalog.pg_has_role(c.relowner, 'USAGE');
COMMENT ON VIEW rowseal.quarantine IS
'Rows of your tables that were refused, with SQLSTATE and reason; rowseal.retry offers them again. DELETE discards a row.';

-- Whoever sees a row in these views owns its table. So their triggers need not ask who is calling.
CREATE TRIGGER discard INSTEAD OF DELETE ON rowseal.deferred FOR EACH ROW EXECUTE FUNCTION rowseal_internal.discard_parked();
CREATE TRIGGER discard INSTEAD OF DELETE ON rowseal.quarantine FOR EACH ROW EXECUTE FUNCTION rowseal_internal.discard_parked();
CREATE TRIGGER offer INSTEAD OF UPDATE ON rowseal.deferred FOR EACH ROW EXECUTE FUNCTION rowseal_internal.offer_parked();
CREATE TRIGGER offer INSTEAD OF UPDATE ON rowseal.quarantine FOR EACH ROW EXECUTE FUNCTION rowseal_internal.offer_parked();
