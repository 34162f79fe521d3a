-- Row images: how a row reaches Java. And how PostgreSQL prints the values that a host's own conversion would not render exactly.

CREATE FUNCTION rowseal._text(value anyelement) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET extra_float_digits = 1
SET bytea_output = 'hex'
AS $$ SELECT pg_catalog.format('%s', value) $$;
COMMENT ON FUNCTION rowseal._text(anyelement) IS
'The value as the type''s output function prints it under the settings of the signing format. A cast would not do: inet and char(n) cast to other text than they print.';

CREATE FUNCTION rowseal._column_in(settings jsonb, versions boolean, name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN versions THEN coalesce(settings -> 'versions_columns' ->> name, name) ELSE name END $$;
COMMENT ON FUNCTION rowseal._column_in(jsonb, boolean, text) IS
'What the versions table, or the data table, calls a column of the data table.';

CREATE FUNCTION rowseal._image(settings jsonb, versions boolean, alias text, beside text DEFAULT NULL) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('pg_catalog.record_send(ROW(%s))', string_agg(format(
               CASE kind WHEN 'beside' THEN 'NULL::pg_catalog.bytea'
                         WHEN 'bytes' THEN '%s.%I::pg_catalog.bytea'
                         WHEN 'boolean' THEN '%s.%I::pg_catalog.bool'
                         WHEN 'integer' THEN '%s.%I::pg_catalog.int8'
                         WHEN 'rendered' THEN 'pg_catalog.convert_to(rowseal._text(%s.%I), ''UTF8'')'
                         ELSE 'pg_catalog.convert_to(%s.%I::pg_catalog.text, ''UTF8'')' END,
               alias, rowseal._column_in(settings, versions, name)), ', ' ORDER BY n))
    FROM (SELECT n, c ->> 'name', CASE WHEN c ->> 'name' = beside THEN 'beside' WHEN (c ->> 'rendered')::boolean THEN 'rendered' ELSE c ->> 'kind' END
          FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
          UNION ALL SELECT 10000, settings ->> 'signature', 'bytes'
          UNION ALL SELECT 10001, settings ->> 'version_id', CASE settings ->> 'version_id_type' WHEN 'text' THEN 'text' ELSE 'bytes' END
          WHERE settings ->> 'version_id' <> settings ->> 'signature') AS image(n, name, kind)
$$;
COMMENT ON FUNCTION rowseal._image(jsonb, boolean, text, text) IS
'The SQL expression of a row''s image: signed columns, signature, derived version id, as one bytea in the form of record_send. The column that goes beside it is NULL there. Text goes through convert_to, for record_send would turn it into the client''s encoding.';

CREATE FUNCTION rowseal._large(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c ->> 'name' FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
    WHERE c ->> 'kind' = 'bytes' AND NOT settings -> 'primary_key' ? (c ->> 'name') AND c ->> 'name' <> ALL (ARRAY[settings ->> 'owner', coalesce(settings ->> 'parent', '')])
    ORDER BY n LIMIT 1
$$;
COMMENT ON FUNCTION rowseal._large(jsonb) IS
'The column whose values are the ones that may be large: the first signed bytea column that is neither in the key nor names owner or parent; NULL where there is none. To be put into an image a value is copied several times, so this one goes beside it.';

CREATE FUNCTION rowseal._settings(role text, relation bigint, fingerprint bigint) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s FROM (SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), 'UTF8') AS s
                   FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
                   WHERE tgrelid = relation::oid AND tgname = 'zzz_rowseal_insert' AND tgnargs = 1
                     AND role = current_user AND pg_get_userbyid(c.relowner) = current_user) AS stored
    WHERE hashtextextended(s, 0) = fingerprint
$$;
COMMENT ON FUNCTION rowseal._settings(text, bigint, bigint) IS
'The settings of a table by its OID, from the argument of its trigger; NULL where they have another fingerprint. Also NULL unless the calling role, which must be the one named, owns the table: a table''s owner can write any settings there, and they must never run with another''s privileges.';

-- Called for every row by functions that pin the search path, so these do not do it again. The role is bytea since PL/Java is slow
-- to make a string of a text. A row comes as an image and the value that goes beside it.

CREATE FUNCTION rowseal._examine_insert(role bytea, relation bigint, fingerprint bigint, image rowseal._bytes, large rowseal._bytes, stored_version rowseal._bytes) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'examineInsert';
COMMENT ON FUNCTION rowseal._examine_insert(bytea, bigint, bigint, rowseal._bytes, rowseal._bytes, rowseal._bytes) IS
'Decides about a row that is inserted into a data table, given the timestamp and signature of the newer row with its primary key, if there is one. 0: store it, it is verified. 2: call rowseal._act, and do not store it.';

CREATE FUNCTION rowseal._examine_update(role bytea, relation bigint, fingerprint bigint, new_image rowseal._bytes, new_large rowseal._bytes, old_image rowseal._bytes, old_large rowseal._bytes) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'examineUpdate';
COMMENT ON FUNCTION rowseal._examine_update(bytea, bigint, bigint, rowseal._bytes, rowseal._bytes, rowseal._bytes, rowseal._bytes) IS
'Decides about an UPDATE. 0: store it, it is verified. 1: archive the old row and store it. 2: call rowseal._act, and do not store it.';

CREATE FUNCTION rowseal._examine_version(role bytea, relation bigint, fingerprint bigint, image rowseal._bytes, large rowseal._bytes) RETURNS bigint
VOLATILE CALLED ON NULL INPUT
AS JAVA 'examineVersion';
COMMENT ON FUNCTION rowseal._examine_version(bytea, bigint, bigint, rowseal._bytes, rowseal._bytes) IS
'Decides about a row that is inserted into a versions table. 0: store it. 2: call rowseal._act, and do not store it.';

CREATE FUNCTION rowseal._act(others rowseal._characters) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
SET search_path = pg_catalog, pg_temp
AS JAVA 'act';
COMMENT ON FUNCTION rowseal._act(rowseal._characters) IS 'Does what was decided about the row that was examined last; others is a JSON object of its columns that are not signed. Only rows that were verified are written, or parked.';

CREATE FUNCTION rowseal._settle_archive(role bytea, relation bigint, fingerprint bigint, image rowseal._bytes, large rowseal._bytes) RETURNS boolean
VOLATILE CALLED ON NULL INPUT
SET search_path = pg_catalog, pg_temp
AS JAVA 'settleArchive';
COMMENT ON FUNCTION rowseal._settle_archive(bytea, bigint, bigint, rowseal._bytes, rowseal._bytes) IS
'After a version could not be inserted into the versions table: it is there already, or another row is there in its place. The authentic one of the two stays.';

CREATE FUNCTION rowseal._version_id(signature rowseal._bytes, version_hash text) RETURNS bytea
IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS JAVA 'versionId';
COMMENT ON FUNCTION rowseal._version_id(rowseal._bytes, text) IS 'The digest of a signature, by which a version may go.';

CREATE FUNCTION rowseal._load() RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal.version();
    PERFORM set_config('rowseal.loaded', 'yes', false);
    RETURN true;
END
$$;
COMMENT ON FUNCTION rowseal._load() IS
'Loads the Java classes. PL/Java looks for them in a schema on which it grants nothing, and on which nobody should be granted anything; so a superuser''s privileges are taken once in each session.';
