-- Looks at stored versions again: each by itself (verify, digest), and how they hang together.
--
-- All of it runs with the caller's privileges: who may read a table may audit it. Key columns and rows reach jsonb through
-- rowseal._value only, for a cast to json or text could be a function of the table's owner, and a superuser audits too.

CREATE FUNCTION rowseal._audited("table" regclass) RETURNS jsonb
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found jsonb;
BEGIN
    -- What becomes part of SQL is taken from the catalogue, for an owner may have made a trigger with settings of their own.
    SELECT jsonb_strip_nulls(p.settings || jsonb_build_object('table', rowseal._qualified(p."table"), 'versions', rowseal._qualified(p.versions),
               'identities', rowseal._qualified(to_regclass(p.settings ->> 'identities'))))
    INTO found FROM rowseal.protected p WHERE $1 IN (p."table", p.versions);
    IF found IS NULL THEN
        PERFORM rowseal._refuse($1, 'the table is not protected');
    END IF;
    PERFORM rowseal._check_types(found);
    PERFORM rowseal.version(); -- loads Java classes, which the caller may not
    RETURN found;
END
$$;
COMMENT ON FUNCTION rowseal._audited(regclass) IS
'Settings of a protected table, or of the table whose versions it keeps; RS012 for one that is not protected.';

CREATE FUNCTION rowseal._check_types(settings jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed text;
BEGIN
    SELECT string_agg(quote_ident(c ->> 'name'), ', ') INTO changed FROM jsonb_array_elements(settings -> 'columns') AS c
    WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = (settings ->> 'table')::regclass AND a.attnum > 0 AND NOT a.attisdropped
                      AND a.attname = c ->> 'name' AND format_type(a.atttypid, a.atttypmod) = c ->> 'type');
    IF changed IS NOT NULL THEN
        PERFORM rowseal._refuse((settings ->> 'table')::regclass, format('column %s is not as it was protected; call protect again', changed));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._check_types(jsonb) IS 'RS012 where a signed column is gone, or has another type than the settings say.';

