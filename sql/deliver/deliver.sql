CREATE FUNCTION rowseal.deliver("table" regclass, "rows" jsonb) RETURNS TABLE (place integer, outcome text, code text, message text)
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
-- As rowseal.text prints values, and Electric.
SET DateStyle = 'ISO'
SET TimeZone = 'UTC'
SET IntervalStyle = 'postgres'
SET lc_monetary = 'C'
SET array_nulls = on
SET xmloption = content
SET standard_conforming_strings = on
SET transform_null_equals = off
AS $$
#variable_conflict use_variable
DECLARE
    delivery record := rowseal.delivery("table", "rows");
    given jsonb[];
    places integer[];
    outcomes text[];
    codes text[];
    messages text[];
    -- As long as rows are good they share a statement, and a subtransaction; after a bad one, more and more do.
    done integer := 0;
    size integer;
    races integer := 0;
    became text[];
    aside jsonb;
    failure text;
    reason text;
BEGIN
    PERFORM rowseal.require_select("table");
    messages := delivery.problems;
    SELECT array_agg(CASE WHEN messages[r.n] IS NOT NULL THEN 'refused' END ORDER BY r.n), array_agg(CASE WHEN messages[r.n] IS NOT NULL THEN 'RS006' END ORDER BY r.n),
           array_agg(r.n ORDER BY r.n) FILTER (WHERE messages[r.n] IS NULL), array_agg(r.value ORDER BY r.n) FILTER (WHERE messages[r.n] IS NULL)
    INTO outcomes, codes, places, given
    FROM jsonb_array_elements("rows") WITH ORDINALITY AS r(value, n);
    size := cardinality(given);
    WHILE done < cardinality(given) LOOP
        failure := NULL;
        BEGIN
            PERFORM set_config('rowseal.put_aside', '', true);
            EXECUTE delivery.store INTO became USING given[done + 1:done + size];
            aside := nullif(current_setting('rowseal.put_aside'), '');
            IF aside IS NOT NULL AND size > 1 THEN
                RAISE EXCEPTION USING ERRCODE = 'RS002', MESSAGE = 'a row was put aside'; -- Which one shows when it is alone.
            END IF;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS failure = RETURNED_SQLSTATE, reason = MESSAGE_TEXT;
            IF failure = '23505' AND races < 10 THEN
                races := races + 1;
                CONTINUE; -- Somebody else has stored the same new key.
            ELSIF failure !~ '^(22|23|44|P0|RS0)' OR failure IN ('23505', 'RS011', 'RS012') THEN
                RAISE; -- Not the fault of a row.
            ELSIF size > 1 THEN
                size := 1;
                CONTINUE;
            END IF;
        END;
        IF failure IS NOT NULL THEN
            aside := jsonb_build_array('refused', failure, reason);
        END IF;
        FOR i IN 1 .. least(size, cardinality(given) - done) LOOP
            outcomes[places[done + i]] := coalesce(aside ->> 0, became[i]);
            codes[places[done + i]] := aside ->> 1;
            messages[places[done + i]] := left(aside ->> 2, 2000);
        END LOOP;
        done := done + size;
        size := size * 2;
    END LOOP;
    RETURN QUERY SELECT r.n::integer, r.outcome, r.code, r.message FROM unnest(outcomes, codes, messages) WITH ORDINALITY AS r(outcome, code, message, n);
END
$$;
COMMENT ON FUNCTION rowseal.deliver(regclass, jsonb) IS
'Inserts signed rows, given as a JSON array of objects whose values are texts as PostgreSQL and Electric print them, into a protected table or a versions table, with the rights of the caller, who needs SELECT and INSERT. Says of each, in order, what became of it: stored (its key is new), merged (it is newer than what was there), known (it was there already), late (it is older, and in the versions table), stale (it is older, and ignored), deferred, quarantined, or refused with SQLSTATE and message. A refused row does not stop the others. A row must have all signed columns and the signature; columns that are not signed are left out. Whatever is no fault of a row (a deadlock, a missing right) is an error. At most 10000 rows and 64 MiB, else RS006; RS012 for a table that is not protected.';
