-- The settings of protected tables stand in the arguments of their triggers and nowhere else.

CREATE FUNCTION rowseal._settings_of(relation text) RETURNS jsonb
LANGUAGE sql STABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), 'UTF8')::jsonb FROM pg_trigger
    WHERE tgrelid = to_regclass(relation) AND tgname = 'zzz_rowseal_insert' AND tgnargs = 1
$$;
COMMENT ON FUNCTION rowseal._settings_of(text) IS
'The settings of a protected table or a versions table, given by its quoted name; NULL where it is not protected.';

CREATE VIEW rowseal.protected AS
SELECT tgrelid::regclass AS "table", s ->> 'role' AS role, s ->> 'layout' AS layout, to_regclass(s ->> 'versions') AS versions,
       s ->> 'format' AS format, s ->> 'algorithm' AS algorithm, s AS settings
FROM pg_catalog.pg_trigger
CROSS JOIN LATERAL (SELECT convert_from(substring(tgargs FROM 1 FOR octet_length(tgargs) - 1), 'UTF8')::jsonb) AS x(s)
WHERE tgname = 'zzz_rowseal_insert' AND tgparentid = 0 AND tgnargs = 1
  AND tgfoid IN (SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'rowseal'::regnamespace AND proname <> 'refuse_removal')
  AND s ->> 'role' <> 'versions';
COMMENT ON VIEW rowseal.protected IS 'One line per protected table with its settings, read from its trigger.';
