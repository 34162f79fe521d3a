CREATE FUNCTION rowseal.history_mermaid("table" regclass, row_key jsonb) RETURNS text
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal.mermaid(format('%s %s', $1, $2), rowseal.history_nodes($1, $2)) $$;
COMMENT ON FUNCTION rowseal.history_mermaid(regclass, jsonb) IS
'The version graph of a row as Mermaid text, with tip, forks, tombstones, missing parents and versions that do not verify marked. Rights and errors as rowseal.history; 54000 for more than 25,000 versions.';
