-- The queries of the audits, as text: whoever audits executes them with their own rights. In all of them $1 is a row key or a row
-- (jsonb), $2 and $3 are the tables and the places of rows (oid[], tid[]), as far as they are used.
--
-- Values of the table reach functions of PostgreSQL's own only as types of its own: a cast to json or text could be a function of
-- the table's owner, and a superuser audits too. For the same reason no query makes a value of a domain or an enum.

CREATE FUNCTION rowseal_internal.value(settings jsonb, name text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format(CASE WHEN (c ->> 'rendered')::boolean THEN 'rowseal.text(r.%s)'
                       WHEN c ->> 'kind' = 'bytes' THEN 'r.%s::bytea'
                       WHEN c ->> 'kind' = 'boolean' THEN 'r.%s::bool'
                       WHEN c ->> 'kind' = 'integer' THEN 'r.%s::int8'
                       ELSE 'r.%s::text' END, rowseal_internal.own_identifier(settings, name))
    FROM jsonb_array_elements(settings -> 'columns') AS c WHERE c ->> 'name' = $2
$$;
COMMENT ON FUNCTION rowseal_internal.value(jsonb, text) IS
'An SQL expression for a signed column of a row r of the table whose settings these are, of a type that is PostgreSQL''s own.';

CREATE FUNCTION rowseal_internal.row_key(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('jsonb_build_object(%s)', string_agg(format('%L, %s', k, rowseal_internal.value(settings, k)), ', ' ORDER BY n))
    FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS key(k, n)
$$;
COMMENT ON FUNCTION rowseal_internal.row_key(jsonb) IS 'An SQL expression for the row key of a row r as jsonb, by the data table''s names.';

CREATE FUNCTION rowseal_internal.row_content(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Forty columns each: a function takes a hundred arguments at most.
    SELECT string_agg(part, ' || ' ORDER BY chunk)
    FROM (SELECT n / 40 AS chunk, format('jsonb_build_object(%s)', string_agg(format('%L, %s', name, value), ', ' ORDER BY n)) AS part
          FROM (SELECT n, c ->> 'name' AS name, rowseal_internal.value(settings, c ->> 'name') AS value
                FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
                UNION ALL
                SELECT 100000 + n, name, format('r.%s::%s', rowseal_internal.own_identifier(settings, name), type)
                FROM (VALUES (1, settings ->> 'signature', 'bytea'),
                             (2, nullif(settings ->> 'version_id', settings ->> 'signature'), settings ->> 'version_id_type')) AS x(n, name, type)
                WHERE name IS NOT NULL) AS columns
          GROUP BY 1) AS chunks
$$;
COMMENT ON FUNCTION rowseal_internal.row_content(jsonb) IS
'An SQL expression for a version as jsonb: signed columns, signature, derived version id, by the data table''s names.';

CREATE FUNCTION rowseal_internal.id_of(settings jsonb, name text, is_text boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(CASE WHEN is_text
        THEN 'CASE WHEN starts_with(r.%1$s::text, %2$L) AND substr(r.%1$s::text, %3$s) ~ ''^([0-9a-f][0-9a-f])+$'' THEN decode(substr(r.%1$s::text, %3$s), ''hex'') ELSE convert_to(r.%1$s::text, ''UTF8'') END'
        ELSE 'r.%1$s::bytea' END,
        rowseal_internal.own_identifier(settings, name), settings ->> 'version_prefix', 1 + length(settings ->> 'version_prefix'))
$$;
COMMENT ON FUNCTION rowseal_internal.id_of(jsonb, text, boolean) IS
'An SQL expression for a column of version ids as bytea: a text''s prefix and hex become the digest that they spell.';

CREATE FUNCTION rowseal_internal.version_of(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal_internal.id_of(settings, settings ->> 'version_id', settings ->> 'version_id_type' = 'text' AND settings ->> 'version_id' <> settings ->> 'signature')
$$;
COMMENT ON FUNCTION rowseal_internal.version_of(jsonb) IS 'An SQL expression for the version id of a row r as bytea.';

CREATE FUNCTION rowseal_internal.parent_of(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH named AS (
        SELECT rowseal_internal.id_of(settings, settings ->> 'parent', c ->> 'kind' = 'text') AS parent
        FROM jsonb_array_elements(settings -> 'columns') AS c WHERE c ->> 'name' = settings ->> 'parent')
    SELECT CASE WHEN settings ->> 'parent' IS NULL THEN 'NULL::bytea'
                WHEN settings ->> 'version_id' = settings ->> 'signature' THEN parent
                ELSE format('CASE WHEN octet_length(%1$s) = octet_length(%2$s) OR octet_length(%1$s) NOT BETWEEN 1 AND 65536 THEN %1$s ELSE rowseal.version_id(%1$s, %3$L) END',
                            parent, rowseal_internal.version_of(settings), settings ->> 'version_hash') END
    FROM (VALUES (1)) AS one LEFT JOIN named ON true
$$;
COMMENT ON FUNCTION rowseal_internal.parent_of(jsonb) IS
'An SQL expression for the id of the version that a row r follows. Where versions go by the hash of their signature, a parent may be named by its signature as well.';

CREATE FUNCTION rowseal_internal.short(id text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('CASE WHEN octet_length(%1$s) > 128 THEN sha256(%1$s) ELSE %1$s END', id) $$;
COMMENT ON FUNCTION rowseal_internal.short(text) IS
'An SQL expression that stands for an id in joins: signatures of several thousand bytes would fill disks with sorts.';

CREATE FUNCTION rowseal_internal.written_at(owner_timestamp text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('CASE WHEN %1$s BETWEEN 1000000000 AND 99999999999 THEN to_timestamp(%1$s)'
                  ' WHEN %1$s BETWEEN 100000000000 AND 99999999999999 THEN to_timestamp(%1$s / 1e3)'
                  ' WHEN %1$s BETWEEN 100000000000000 AND 99999999999999999 THEN to_timestamp(%1$s / 1e6) END', owner_timestamp)
$$;
COMMENT ON FUNCTION rowseal_internal.written_at(text) IS
'An SQL expression for the time that an owner_timestamp states if it counts seconds since 1970, or milliseconds or microseconds where it is too large for that. NULL where it can be none of them: an owner may as well count 1, 2, 3.';

CREATE FUNCTION rowseal_internal.same_key(settings jsonb, given jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT string_agg(format(CASE WHEN argument_type LIKE '%.%' THEN 'rowseal.text(r.%1$s) = $1 ->> %2$L' ELSE 'r.%1$s = ($1 ->> %2$L)::%3$s' END,
                             rowseal_internal.own_identifier(settings, k), rowseal_internal.column_in(given, rowseal_internal.is_versions(given), k), argument_type), ' AND ' ORDER BY n)
    FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS key(k, n),
         LATERAL rowseal_internal.argument_type(rowseal_internal.relation(rowseal_internal.own_name(settings)), rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), k)) AS argument_type
$$;
COMMENT ON FUNCTION rowseal_internal.same_key(jsonb, jsonb) IS
'The condition that a row r of the table with the first settings has the row key in $1 (jsonb), which has the names of the table with the second. Types with a schema are enums, whose labels are compared as text.';

CREATE FUNCTION rowseal_internal.source(settings jsonb, selection text) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE selection
        WHEN 'all' THEN format('%s AS r', rowseal_internal.own_name(settings))
        WHEN 'row' THEN format('%s AS r WHERE %s', rowseal_internal.own_name(settings), rowseal_internal.same_key(settings, settings || '{"role": "data"}'))
        WHEN 'places' THEN format('unnest($2, $3) AS chosen(relation, place) JOIN %s AS r ON r.ctid = chosen.place AND r.tableoid = chosen.relation', rowseal_internal.own_name(settings)) END;
END
$$;
COMMENT ON FUNCTION rowseal_internal.source(jsonb, text) IS
'What follows FROM: all rows r of the table whose settings these are, those of the row key $1, or those that lie in the tables $2 at the places $3; NULL for another selection.';

CREATE FUNCTION rowseal_internal.image_query(settings jsonb, selection text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('SELECT r.tableoid AS relation, r.ctid AS place, %s AS image FROM %s', rowseal_internal.image(settings, 'r'), rowseal_internal.source(settings, selection)) $$;
COMMENT ON FUNCTION rowseal_internal.image_query(jsonb, text) IS
'A query for the row images of a data table or a versions table, and where each row lies.';

CREATE FUNCTION rowseal_internal.versions_in(settings jsonb, selection text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal_internal.fill($template$
SELECT {{is_data}} AS is_data, r.tableoid AS relation, r.ctid AS place,
       {{row_key}} AS row_key, sha256(convert_to(({{row_key}})::text, 'UTF8')) AS key, {{owner}} AS owner,
       {{owner_timestamp}} AS owner_timestamp, {{written_at}} AS written_at, {{signature}} AS signature, {{deleted}} AS deleted,
       {{id}} AS id, {{ref}} AS ref, {{parent_id}} AS parent_id, {{parent}} AS parent, {{content}} AS content
FROM {{source}}$template$, jsonb_build_object(
        'is_data', NOT rowseal_internal.is_versions(settings),
        'row_key', rowseal_internal.row_key(settings),
        'owner', rowseal_internal.value(settings, settings ->> 'owner'),
        'owner_timestamp', rowseal_internal.value(settings, settings ->> 'owner_timestamp'),
        'written_at', rowseal_internal.written_at(rowseal_internal.value(settings, settings ->> 'owner_timestamp')),
        'signature', format('r.%s::bytea', rowseal_internal.own_identifier(settings, settings ->> 'signature')),
        'deleted', rowseal_internal.value(settings, settings ->> 'deleted'),
        'id', rowseal_internal.version_of(settings),
        'ref', rowseal_internal.short(rowseal_internal.version_of(settings)),
        'parent_id', rowseal_internal.parent_of(settings),
        'parent', rowseal_internal.short(rowseal_internal.parent_of(settings)),
        'content', rowseal_internal.row_content(settings),
        'source', rowseal_internal.source(settings, selection)))
$$;
COMMENT ON FUNCTION rowseal_internal.versions_in(jsonb, text) IS
'A query for the versions in one table: where each lies, its key (also as a hash, to join by), owner, what orders it, its id, what a child calls it (ref), its parent, all of it as jsonb.';

CREATE FUNCTION rowseal_internal.versions_query(settings jsonb, selection text) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal_internal.versions_in(settings || '{"role": "data"}', selection)
        || CASE WHEN settings ->> 'layout' = 'two-tables' THEN ' UNION ALL ' || rowseal_internal.versions_in(settings || '{"role": "versions"}', selection) ELSE '' END
$$;
COMMENT ON FUNCTION rowseal_internal.versions_query(jsonb, text) IS
'A query for all stored versions of a protected table, or for those that the selection names.';

CREATE FUNCTION rowseal_internal.cards_query(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    -- A key is the same in all versions of a card. One that is longer than any real key is cut, which no owner id survives.
    SELECT rowseal_internal.fill($template$
SELECT array_agg(coalesce(c.card, '') ORDER BY o.n) FROM unnest($1) WITH ORDINALITY AS o(owner, n)
LEFT JOIN (SELECT DISTINCT ON (r.{{owner}}) r.{{owner}}::{{type}}::text AS owner, decode('00', 'hex') || substring(r.{{public_key}}::bytea FOR 4096) AS card
           FROM {{identities}} AS r WHERE r.{{owner}} = ANY ($1::{{type}}[]) ORDER BY r.{{owner}}) AS c USING (owner)$template$, jsonb_build_object(
        'owner', rowseal_internal.identifier(cards ->> 'owner'),
        'public_key', rowseal_internal.identifier(cards ->> 'public_key'),
        'type', CASE (SELECT c ->> 'kind' FROM jsonb_array_elements(cards -> 'columns') AS c WHERE c ->> 'name' = cards ->> 'owner') WHEN 'bytes' THEN 'bytea' ELSE 'text' END,
        'identities', rowseal_internal.own_name(cards)))
    FROM rowseal_internal.settings_of(rowseal_internal.relation(settings ->> 'identities')) AS cards WHERE cards IS NOT NULL
$$;
COMMENT ON FUNCTION rowseal_internal.cards_query(jsonb) IS
'A query for the cards of the owners $1 (text[]) in their order, as bytea[]: for each a zero byte and the public key, empty if there is none. NULL for a table that takes its keys from no other.';

CREATE FUNCTION rowseal_internal.tip_query(settings jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT string_agg(format('(SELECT record_send(ROW(%s, r.%s::bytea)) FROM %s AS r WHERE %s%s LIMIT 1)',
        rowseal_internal.value(looked_at, settings ->> 'owner_timestamp'), signature, rowseal_internal.own_name(looked_at), rowseal_internal.same_key(looked_at, settings),
        CASE WHEN settings ->> 'layout' = 'one-table' OR rowseal_internal.is_versions(settings)
             THEN format(' AND r.%s::bytea = ($1 ->> %L)::bytea', signature, rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), settings ->> 'signature')) ELSE '' END),
        ' UNION ALL ')
    FROM (SELECT settings || '{"role": "data"}' UNION ALL SELECT settings WHERE rowseal_internal.is_versions(settings)) AS x(looked_at),
         LATERAL rowseal_internal.own_identifier(looked_at, settings ->> 'signature') AS signature
$$;
COMMENT ON FUNCTION rowseal_internal.tip_query(jsonb) IS
'A query for owner_timestamp and signature, as record_send writes them, of the stored row that a row $1 (jsonb) would meet: the tip with its key; where all versions are kept, the same version.';
