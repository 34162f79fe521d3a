CREATE FUNCTION rowseal.history_nodes("table" regclass, row_key jsonb, latest integer DEFAULT NULL) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH h AS MATERIALIZED (SELECT *, count(*) OVER () AS total FROM rowseal.history($1, $2) WITH ORDINALITY),
    known AS (SELECT version_id, min(ordinality) AS place FROM h GROUP BY version_id),
    shown AS (
        SELECT h.*, known.place AS parent_place, greatest(0, total - latest) AS left_out
        FROM h LEFT JOIN known ON known.version_id = h.parent WHERE latest IS NULL OR ordinality > total - latest)
    SELECT coalesce(array_agg(field ORDER BY ordinality, n), '{}')
    FROM shown, unnest(ARRAY[
        coalesce(encode(substring(version_id FOR 6), 'hex'), ''),
        CASE WHEN parent_place > coalesce(left_out, 0) THEN (parent_place - coalesce(left_out, 0))::text ELSE '' END,
        CASE WHEN parent IS NOT NULL AND parent_place IS NULL THEN encode(substring(parent FOR 6), 'hex') ELSE '' END,
        coalesce(owner_timestamp::text, ''),
        CASE WHEN deleted THEN 't' ELSE 'f' END, CASE WHEN is_tip THEN 't' ELSE 'f' END, CASE WHEN valid THEN 't' ELSE 'f' END
    ]) WITH ORDINALITY AS f(field, n)
$$;
COMMENT ON FUNCTION rowseal.history_nodes(regclass, jsonb, integer) IS
'The versions of a row, or the latest so many of them, as texts for drawing, seven each: id, place of the parent, id of a missing parent, timestamp, deleted, tip, valid. Rights and errors as rowseal.history.';
