CREATE FUNCTION rowseal.delivery("table" regclass, "rows" jsonb, OUT problems text[], OUT store text) RETURNS record
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
AS $$
#variable_conflict use_variable
DECLARE
    settings jsonb := rowseal_internal.audited("table");
    required text[] := ARRAY(SELECT i.here FROM rowseal_internal.image_columns(settings) AS i WHERE i.name IS DISTINCT FROM nullif(settings ->> 'version_id', settings ->> 'signature'));
    accepted text[] := ARRAY(SELECT a.attname::text FROM pg_attribute AS a WHERE a.attrelid = "table" AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    IF "rows" IS NULL OR jsonb_typeof("rows") <> 'array' OR jsonb_array_length("rows") > 10000 OR pg_column_size("rows") > 67108864 THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = 'malformed: rows must be a JSON array of rows, 10000 and 64 MiB at most';
    END IF;
    problems := ARRAY(SELECT format('malformed: %s: ', "table") || rowseal_internal.undeliverable(value, required, accepted) FROM jsonb_array_elements("rows") WITH ORDINALITY AS r(value, n) ORDER BY n);
    store := rowseal_internal.fill(CASE settings ->> 'layout' WHEN 'one-table' THEN rowseal_internal.template_deliver_beside() ELSE rowseal_internal.template_deliver() END,
                                   rowseal_internal.delivery_slots("table", settings));
END
$$;
COMMENT ON FUNCTION rowseal.delivery(regclass, jsonb) IS
'What rowseal.deliver needs to know and may not look up: what is wrong with the columns of each row (NULL: nothing), and the text of a statement, for the caller to EXECUTE, that inserts the rows $1 (jsonb[]) and says of each what becomes of it, provided that it is accepted. It is made from the catalogue, and reads no table. RS012 for a table that is not protected, RS006 for more than 10000 rows or 64 MiB.';

CREATE FUNCTION rowseal_internal.undeliverable("row" jsonb, required text[], accepted text[]) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE WHEN jsonb_typeof($1) <> 'object' THEN 'a row must be a JSON object'
                WHEN missing IS NOT NULL THEN format('%s is missing; a row must be whole, and NULL is null', left(missing, 1000))
                WHEN stray IS NOT NULL THEN format('there is no column %s', left(stray, 1000))
                WHEN nested IS NOT NULL THEN format('%s must be text, as PostgreSQL prints the value', left(nested, 1000)) END
    FROM (SELECT string_agg(quote_ident(name), ', ') AS missing FROM unnest(required) AS name WHERE NOT $1 ? name) AS m,
         (SELECT string_agg(quote_ident(key), ', ') FILTER (WHERE key <> ALL (accepted)) AS stray,
                 string_agg(quote_ident(key), ', ') FILTER (WHERE jsonb_typeof(value) IN ('object', 'array')) AS nested
          FROM jsonb_each(CASE jsonb_typeof($1) WHEN 'object' THEN $1 ELSE '{}' END)) AS s
$$;
COMMENT ON FUNCTION rowseal_internal.undeliverable(jsonb, text[], text[]) IS
'What is wrong with a row in JSON that must have some columns and may have others; NULL if nothing is.';

CREATE FUNCTION rowseal_internal.delivery_slots(target regclass, settings jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    -- c1, c2, ... are the columns of a row, so that no name of a table's own means anything else.
    WITH c AS (
        SELECT i.n, i.name, i.here, 'c' || row_number() OVER (ORDER BY i.n) AS alias, format('(g ->> %L)::%s', i.here, rowseal_internal.type_name(a.atttypid, -1)) AS given
        FROM rowseal_internal.image_columns(settings) AS i JOIN pg_attribute AS a ON a.attrelid = target AND a.attname = i.here AND NOT a.attisdropped),
    signed AS (SELECT format('(g ->> %L)::bytea', c.here) AS signature FROM c WHERE c.name = settings ->> 'signature'),
    value AS (SELECT c.n, c.alias, CASE WHEN c.name = nullif(settings ->> 'version_id', settings ->> 'signature')
                  THEN format(CASE settings ->> 'version_id_type' WHEN 'text' THEN 'coalesce(%1$s, CASE WHEN octet_length(%2$s) BETWEEN 1 AND 65536 THEN %4$L || encode(rowseal.version_id(%2$s, %3$L), ''hex'') END)'
                                                                  ELSE 'coalesce(%1$s, CASE WHEN octet_length(%2$s) BETWEEN 1 AND 65536 THEN rowseal.version_id(%2$s, %3$L) END)' END,
                              c.given, signed.signature, settings ->> 'version_hash', settings ->> 'version_prefix')
                  ELSE c.given END AS given
              FROM c, signed),
    key AS (SELECT c.* FROM c WHERE settings -> CASE settings ->> 'layout' WHEN 'one-table' THEN 'primary_key' ELSE 'key' END ? c.name),
    version AS (SELECT c.* FROM c WHERE c.name IN (settings ->> 'owner_timestamp', settings ->> 'signature'))
    SELECT slots || jsonb_build_object('is_here', format(
        -- Where no versions are kept, one that was replaced is known no longer.
        CASE settings ->> 'layout' WHEN 'two-tables' THEN 'g.time > 1 OR (%1$s) = (%2$s) OR EXISTS (SELECT FROM %3$s AS v WHERE %4$s)' ELSE '(g.time > 1 OR (%1$s) = (%2$s)) AND (g.best > g.rank) IS NOT true' END,
        slots ->> 'tip', slots ->> 'given', settings ->> 'versions', slots ->> 'archived'))
    FROM (SELECT jsonb_build_object(
        'table', rowseal_internal.own_name(settings), 'data', settings ->> 'table', 'late', CASE settings ->> 'layout' WHEN 'two-tables' THEN 'late' ELSE 'stale' END,
        'values', (SELECT string_agg(v.given || ' AS ' || v.alias, ', ' ORDER BY v.n) FROM value AS v),
        'columns', (SELECT string_agg(rowseal_internal.identifier(c.here), ', ' ORDER BY c.n) FROM c), 'aliases', (SELECT string_agg(c.alias, ', ' ORDER BY c.n) FROM c),
        'key', (SELECT string_agg(k.alias, ', ' ORDER BY k.n) FROM key AS k),
        'same_key', (SELECT string_agg(format('t.%s = g.%s', rowseal_internal.identifier(k.name), k.alias), ' AND ' ORDER BY k.n) FROM key AS k),
        'no_tip', (SELECT format('t.%s IS NULL', rowseal_internal.identifier(min(k.name))) FROM key AS k),
        'version', (SELECT string_agg(v.alias, ', ' ORDER BY v.name <> settings ->> 'owner_timestamp') FROM version AS v),
        'given', (SELECT string_agg('g.' || v.alias, ', ' ORDER BY v.name <> settings ->> 'owner_timestamp') FROM version AS v),
        'tip', (SELECT string_agg('t.' || rowseal_internal.identifier(v.name), ', ' ORDER BY v.name <> settings ->> 'owner_timestamp') FROM version AS v),
        'archived', (
            SELECT string_agg(format('v.%s = g.%s', rowseal_internal.identifier(rowseal_internal.column_in(settings, true, c.name)), c.alias), ' AND ' ORDER BY c.n)
            FROM c WHERE settings -> 'versions_key' ? c.name OR c.name = settings ->> 'signature'))) AS x(slots)
$$;
COMMENT ON FUNCTION rowseal_internal.delivery_slots(regclass, jsonb) IS 'Slots of the statement that delivers rows.';

CREATE FUNCTION rowseal_internal.template_deliver() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
WITH given AS MATERIALIZED (SELECT n, {{values}} FROM unnest($1) WITH ORDINALITY AS x(g, n)),
written AS (INSERT INTO {{table}} ({{columns}}) SELECT {{aliases}} FROM given ORDER BY n),
ranked AS (SELECT *, dense_rank() OVER (PARTITION BY {{key}} ORDER BY {{version}}) AS rank, row_number() OVER (PARTITION BY {{key}}, {{version}} ORDER BY n) AS time FROM given),
-- The greatest of the rows with the same key before a row.
lined AS (SELECT *, max(rank) OVER (PARTITION BY {{key}} ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS best FROM ranked)
-- What is read here is as it was before the statement.
SELECT array_agg(CASE
    WHEN {{is_here}} THEN 'known'
    WHEN {{no_tip}} AND g.best IS NULL THEN 'stored'
    WHEN g.best > g.rank OR ({{tip}}) > ({{given}}) THEN '{{late}}'
    ELSE 'merged' END ORDER BY g.n)
FROM lined AS g LEFT JOIN {{data}} AS t ON {{same_key}}
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_deliver() IS 'Statement that delivers rows to a data table that keeps tips, or to its versions table.';

CREATE FUNCTION rowseal_internal.template_deliver_beside() RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $template$ SELECT $body$
WITH given AS MATERIALIZED (SELECT n, {{values}} FROM unnest($1) WITH ORDINALITY AS x(g, n)),
written AS (INSERT INTO {{table}} ({{columns}}) SELECT {{aliases}} FROM given ORDER BY n),
lined AS (SELECT *, row_number() OVER (PARTITION BY {{key}} ORDER BY n) AS time FROM given)
-- What is read here is as it was before the statement.
SELECT array_agg(CASE WHEN g.time > 1 OR NOT {{no_tip}} THEN 'known' ELSE 'stored' END ORDER BY g.n)
FROM lined AS g LEFT JOIN {{data}} AS t ON {{same_key}}
$body$ $template$;
COMMENT ON FUNCTION rowseal_internal.template_deliver_beside() IS 'Statement that delivers rows to a table that keeps all versions.';
