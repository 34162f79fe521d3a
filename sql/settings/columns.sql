CREATE FUNCTION rowseal_internal.columns(target regclass, VARIADIC left_out name[]) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    WITH RECURSIVE base(attnum, typ) AS (
        SELECT attnum, atttypid FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT b.attnum, t.typbasetype FROM base b JOIN pg_type t ON t.oid = b.typ AND t.typtype = 'd'
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
               'name', a.attname,
               'type', format_type(a.atttypid, a.atttypmod),
               'kind', CASE WHEN b.typ = 'bytea'::regtype THEN 'bytes'
                            WHEN b.typ = 'bool'::regtype THEN 'boolean'
                            WHEN b.typ IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
                            ELSE 'text' END,
               'rendered', b.typ NOT IN ('bytea'::regtype, 'bool'::regtype, 'int2'::regtype, 'int4'::regtype,
                                         'int8'::regtype, 'text'::regtype, 'varchar'::regtype, 'name'::regtype,
                                         'uuid'::regtype),
               'not_null', a.attnotnull) ORDER BY a.attnum), '[]')
    FROM pg_attribute a
    JOIN base b ON b.attnum = a.attnum
    JOIN pg_type t ON t.oid = b.typ AND t.typtype <> 'd'
    WHERE a.attrelid = target AND a.attname <> ALL (left_out)
$$;
COMMENT ON FUNCTION rowseal_internal.columns(regclass, name[]) IS
'The columns of a table but for those left out: name, type, how the value reaches Java, whether PostgreSQL must print it.';

CREATE FUNCTION rowseal_internal.primary_key(target regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT coalesce(jsonb_agg(a.attname ORDER BY k.n), '[]') FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(attnum, n)
    JOIN pg_attribute a ON a.attrelid = target AND a.attnum = k.attnum WHERE i.indrelid = target AND i.indisprimary AND k.n <= i.indnkeyatts
$$;
COMMENT ON FUNCTION rowseal_internal.primary_key(regclass) IS 'The columns of a table''s primary key in order, without those that it merely includes; empty if it has none.';

