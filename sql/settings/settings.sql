-- The settings of protected tables stand in the arguments of their triggers and nowhere else. They count only on triggers that
-- run a function of the extension's owner: nobody else can make one, for nobody else may execute such a function.

CREATE FUNCTION rowseal_internal.extension_owner() RETURNS oid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT extowner FROM pg_extension WHERE extname = 'rowseal' $$;
COMMENT ON FUNCTION rowseal_internal.extension_owner() IS 'The role that made the extension.';

CREATE FUNCTION rowseal_internal.settings_of(target oid) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT s.settings FROM rowseal_internal.settings s WHERE s.relation = target $$;
COMMENT ON FUNCTION rowseal_internal.settings_of(oid) IS 'The settings of a protected table or a versions table; NULL where it is not protected.';

CREATE FUNCTION rowseal_internal.suffix_of(target oid) RETURNS text
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT s.suffix FROM rowseal_internal.settings s WHERE s.relation = target $$;
COMMENT ON FUNCTION rowseal_internal.suffix_of(oid) IS 'What the names of the functions made for a protected table end with.';

CREATE FUNCTION rowseal_internal.column_in(settings jsonb, versions boolean, name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE WHEN versions THEN coalesce(settings -> 'versions_columns' ->> name, name) ELSE name END $$;
COMMENT ON FUNCTION rowseal_internal.column_in(jsonb, boolean, text) IS
'What the versions table, or the data table, calls a column of the data table.';

CREATE FUNCTION rowseal_internal.is_versions(settings jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT settings ->> 'role' = 'versions' $$;
COMMENT ON FUNCTION rowseal_internal.is_versions(jsonb) IS 'Whether these are the settings of a versions table''s own triggers.';

CREATE FUNCTION rowseal_internal.own_name(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$ SELECT settings ->> CASE settings ->> 'role' WHEN 'versions' THEN 'versions' ELSE 'table' END $$;
COMMENT ON FUNCTION rowseal_internal.own_name(jsonb) IS 'The name of the table whose settings these are.';

CREATE FUNCTION rowseal_internal.image_columns(settings jsonb) RETURNS TABLE (n bigint, name text, here text, kind text)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT n, name, rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), name), kind
    FROM (SELECT n, c ->> 'name', CASE WHEN (c ->> 'rendered')::boolean THEN 'rendered' ELSE c ->> 'kind' END
          FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
          UNION ALL SELECT 10000, settings ->> 'signature', 'bytes'
          UNION ALL SELECT 10001, settings ->> 'version_id', CASE settings ->> 'version_id_type' WHEN 'text' THEN 'text' ELSE 'bytes' END
          WHERE settings ->> 'version_id' <> settings ->> 'signature') AS image(n, name, kind)
    ORDER BY n
$$;
COMMENT ON FUNCTION rowseal_internal.image_columns(jsonb) IS
'The columns of a row image in order: signed columns, signature, derived version id. Name as signed, name in the table whose settings these are, and how the value reaches Java.';

CREATE FUNCTION rowseal_internal.owner_type(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT CASE c ->> 'kind' WHEN 'bytes' THEN 'bytea' ELSE 'text' END FROM jsonb_array_elements(settings -> 'columns') c WHERE c ->> 'name' = settings ->> 'owner' $$;
COMMENT ON FUNCTION rowseal_internal.owner_type(jsonb) IS 'The type as which an owner id is handed to the function that reads the owner''s card.';

CREATE FUNCTION rowseal_internal.is_excluded(settings jsonb, name text) RETURNS boolean
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT settings -> 'exclude' @> jsonb_build_array(jsonb_build_object('name', name)) $$;
COMMENT ON FUNCTION rowseal_internal.is_excluded(jsonb, text) IS 'Whether a column takes no part in what is signed.';
