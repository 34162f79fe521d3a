-- PL/Java looks up class paths there as the calling user. It grants this itself, but not where CREATE EXTENSION made the
-- schema.
GRANT USAGE ON SCHEMA sqlj TO PUBLIC;

-- A process that first loads PL/Java's library during a parallel query, the leader too, cannot give it its settings.
ALTER FUNCTION rowseal.check_signature(text, bytea, bytea, bytea) PARALLEL UNSAFE;
ALTER FUNCTION rowseal.owner_id(bytea, text) PARALLEL UNSAFE;
