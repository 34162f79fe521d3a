CREATE FUNCTION rowseal.require_valid("table" regclass) RETURNS bigint
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET row_security = off
AS $$
DECLARE
    stored bigint;
    found record;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION USING ERRCODE = 'RS012',
            MESSAGE = format('configuration refused: %s: stored rows are verified at READ COMMITTED only, for a transaction at %s overlooks those that others have committed since it began', $1, upper(current_setting('transaction_isolation'))),
            HINT = 'BEGIN ISOLATION LEVEL READ COMMITTED.';
    END IF;
    SELECT sum(v.of_code) AS bad,
           string_agg(format(CASE WHEN starts_with(v.code, 'RS') THEN '%s with %s (%s)' ELSE '%s with %s' END, v.of_code, v.code, split_part(v.problem, ':', 1)), ', ' ORDER BY v.of_code DESC, v.code) AS reasons,
           string_agg(format('%s, such as %s of the %s table: %s', v.code, left(v.row_key::text, 1000), v.source, left(v.problem, 1000)), E'\n' ORDER BY v.of_code DESC, v.code) AS examples,
           (array_agg(v.code ORDER BY v.of_code DESC, v.code))[1] AS code
    INTO found
    FROM (SELECT DISTINCT ON (e.code) e.code, e.source, e.row_key, e.problem, count(*) OVER (PARTITION BY e.code) AS of_code
          FROM rowseal.verify($1) AS e WHERE e.severity = 'error' ORDER BY e.code) AS v;
    EXECUTE (SELECT format('SELECT (SELECT count(*) FROM %s)', p."table") || coalesce(' + (SELECT count(*) FROM ' || p.versions::text || ')', '')
             FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions)) INTO stored;
    IF found.bad > 0 THEN
        RAISE EXCEPTION USING ERRCODE = CASE WHEN starts_with(found.code, 'RS') THEN found.code ELSE 'RS012' END,
            MESSAGE = format('%s: %s of %s stored rows cannot stay as they are: %s', $1, found.bad, stored, found.reasons),
            DETAIL = found.examples,
            HINT = format('Only its owner can sign a row. Protected with validate => false, the table refuses new rows like these, and keeps those that it has: SELECT * FROM rowseal.verify(%1$L) lists them, and when none is left, SELECT rowseal.validate(%1$L). docs/operations.md, "Adopt a live table", says more.', $1);
    END IF;
    RETURN stored;
END
$$;
COMMENT ON FUNCTION rowseal.require_valid(regclass) IS
'How many rows a protected table and its versions table hold, if rowseal.verify calls none of them an error. Else the SQLSTATE that most of the bad ones have (RS012 for one in the wrong place), with their number by code in the message and an example of each in the detail. Needs SELECT on the tables, and on the identity table. RS012 for a table that is not protected, and in a transaction at REPEATABLE READ or SERIALIZABLE.';
