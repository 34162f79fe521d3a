CREATE FUNCTION rowseal.examine("table" regclass, digests boolean DEFAULT false, of_row jsonb DEFAULT NULL, relations oid[] DEFAULT NULL, places tid[] DEFAULT NULL)
RETURNS TABLE (source text, relation oid, place tid, row_key jsonb, version_id bytea, code text, problem text, digest bytea)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET quote_all_identifiers = off
SET bytea_output = 'hex'
SET synchronize_seqscans = off
SET jit = off
AS $$
#variable_conflict use_variable
DECLARE
    selection text := CASE WHEN of_row IS NOT NULL THEN 'row' WHEN relations IS NOT NULL THEN 'places' ELSE 'all' END;
    problems text := format($q$
        SELECT CASE WHEN v.is_data THEN 'data' ELSE 'versions' END, v.relation, v.place, v.row_key, v.id, bad.code, bad.problem, NULL::bytea
        FROM unnest($2, $3, $4, $5) AS bad(relation, place, code, problem) JOIN (%s) AS v ON v.relation = bad.relation AND v.place = bad.place
        $q$, rowseal.audit_query("table", 'versions', 'places'));
    tables regclass[] := (SELECT array_remove(ARRAY[p."table", p.versions], NULL) FROM rowseal.protected AS p WHERE $1 IN (p."table", p.versions));
    part regclass;
    scan refcursor;
    image bytea;
    images bytea[] := '{}';
    in_tables oid[] := '{}';
    at_places tid[] := '{}';
    bytes bigint := 0;
    most integer := 1;
    ended boolean;
    bad record;
    seen bigint := 0;
    started timestamptz := clock_timestamp();
    told timestamptz := started;
    asked timestamptz;
BEGIN
    PERFORM rowseal.require_select($1);
    FOREACH part IN ARRAY tables LOOP
        OPEN scan NO SCROLL FOR EXECUTE rowseal.audit_query(part, 'images', selection) USING of_row, relations, places;
        LOOP
            FETCH scan INTO relation, place, image;
            ended := NOT FOUND;
            IF NOT ended THEN
                images := array_append(images, image);
                in_tables := array_append(in_tables, relation);
                at_places := array_append(at_places, place);
                bytes := bytes + octet_length(image);
            END IF;
            IF cardinality(images) >= most OR bytes >= 1000000 OR ended AND bytes > 0 THEN
                asked := clock_timestamp();
                IF digests THEN
                    digest := rowseal.digest_rows(part, images);
                    RETURN NEXT;
                ELSE
                    SELECT array_agg(in_tables[c.place]) AS relations, array_agg(at_places[c.place]) AS places, array_agg(c.code) AS codes, array_agg(c.problem) AS problems
                    INTO bad FROM rowseal.check_rows(part, images) AS c;
                    IF bad.places IS NOT NULL THEN
                        RETURN QUERY EXECUTE problems USING of_row, bad.relations, bad.places, bad.codes, bad.problems;
                    END IF;
                END IF;
                -- Cancel and statement_timeout are obeyed between batches, so none may take long, whatever the algorithm.
                IF clock_timestamp() - asked < interval '40 ms' THEN
                    most := least(2 * most, 2048);
                ELSIF clock_timestamp() - asked > interval '150 ms' THEN
                    most := greatest(most / 2, 1);
                END IF;
                seen := seen + cardinality(images);
                IF clock_timestamp() - told >= interval '2 seconds' THEN
                    told := clock_timestamp();
                    RAISE NOTICE '%', rowseal.progress(tables, seen, in_tables[1], at_places[1], told - started);
                END IF;
                images := '{}';
                in_tables := '{}';
                at_places := '{}';
                bytes := 0;
            END IF;
            EXIT WHEN ended;
        END LOOP;
        CLOSE scan;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal.examine(regclass, boolean, jsonb, oid[], tid[]) IS
'What rowseal.verify and rowseal.digest are made of: reads the stored versions of a protected table and has them verified, or digested, batch by batch. So memory is bounded by a batch (a megabyte, or one row), and PostgreSQL can stop it between two. A line for each bad row, or one with rowseal.digest_rows for each batch. It looks at all versions, at those of a row key, or at those that lie in these tables at these places. About every two seconds a NOTICE says how far it is. Needs SELECT on the tables. RS012 for a table that is not protected.';
