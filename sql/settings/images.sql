-- Row images: how a row reaches Java.

CREATE FUNCTION rowseal_internal.image(settings jsonb, alias text, beside text DEFAULT NULL) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT format('record_send(ROW(%s))', string_agg(format(
               CASE WHEN name = beside THEN 'NULL::bytea'
                    WHEN kind = 'bytes' THEN '%1$s.%2$s::bytea'
                    WHEN kind = 'boolean' THEN '%1$s.%2$s::bool'
                    WHEN kind = 'integer' THEN '%1$s.%2$s::int8'
                    WHEN kind = 'rendered' THEN 'convert_to(rowseal.text(%1$s.%2$s), ''UTF8'')'
                    ELSE 'convert_to(%1$s.%2$s::text, ''UTF8'')' END,
               alias, rowseal_internal.identifier(here)), ', ' ORDER BY n))
    FROM rowseal_internal.image_columns(settings)
$$;
COMMENT ON FUNCTION rowseal_internal.image(jsonb, text, text) IS
'The SQL expression of a row''s image: signed columns, signature, derived version id, as one bytea in the form of record_send. The column that goes beside it is NULL there. Text goes through convert_to, for record_send would turn it into the client''s encoding. To be evaluated with pg_catalog first in the search path.';

CREATE FUNCTION rowseal_internal.large_column(settings jsonb) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c ->> 'name' FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS signed(c, n)
    WHERE c ->> 'kind' = 'bytes' AND NOT settings -> 'primary_key' ? (c ->> 'name') AND c ->> 'name' <> ALL (ARRAY[settings ->> 'owner', coalesce(settings ->> 'parent', '')])
    ORDER BY n LIMIT 1
$$;
COMMENT ON FUNCTION rowseal_internal.large_column(jsonb) IS
'The column whose values may be large: the first signed bytea column that is neither in the key nor names owner or parent; NULL where there is none. To be put into an image a value is copied several times, so this one goes beside it.';

CREATE FUNCTION rowseal_internal.beside(settings jsonb, alias text) RETURNS text
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT CASE WHEN settings ? 'large' THEN format('%s.%s::bytea', alias, rowseal_internal.identifier(rowseal_internal.column_in(settings, rowseal_internal.is_versions(settings), settings ->> 'large')))
                ELSE 'NULL::bytea' END
$$;
COMMENT ON FUNCTION rowseal_internal.beside(jsonb, text) IS 'The SQL expression of the value that goes beside a row''s image.';
