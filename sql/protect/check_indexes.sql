CREATE FUNCTION rowseal_internal.local_columns(target oid, settings jsonb) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(attname::text), '{}') FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND rowseal_internal.is_excluded(settings, attname)
$$;
COMMENT ON FUNCTION rowseal_internal.local_columns(oid, jsonb) IS 'The columns whose values have nothing to do with what owners sign; what is generated might be made from that.';

CREATE FUNCTION rowseal_internal.refusing_indexes(target oid, settings jsonb) RETURNS TABLE (part oid, index oid)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH known AS MATERIALIZED (
        SELECT rowseal_internal.local_columns(target, settings) AS local, ARRAY(SELECT jsonb_array_elements_text(rowseal_internal.primary_key(target))) AS primary_key,
               ARRAY(SELECT rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), settings ->> s) FROM unnest(ARRAY['signature', 'version_id']) AS s) AS version_id)
    SELECT i.indrelid, i.indexrelid
    FROM known CROSS JOIN rowseal_internal.tree(target) AS t(part) JOIN pg_index i ON i.indrelid = t.part JOIN pg_class c ON c.oid = i.indexrelid
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(a.attname::text) FILTER (WHERE o.opcdefault AND coalesce(l.collisdeterministic, true)), '{}') AS exact,
               bool_and(coalesce(a.attname::text = ANY (known.local), false)) AS is_local
        FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[]) WITH ORDINALITY AS k(attnum, operators, spelling, n)
        JOIN pg_opclass o ON o.oid = k.operators LEFT JOIN pg_collation l ON l.oid = k.spelling
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE k.n <= i.indnkeyatts) AS key
    WHERE (i.indisunique OR i.indisexclusion) AND NOT i.indisprimary AND NOT c.relispartition
      AND (i.indisexclusion OR NOT i.indimmediate OR NOT (
          -- What has the primary key refuses nothing that this would not. Versions differ in their ids.
          key.exact @> known.primary_key OR key.exact && known.version_id
          OR key.is_local AND NOT i.indnullsnotdistinct))
$$;
COMMENT ON FUNCTION rowseal_internal.refusing_indexes(oid, jsonb) IS
'Unique and exclusion indexes of a table and its partitions that could refuse a row because of another one. Deferrable ones are among them, for ON CONFLICT fails where there is one.';
