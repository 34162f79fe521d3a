CREATE FUNCTION rowseal_internal.check_table(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    class pg_class := (SELECT c FROM pg_class c WHERE oid = target);
    primary_key pg_index := (SELECT i FROM pg_index i WHERE indrelid = target AND indisprimary);
    of_versions boolean := settings ->> 'role' = 'versions';
    key text[] := ARRAY(SELECT rowseal_internal.column_in(settings, of_versions, k) FROM jsonb_array_elements_text(settings -> 'key') k);
    owner_id text[] := ARRAY[rowseal_internal.column_in(settings, of_versions, settings ->> 'owner')];
    left_out text[] := ARRAY(SELECT jsonb_array_elements(settings -> 'exclude') ->> 'name');
    bad text;
BEGIN
    IF class.relkind NOT IN ('r', 'p') THEN
        PERFORM rowseal_internal.refuse(target, 'only ordinary and partitioned tables can be protected');
    ELSIF class.relpersistence <> 'p' THEN
        PERFORM rowseal_internal.refuse(target, 'a temporary or unlogged table loses rows at a crash; make it permanent');
    ELSIF class.relispartition THEN
        PERFORM rowseal_internal.refuse(target, 'it is a partition; protect the partitioned table');
    ELSIF class.relforcerowsecurity THEN
        PERFORM rowseal_internal.refuse(target, 'FORCE ROW LEVEL SECURITY would hide stored versions from the merge; use NO FORCE ROW LEVEL SECURITY, and DISABLE ROW LEVEL SECURITY');
    ELSIF class.relrowsecurity THEN
        PERFORM rowseal_internal.refuse(target, 'row level security does not check rows that are merged, archived or promoted; use DISABLE ROW LEVEL SECURITY, and let readers see a view WITH (security_barrier) instead of the table');
    ELSIF class.relkind = 'r' AND EXISTS (SELECT FROM pg_inherits WHERE target IN (inhparent, inhrelid)) THEN
        PERFORM rowseal_internal.refuse(target, 'rows of an inheriting table would escape its triggers; use partitions');
    ELSIF EXISTS (SELECT FROM pg_rewrite WHERE ev_class = target) THEN
        PERFORM rowseal_internal.refuse(target, 'a rewrite rule changes writes before a trigger sees them; drop the rule');
    ELSIF getdatabaseencoding() <> 'UTF8' THEN
        PERFORM rowseal_internal.refuse(target, format('the database encoding is %s; text is signed as UTF-8, so use a database with ENCODING ''UTF8''', getdatabaseencoding()));
    ELSIF primary_key IS NULL THEN
        PERFORM rowseal_internal.refuse(target, 'it has no primary key; the row key is the primary key, and contains the owner column');
    ELSIF NOT primary_key.indimmediate THEN
        PERFORM rowseal_internal.refuse(target, 'its primary key is deferrable; make it NOT DEFERRABLE');
    END IF;

    -- Equal keys must be the same bytes, or one key would have two spellings.
    SELECT string_agg(format('%I (%s)', a.attname, format_type(a.atttypid, a.atttypmod)), ', ') INTO bad
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = target AND a.attname = ANY (key)
      AND (NOT coalesce(c.collisdeterministic, true)
           OR NOT (t.typtype = 'e' OR coalesce(nullif(t.typbasetype, 0), t.oid) IN (
               'bytea'::regtype, 'bool'::regtype, 'int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'text'::regtype,
               'varchar'::regtype, 'uuid'::regtype, 'date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype)));
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('key column %s: values that are equal may be spelled differently, so one key would have two signed forms; use bytea, boolean, an integer, text or varchar with a deterministic collation, uuid, date, a timestamp or an enum', bad));
    END IF;

    SELECT string_agg(quote_ident(c.relname), ', ') INTO bad FROM rowseal_internal.refusing_indexes(target, settings) i JOIN pg_class c ON c.oid = i.index WHERE i.part = target;
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the unique or exclusion index %s would make acceptance depend on other rows, so peers would diverge; make it a plain index', bad));
    END IF;

    SELECT string_agg(quote_ident(conname), ', ') INTO bad FROM pg_constraint
    WHERE conrelid = target AND contype = 'f' AND conparentid = 0
      AND NOT (confdeltype IN ('a', 'r') AND confupdtype IN ('a', 'r')
               -- An owner has a card before a row, and a stored version has a tip.
               AND (confrelid = coalesce(rowseal_internal.relation(settings ->> 'identities'), 0) AND owner_id = ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (conkey))
                        AND ARRAY[settings ->> 'identities_owner'] = ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = confrelid AND attnum = ANY (confkey))
                    OR (of_versions AND confrelid = rowseal_internal.relation(settings ->> 'table')
                        AND key @> ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = target AND attnum = ANY (conkey)))));
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the foreign key %s would make acceptance depend on the order of arrival; drop the constraint (links to parent versions are checked by the audit)', bad));
    END IF;

    SELECT string_agg(quote_ident(attname), ', ') INTO bad FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attgenerated <> '' AND attname <> ALL (left_out);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the generated column %s has no value yet when a row is verified; list it in exclude', bad));
    END IF;

    SELECT string_agg(quote_ident(attname), ', ') INTO bad FROM pg_attribute
    WHERE attrelid = target AND attnum > 0 AND NOT attisdropped AND attidentity = 'a' AND attname <> ALL (left_out);
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the identity column %s does not take the value that its owner signed; use ALTER COLUMN ... SET GENERATED BY DEFAULT, or list it in exclude', bad));
    END IF;

    SELECT f INTO bad FROM rowseal_internal.type_flaws(target, settings) f LIMIT 1;
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, bad);
    END IF;

    SELECT string_agg(quote_ident(tgname), ', ') INTO bad FROM pg_trigger
    WHERE tgrelid = target AND NOT tgisinternal AND tgtype & 1 = 1 AND tgtype & 2 = 2 AND tgtype & (4 | 16) <> 0
      AND tgname >= 'zzz_rowseal_' COLLATE "C" AND tgname NOT IN ('zzz_rowseal_insert', 'zzz_rowseal_update');
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse(target, format('the trigger %s would run after verification and could change what was verified; give it a name that sorts before zzz_rowseal_insert', bad));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_table(regclass, jsonb) IS
'RS012, with the reason and the remedy, for a data or versions table on which the laws could not hold.';
