-- The one sanctioned way to remove history and old tombstones.

CREATE FUNCTION rowseal.prune("table" regclass, keep interval DEFAULT NULL, versions integer DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET IntervalStyle = 'postgres'
SET bytea_output = 'hex'
AS $$
#variable_conflict use_variable
DECLARE
    settings jsonb := rowseal_internal.audited($1);
    target regclass := rowseal_internal.relation(settings ->> 'table');
    archive regclass := rowseal_internal.relation(settings ->> 'versions');
    doomed json;
    marked bigint;
    removed bigint;
BEGIN
    IF keep IS NULL AND versions IS NULL OR keep < interval '0' OR versions < 1 THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'give what to keep: keep => an interval, or versions => a number of versions, at least 1';
    ELSIF settings ->> 'layout' = 'unversioned' AND keep IS NULL THEN
        PERFORM rowseal_internal.refuse(target, 'it keeps no superseded versions, so only keep => interval can remove something: old tombstones');
    END IF;
    PERFORM rowseal.lock_for(target, '{"do": "prune"}');
    PERFORM rowseal_internal.refuse_published_deletions(target, archive);
    doomed := rowseal_internal.doomed(target, settings, keep, versions);
    INSERT INTO rowseal_internal.pruning
    SELECT pg_current_xact_id(), d.key::oid, p.place::tid FROM json_each(doomed -> 'places') AS d, json_array_elements_text(d.value) AS p(place)
    WHERE d.key::oid IN (SELECT part FROM unnest(ARRAY[target, archive]) AS t, rowseal_internal.tree(t) AS part);
    GET DIAGNOSTICS marked = ROW_COUNT;
    removed := rowseal_internal.remove_doomed((SELECT relowner FROM pg_class WHERE oid = target), archive);
    IF removed <> marked THEN
        RAISE EXCEPTION USING MESSAGE = format('only %s of %s versions could be removed', removed, marked);
    END IF;
    DELETE FROM rowseal_internal.pruning AS p WHERE p.transaction = pg_current_xact_id();

    DELETE FROM rowseal_internal.pruned_parents AS p WHERE p.relation = target;
    INSERT INTO rowseal_internal.pruned_parents SELECT target, decode(ref, 'hex') FROM json_array_elements_text(doomed -> 'parents') AS ref;
    INSERT INTO rowseal.pruned ("table", keep, versions, removed, removed_rows, digest)
    VALUES (settings ->> 'table', keep, versions, removed, (doomed ->> 'rows')::bigint, decode(doomed ->> 'digest', 'hex'));
    RETURN removed;
END
$$;
COMMENT ON FUNCTION rowseal.prune(regclass, interval, integer) IS
'Removes superseded versions for good, and with keep also tombstones and all that they ended; says how many versions. It keeps the tip, versions younger than keep, and the newest so many versions of each row (the tip counts); with both limits, what either keeps. Age is what the owner''s timestamp states, read as seconds, milliseconds or microseconds since 1970; a version whose timestamp is none of these counts as young. Cards keep their tombstones. Only for members of rowseal_admin; recorded in rowseal.pruned. Rows are chosen and deleted with the rights of the table''s owner, whose own triggers run. A peer that still has what was removed brings it back when it sends it again. 22023 for limits that make no sense, RS012 for a table that is not protected, or that a publication sends deletions of.';

CREATE FUNCTION rowseal_internal.refuse_published_deletions(VARIADIC tables regclass[]) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    publications text;
BEGIN
    SELECT string_agg(DISTINCT quote_ident(p.pubname), ', ') INTO publications
    FROM unnest(tables) AS t, rowseal_internal.tree(t) AS part, pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_publication_tables AS pt ON pt.schemaname = n.nspname AND pt.tablename = c.relname JOIN pg_publication AS p ON p.pubname = pt.pubname
    WHERE c.oid = part AND p.pubdelete AND NOT starts_with(p.pubname, 'electric_publication_');
    IF publications IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(tables[1], format('the publication %s would send the deletions to peers, which refuse them and stop; ALTER PUBLICATION ... SET (publish = ''insert, update'')', publications));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_published_deletions(regclass[]) IS
'RS012 where a publication, Electric''s own left aside, sends deletions of one of the tables to peers.';