CREATE FUNCTION rowseal._value(settings jsonb, versions boolean, name text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format(CASE WHEN (c ->> 'rendered')::boolean THEN 'rowseal._text(r.%I)'
                       WHEN c ->> 'kind' = 'bytes' THEN 'r.%I::pg_catalog.bytea'
                       WHEN c ->> 'kind' = 'boolean' THEN 'r.%I::pg_catalog.bool'
                       WHEN c ->> 'kind' = 'integer' THEN 'r.%I::pg_catalog.int8'
                       ELSE 'r.%I::pg_catalog.text' END, rowseal._column_in(settings, versions, name))
    FROM jsonb_array_elements(settings -> 'columns') c WHERE c ->> 'name' = name
$$;
COMMENT ON FUNCTION rowseal._value(jsonb, boolean, text) IS
'An SQL expression for a signed column of a row r of the data table or the versions table, of a type that is PostgreSQL''s own.';

CREATE FUNCTION rowseal._row_key(settings jsonb, versions boolean) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('jsonb_build_object(%s)', string_agg(format('%L, %s', k, rowseal._value(settings, versions, k)), ', ' ORDER BY n))
    FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS key(k, n)
$$;
COMMENT ON FUNCTION rowseal._row_key(jsonb, boolean) IS 'An SQL expression for the row key of a row r as jsonb, by the data table''s names.';

CREATE FUNCTION rowseal._row_json(settings jsonb, versions boolean) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- Forty columns each: a function takes a hundred arguments at most.
    SELECT string_agg(part, ' || ' ORDER BY chunk)
    FROM (SELECT n / 40 AS chunk, format('jsonb_build_object(%s)', string_agg(format('%L, %s', name, value), ', ' ORDER BY n)) AS part
          FROM (SELECT n, c ->> 'name' AS name, rowseal._value(settings, versions, c ->> 'name') AS value
                FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
                UNION ALL
                SELECT 100000 + n, name, format('r.%I', rowseal._column_in(settings, versions, name))
                FROM (VALUES (1, settings ->> 'signature'), (2, nullif(settings ->> 'version_id', settings ->> 'signature'))) AS x(n, name)
                WHERE name IS NOT NULL) AS columns
          GROUP BY 1) AS chunks
$$;
COMMENT ON FUNCTION rowseal._row_json(jsonb, boolean) IS
'An SQL expression for a version as jsonb: signed columns, signature, derived version id, by the data table''s names.';

CREATE FUNCTION rowseal._id(settings jsonb, column_in_table text, is_text boolean) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN is_text THEN format(
        'CASE WHEN starts_with(r.%1$I, %2$L) AND substr(r.%1$I, %3$s) ~ ''^([0-9a-f][0-9a-f])+$'' THEN decode(substr(r.%1$I, %3$s), ''hex'') ELSE convert_to(r.%1$I, ''UTF8'') END',
        column_in_table, settings ->> 'version_prefix', 1 + length(settings ->> 'version_prefix'))
        ELSE format('r.%I', column_in_table) END
$$;
COMMENT ON FUNCTION rowseal._id(jsonb, text, boolean) IS
'An SQL expression for a column of version ids as bytea: a text''s prefix and hex become the digest that they spell.';

CREATE FUNCTION rowseal._short(id text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT format('CASE WHEN octet_length(%1$s) > 128 THEN sha256(%1$s) ELSE %1$s END', id) $$;
COMMENT ON FUNCTION rowseal._short(text) IS
'An SQL expression that stands for an id in joins: signatures of several thousand bytes would fill disks with sorts.';

CREATE FUNCTION rowseal._condition(settings jsonb, versions boolean, selection text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE selection
        WHEN 'all' THEN 'true'
        WHEN 'pruning' THEN 'EXISTS (SELECT FROM rowseal._pruning AS p WHERE p.relation = r.tableoid AND p.place = r.ctid)'
        WHEN 'key' THEN (
            SELECT format('ROW(%s) = (SELECT %s FROM jsonb_populate_record(NULL::%s, $1) AS k)',
                          string_agg(format('r.%I', rowseal._column_in(settings, versions, k)), ', ' ORDER BY n),
                          string_agg(format('k.%I', k), ', ' ORDER BY n), settings ->> 'table')
            FROM jsonb_array_elements_text(settings -> 'key') WITH ORDINALITY AS key(k, n)) END
$$;
COMMENT ON FUNCTION rowseal._condition(jsonb, boolean, text) IS
'The WHERE condition for all rows r, those that are about to be pruned, or those with the row key $1 (jsonb).';

CREATE FUNCTION rowseal._parent(settings jsonb, id text, parent text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE WHEN settings ->> 'version_id' = settings ->> 'signature' THEN parent
                ELSE format('CASE WHEN octet_length(%1$s) = octet_length(%2$s) OR octet_length(%1$s) NOT BETWEEN 1 AND 65536 THEN %1$s ELSE rowseal._version_id(%1$s, %3$L) END',
                            parent, id, settings ->> 'version_hash') END
$$;
COMMENT ON FUNCTION rowseal._parent(jsonb, text, text) IS
'The SQL expression of the id of a version''s parent. Where versions go by the hash of their signature, a parent may be named by its signature as well.';

CREATE FUNCTION rowseal._versions_in(settings jsonb, versions boolean, selection text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH named AS (
        SELECT rowseal._column_in(settings, versions, settings ->> 'version_id') AS id,
               rowseal._column_in(settings, versions, settings ->> 'parent') AS parent,
               settings ->> 'version_id_type' = 'text' AND settings ->> 'version_id' <> settings ->> 'signature' AS id_is_text,
               (SELECT c ->> 'kind' = 'text' FROM jsonb_array_elements(settings -> 'columns') c WHERE c ->> 'name' = settings ->> 'parent') AS parent_is_text),
    here AS (
        SELECT rowseal._id(settings, id, id_is_text) AS id, coalesce(rowseal._parent(settings, id, rowseal._id(settings, parent, parent_is_text)), 'NULL::bytea') AS parent FROM named)
    SELECT format(
        'SELECT %L::boolean AS is_data, r.tableoid AS relation, r.ctid AS place, %s AS row_key, %s AS owner,'
        ' sha256(convert_to((%4$s)::text, ''UTF8'')) AS key, r.%5$I AS owner_timestamp, r.%6$I AS signature, r.%7$I AS deleted,'
        ' %8$s AS id, %9$s AS ref, %10$s AS parent_id, %11$s AS parent, %12$s AS content FROM %13$s AS r WHERE %14$s',
        NOT versions,
        rowseal._row_key(settings, versions),
        rowseal._value(settings, versions, settings ->> 'owner'),
        rowseal._row_key(settings, versions),
        rowseal._column_in(settings, versions, settings ->> 'owner_timestamp'),
        rowseal._column_in(settings, versions, settings ->> 'signature'),
        rowseal._column_in(settings, versions, settings ->> 'deleted'),
        id,
        rowseal._short(id),
        parent,
        rowseal._short(parent),
        rowseal._row_json(settings, versions),
        CASE WHEN versions THEN settings ->> 'versions' ELSE settings ->> 'table' END,
        rowseal._condition(settings, versions, selection))
    FROM here
$$;
COMMENT ON FUNCTION rowseal._versions_in(jsonb, boolean, text) IS
'A query for the versions in one table: where each lies, its key (also as a hash, to join by), what orders it, its id, what a child calls it (ref), its parent, all of it as jsonb.';

CREATE FUNCTION rowseal._versions(settings jsonb, selection text DEFAULT 'all') RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal._versions_in(settings, false, selection)
        || CASE WHEN settings ->> 'layout' = 'two-tables' THEN ' UNION ALL ' || rowseal._versions_in(settings, true, selection) ELSE '' END
$$;
COMMENT ON FUNCTION rowseal._versions(jsonb, text) IS 'A query for all stored versions of a protected table, or for those that the selection names.';

CREATE FUNCTION rowseal._verify_images(run bigint, settings text, images bytea) RETURNS text[]
STABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'verifyImages';
COMMENT ON FUNCTION rowseal._verify_images(bigint, text, bytea) IS
'Verifies rows on all cores: images are an array of bytea in binary form. Within one run, each owner''s card is looked up once. Three texts for each bad row: place in the array, SQLSTATE, problem.';

CREATE FUNCTION rowseal._digest_images(settings text, images bytea) RETURNS bytea
STABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'digestImages';
COMMENT ON FUNCTION rowseal._digest_images(text, bytea) IS
'Digests rows on all cores: for each, the SHA-256 of its key and that of the version, one after the other.';

CREATE FUNCTION rowseal._examine_rows(settings jsonb, selection text, key_selected jsonb, digests boolean)
RETURNS TABLE (is_data boolean, relation oid, place tid, row_key jsonb, version_id bytea, code text, problem text, digest bytea)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET synchronize_seqscans = off
SET row_security = off
SET bytea_output = 'hex'
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    settings_text text := settings::text;
    started timestamptz := clock_timestamp();
    run bigint := 1000000 * extract(epoch FROM started);
    told timestamptz := started;
    asked timestamptz;
    seen bigint := 0;
    blocks_before numeric := 0;
    all_blocks numeric;
    fraction numeric;
    part record;
    scan refcursor;
    image bytea;
    images bytea[] := '{}';
    places tid[] := '{}';
    bytes bigint := 0;
    size integer := 0;
    batch integer := 1;
    ended boolean;
    bad text[];
    name_bad text;
BEGIN
    SELECT greatest(sum(pg_relation_size(p.part)), 1) / 8192.0 INTO all_blocks FROM rowseal._parts(settings) p;
    FOR part IN SELECT * FROM rowseal._parts(settings) LOOP
        name_bad := format('SELECT v.is_data, v.relation, v.place, v.row_key, v.id, $2[3 * i - 1], $2[3 * i], NULL::bytea'
            ' FROM generate_series(1, array_length($2, 1) / 3) AS i JOIN (%s) AS v ON v.place = $1[$2[3 * i - 2]::integer] AND v.relation = $3',
            rowseal._versions_in(settings, part.versions, 'all'));
        OPEN scan NO SCROLL FOR EXECUTE format('SELECT r.ctid, %s FROM ONLY %s AS r WHERE %s',
            rowseal._image(settings, part.versions, 'r'), part.part, rowseal._condition(settings, part.versions, selection)) USING key_selected;
        LOOP
            FETCH scan INTO place, image;
            ended := NOT FOUND;
            IF NOT ended THEN
                images := array_append(images, image);
                places := array_append(places, place);
                bytes := bytes + octet_length(image);
                size := size + 1;
            END IF;
            IF size >= batch OR bytes >= 1000000 OR (ended AND size > 0) THEN
                asked := clock_timestamp();
                IF digests THEN
                    digest := rowseal._digest_images(settings_text, array_send(images));
                    RETURN NEXT;
                ELSE
                    bad := rowseal._verify_images(run, settings_text, array_send(images));
                    IF bad <> '{}' THEN
                        RETURN QUERY EXECUTE name_bad USING places, bad, part.part::oid;
                    END IF;
                END IF;
                -- Cancel and statement_timeout are obeyed between batches, so none may take long, whatever the algorithm.
                IF clock_timestamp() - asked < interval '40 ms' THEN
                    batch := least(2 * batch, 2048);
                ELSIF clock_timestamp() - asked > interval '150 ms' THEN
                    batch := greatest(batch / 2, 1);
                END IF;
                seen := seen + size;
                IF clock_timestamp() - told >= interval '2 seconds' THEN
                    told := clock_timestamp();
                    fraction := (blocks_before + (places[size]::text::point)[0]::numeric + 1) / all_blocks;
                    RAISE NOTICE '%: % rows checked, % rows/s, % s left', settings ->> 'table', seen,
                        round(seen / extract(epoch FROM told - started)),
                        ceil(greatest(0, extract(epoch FROM told - started) * (1 / fraction - 1)));
                END IF;
                images := '{}';
                places := '{}';
                bytes := 0;
                size := 0;
            END IF;
            EXIT WHEN ended;
        END LOOP;
        CLOSE scan;
        blocks_before := blocks_before + pg_relation_size(part.part) / 8192.0;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._examine_rows(jsonb, text, jsonb, boolean) IS
'Reads stored rows one by one and has them checked, or digested, batch by batch: memory is bounded by the batch (a megabyte, or one row), and PostgreSQL can stop it between two. A line for each bad row, or for each batch of digests. Says about every two seconds how far it is. Reading in the order of the file, it knows by the block number how much is left.';

CREATE FUNCTION rowseal._parts(settings jsonb) RETURNS TABLE (part regclass, versions boolean)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT relid::regclass, versions
    FROM (VALUES ((settings ->> 'table')::regclass, false), (to_regclass(settings ->> 'versions'), true)) AS t(relation, versions),
         LATERAL (SELECT relid FROM pg_partition_tree(relation) WHERE isleaf UNION SELECT relation WHERE relation IS NOT NULL) AS parts
$$;
COMMENT ON FUNCTION rowseal._parts(jsonb) IS 'The tables and partitions that hold the versions of a protected table.';

CREATE FUNCTION rowseal._structure(settings jsonb, bad_relations oid[], bad_places tid[])
RETURNS TABLE (source text, row_key jsonb, version_id bytea, code text, severity text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET jit = off
AS $$
DECLARE
    two_tables boolean := settings ->> 'layout' = 'two-tables';
    query text;
BEGIN
    -- Rows that do not verify say nothing about order; they only keep a place taken.
    query := format($q$
        WITH v AS MATERIALIZED (
            SELECT s.is_data, s.relation, s.place, s.key, s.ref, s.parent, s.owner_timestamp, s.signature, b.place IS NULL AS valid
            FROM (%s) AS s
            LEFT JOIN (SELECT DISTINCT * FROM unnest($1, $2)) AS b(relation, place) ON b.relation = s.relation AND b.place = s.place),
        known AS MATERIALIZED (
            SELECT DISTINCT ON (key, ref) * FROM v ORDER BY key, ref, valid DESC, is_data DESC),
        duplicate AS (
            SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY key, ref ORDER BY is_data DESC, relation, place) AS n FROM v WHERE valid) AS x
            WHERE n > 1)
        SELECT 'duplicate_version' AS code, 'error' AS severity, is_data, relation, place, 'the same version is stored elsewhere too' AS problem FROM duplicate
        $q$, rowseal._versions(settings));
    IF two_tables THEN
        query := query || $q$
        UNION ALL
        SELECT 'not_the_tip', 'error', d.is_data IS NOT NULL, coalesce(d.relation, n.relation), coalesce(d.place, n.place),
               CASE WHEN d.is_data IS NULL THEN 'the row has versions but no tip'
               ELSE format('a newer version, of owner_timestamp %s, lies among the superseded ones', n.owner_timestamp) END
        FROM (SELECT DISTINCT ON (key) * FROM v WHERE valid AND NOT is_data ORDER BY key, owner_timestamp DESC, signature DESC) AS n
        LEFT JOIN v AS d ON d.is_data AND d.key = n.key
        WHERE d.is_data IS NULL OR d.valid AND (n.owner_timestamp, n.signature) > (d.owner_timestamp, d.signature)
        $q$;
    END IF;
    IF settings ->> 'parent' IS NOT NULL THEN
        query := query || $q$
        UNION ALL
        SELECT 'missing_parent', 'warning', c.is_data, c.relation, c.place, format('the version that it follows, %s…, is not here', encode(substring(c.parent FOR 8), 'hex'))
        FROM known AS c LEFT JOIN known AS p ON p.key = c.key AND p.ref = c.parent
        WHERE c.valid AND c.parent IS NOT NULL AND p.key IS NULL
          AND NOT EXISTS (SELECT FROM rowseal._pruned_parents AS gone WHERE gone.relation = $3 AND gone.ref = c.parent)
        UNION ALL
        SELECT 'parent_not_older', 'warning', c.is_data, c.relation, c.place,
               format('its owner_timestamp is %s, that of the version it follows %s', c.owner_timestamp, p.owner_timestamp)
        FROM known AS c JOIN known AS p ON p.key = c.key AND p.ref = c.parent
        WHERE c.valid AND p.valid AND (p.owner_timestamp, p.signature) >= (c.owner_timestamp, c.signature)
        UNION ALL
        SELECT 'fork', 'notice', (array_agg(is_data ORDER BY owner_timestamp, signature))[1],
               (array_agg(relation ORDER BY owner_timestamp, signature))[1], (array_agg(place ORDER BY owner_timestamp, signature))[1],
               format(CASE WHEN parent IS NULL THEN '%s versions of the row begin its history' ELSE '%s versions follow this one' END, count(*))
        FROM known WHERE valid GROUP BY key, parent HAVING count(*) > 1
        $q$;
    END IF;
    query := format($q$
        SELECT CASE WHEN v.is_data THEN 'data' ELSE 'versions' END, v.row_key, CASE f.code WHEN 'fork' THEN v.parent_id ELSE v.id END, f.code, f.severity, f.problem
        FROM (%s) AS f JOIN (%s) AS v ON v.relation = f.relation AND v.place = f.place
        $q$, query, rowseal._versions(settings));
    RETURN QUERY EXECUTE query USING bad_relations, bad_places, (settings ->> 'table')::regclass;
END
$$;
COMMENT ON FUNCTION rowseal._structure(jsonb, oid[], tid[]) IS
'How the versions of a table hang together, those left out that do not verify: duplicate_version, not_the_tip, missing_parent, parent_not_older, fork. A fork is told at the first of its branches.';

CREATE FUNCTION rowseal.verify("table" regclass)
RETURNS TABLE (source text, row_key jsonb, version_id bytea, code text, severity text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
AS $$
#variable_conflict use_column
DECLARE
    settings jsonb := rowseal._audited("table");
    bad_relations oid[] := '{}';
    bad_places tid[] := '{}';
    found record;
BEGIN
    FOR found IN SELECT * FROM rowseal._examine_rows(settings, 'all', NULL, false) LOOP
        bad_relations := array_append(bad_relations, found.relation);
        bad_places := array_append(bad_places, found.place);
        RETURN QUERY SELECT CASE WHEN found.is_data THEN 'data' ELSE 'versions' END, found.row_key, found.version_id, found.code, 'error', found.problem;
    END LOOP;
    IF settings ->> 'layout' <> 'unversioned' THEN
        RETURN QUERY SELECT * FROM rowseal._structure(settings, bad_relations, bad_places);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal.verify(regclass) IS
'Verifies all stored bytes of a protected table and of its versions again, as a write is verified: a line per problem, none if all is well. Codes: the SQLSTATE that a write would be refused with (error); not_the_tip: the data table holds an older version than the versions table, or none (error); duplicate_version: one version is stored twice (error); missing_parent: the version that this one follows is not here (warning: it may still be on its way); parent_not_older: the owner dated a version before the one it follows (warning); fork: several versions follow one, or begin the history, as when devices write apart (notice; version_id is that of the common parent). Needs SELECT on the tables.';

CREATE FUNCTION rowseal.digest("table" regclass, buckets integer DEFAULT 1)
RETURNS TABLE (bucket integer, versions bigint, digest bytea)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET jit = off
AS $$
DECLARE
    settings jsonb := rowseal._audited("table");
BEGIN
    IF buckets IS NULL OR buckets NOT BETWEEN 1 AND 1000000 THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('buckets must be from 1 to 1000000, not %s', buckets);
    END IF;
    RETURN QUERY SELECT * FROM rowseal._digest(settings, 'all', buckets);
END
$$;
COMMENT ON FUNCTION rowseal.digest(regclass, integer) IS
'A digest of all versions, equal on two peers if and only if they hold the same set, whatever is tip or archived where and in whatever order it came. With buckets, rows are divided by the hash of their key, to narrow a difference down. Covers all that is signed, and the signatures.';

CREATE FUNCTION rowseal._digest(settings jsonb, selection text, buckets integer)
RETURNS TABLE (bucket integer, versions bigint, digest bytea)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    -- A Merkle tree over the sorted hashes of the versions: whoever finds two sets with one digest has found a collision of
    -- SHA-256. Sums and XORs of hashes need no sorting, but owners choose the versions, and two sets with equal XOR are a matter of
    -- linear algebra. The middle layer, by the first two bytes of the hash, keeps what is held in memory at a time small.
    WITH leaves AS (
        SELECT DISTINCT (('x' || encode(substring(e.digest FROM 64 * i + 1 FOR 4), 'hex'))::bit(32)::bigint & 4294967295) % buckets AS bucket,
               substring(e.digest FROM 64 * i + 33 FOR 32) AS leaf
        FROM rowseal._examine_rows(settings, selection, NULL, true) AS e, generate_series(0, octet_length(e.digest) / 64 - 1) AS i),
    branches AS (
        SELECT bucket, substring(leaf FOR 2) AS branch, count(*) AS versions, sha256(string_agg(leaf, ''::bytea ORDER BY leaf)) AS digest
        FROM leaves GROUP BY 1, 2)
    SELECT n, coalesce(sum(b.versions), 0)::bigint, sha256(coalesce(string_agg(b.digest, ''::bytea ORDER BY b.branch), ''::bytea))
    FROM generate_series(0, buckets - 1) AS n LEFT JOIN branches AS b ON b.bucket = n
    GROUP BY n ORDER BY n
$$;
COMMENT ON FUNCTION rowseal._digest(jsonb, text, integer) IS 'The digest of the versions that the selection names.';
