-- What happens after a command that may have changed a protected table.

CREATE FUNCTION rowseal_internal.refuse_command(target regclass, finding text, hint text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS011', MESSAGE = format('would weaken protection: %s: %s', target, finding), HINT = hint;
END
$$;
COMMENT ON FUNCTION rowseal_internal.refuse_command(regclass, text, text) IS 'Raises RS011.';

CREATE FUNCTION rowseal_internal.guard_partitions(target regclass, guarded rowseal_internal.guarded, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    part regclass;
    flaw text;
BEGIN
    SELECT f INTO flaw FROM rowseal_internal.lost_partitions(target, guarded) f LIMIT 1;
    IF flaw IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_command(target, flaw, 'Rows leave by signed tombstones. To take the partition out anyway, rowseal.unprotect the table first.');
    END IF;
    FOR part IN SELECT c.oid FROM rowseal_internal.tree(target) t JOIN pg_class c ON c.oid = t WHERE t <> target AND t <> ALL (guarded.partitions) AND c.relkind = 'r' LOOP
        -- First of all, for row level security would hide rows.
        SELECT f INTO flaw FROM rowseal_internal.partition_flaws(target, settings) f LIMIT 1;
        IF flaw IS NOT NULL THEN
            PERFORM rowseal_internal.refuse_command(target, flaw, 'Give the partition what the partitioned table has, and no more.');
        END IF;
        PERFORM rowseal_internal.guard_rows(target, part, settings, format('the partition %s would bring this in', part), 'Delete the row before the table becomes a partition.');
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_partitions(regclass, rowseal_internal.guarded, jsonb) IS
'Verifies the rows that came with new partitions, and refuses that partitions go.';

CREATE FUNCTION rowseal_internal.guard_rows(target regclass, part regclass, settings jsonb, consequence text, hint text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    bad text;
BEGIN
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') AND pg_relation_size(part) > 0 THEN
        PERFORM rowseal_internal.refuse_command(target, format('stored rows of %s are verified at READ COMMITTED only, for another isolation level overlooks those that others have committed meanwhile', part), 'BEGIN ISOLATION LEVEL READ COMMITTED.');
    END IF;
    bad := rowseal_internal.as_owner((SELECT relowner FROM pg_class WHERE oid = target), format($body$
        DECLARE
            batch bytea[];
            scan refcursor;
            image bytea;
            any_rows boolean := false;
            bad text;
        BEGIN
            OPEN scan NO SCROLL FOR SELECT %1$s FROM ONLY %2$s AS r;
            LOOP
                batch := '{}';
                FOR i IN 1 .. 200 LOOP
                    FETCH scan INTO image;
                    EXIT WHEN NOT FOUND;
                    batch := batch || image;
                    EXIT WHEN octet_length(image) > 60000;
                END LOOP;
                EXIT WHEN batch = '{}';
                any_rows := true;
                SELECT c.problem INTO bad FROM rowseal.check_rows(%3$L, batch) c LIMIT 1;
                EXIT WHEN bad IS NOT NULL;
            END LOOP;
            CLOSE scan;
            IF any_rows AND bad IS NULL AND %4$L THEN
                EXECUTE format('SELECT s.problem FROM (%%s) AS s(source, row_key, version_id, code, severity, problem) WHERE s.severity = ''error'' LIMIT 1', rowseal.audit_query(%3$L, 'structure'))
                    INTO bad USING NULL::jsonb, '{}'::oid[], '{}'::tid[];
            END IF;
            RETURN bad;
        END$body$, rowseal_internal.image(settings, 'r'), rowseal_internal.qualified(part), rowseal_internal.qualified(target), settings ->> 'layout' <> 'unversioned'));
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_command(target, format('%s: %s', consequence, bad), hint);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_rows(regclass, regclass, jsonb, text, text) IS
'RS011 where a part of a table holds a row that is not signed, or that is not in its place among the versions. Reads with the rights of the table''s owner.';

CREATE FUNCTION rowseal_internal.require_readable(touched oid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT t.tgrelid, t.tgname, convert_from(substring(t.tgargs FROM 1 FOR octet_length(t.tgargs) - 1), 'UTF8') AS argument
                FROM pg_trigger t WHERE t.tgrelid = ANY (touched) AND t.tgparentid = 0 AND t.tgnargs = 1 AND starts_with(t.tgname, 'zzz_rowseal_') LOOP
        BEGIN
            IF made.argument::jsonb ->> 'table' IS NOT NULL OR made.tgname = 'zzz_rowseal_request' AND made.argument::jsonb IS NOT NULL THEN
                CONTINUE;
            END IF;
        EXCEPTION WHEN data_exception THEN
            NULL; -- It is no JSON.
        END;
        PERFORM rowseal_internal.refuse_command(made.tgrelid, format('the settings in its trigger %s cannot be read', made.tgname), 'Use rowseal.protect.');
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.require_readable(oid[]) IS 'RS011 for a trigger of Rowseal''s name whose argument is no settings, for these would break the view of all settings.';

CREATE FUNCTION rowseal_internal.take_in(target oid) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    stray text;
BEGIN
    SELECT string_agg(t.tgname, ', ') INTO stray FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE t.tgrelid = target AND starts_with(t.tgname, 'zzz_rowseal_') AND t.tgname <> 'zzz_rowseal_request'
      AND (p.pronamespace <> 'rowseal_internal'::regnamespace OR p.proowner <> rowseal_internal.extension_owner());
    IF stray IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_command(target, format('the trigger name %s is for Rowseal''s own triggers', stray), 'Use rowseal.protect, or another name.');
    END IF;
    PERFORM rowseal_internal.close_while_half(target);
    IF NOT EXISTS (SELECT FROM rowseal_internal.flaws(target)) THEN
        PERFORM rowseal_internal.record_whole(target);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.take_in(oid) IS
'Guards a table whose triggers came by themselves, as from a dump, once it is whole.';

CREATE FUNCTION rowseal_internal.guard_table(target regclass, touched oid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded rowseal_internal.guarded := (SELECT g FROM rowseal_internal.guarded g WHERE g.relation = target);
    settings jsonb := rowseal_internal.settings_of(target);
    flaw text;
BEGIN
    IF guarded.relation IS NULL THEN
        PERFORM rowseal_internal.take_in(target);
        RETURN;
    END IF;
    IF settings IS NOT NULL AND NOT EXISTS (SELECT FROM rowseal_internal.lost_columns(target, settings)) THEN
        IF settings ->> 'role' <> 'versions' AND target::oid = ANY (touched) THEN
            PERFORM rowseal_internal.follow_owner(target, guarded);
            PERFORM rowseal_internal.cover_added_columns(target, guarded.versions, settings);
        END IF;
        PERFORM rowseal_internal.guard_partitions(target, guarded, settings);
        PERFORM rowseal_internal.renew(target);
        IF guarded.rewritten THEN
            PERFORM rowseal_internal.guard_rows(target, c.oid, settings, 'values of signed columns would be rewritten', 'Only owners can sign other values. Columns in exclude may be rewritten.')
            FROM rowseal_internal.tree(target) t JOIN pg_class c ON c.oid = t WHERE c.relkind = 'r';
        END IF;
    END IF;
    SELECT f.finding INTO flaw FROM rowseal_internal.flaws(target) f LIMIT 1;
    IF flaw IS NULL THEN
        SELECT f INTO flaw FROM rowseal_internal.changed_prints(target, guarded, settings) f LIMIT 1;
    END IF;
    IF flaw IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_command(target, flaw,
            format('Is it meant: SELECT rowseal.unprotect(%L); then change the table and protect it again, which verifies its rows.', coalesce(rowseal_internal.qualified(guarded."table"), target::text)));
    END IF;
    PERFORM rowseal_internal.record_whole(target);
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_table(regclass, oid[]) IS
'After a command that may have changed a table: lets settings follow it where that is possible, and refuses with RS011 what weakens protection. A table that is not guarded yet is from now on, if it is whole.';

CREATE FUNCTION rowseal_internal.guard(touched oid[], triggers_dropped boolean, touched_types oid[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed_types oid[] := touched_types || ARRAY(SELECT c.reltype FROM pg_class c WHERE c.oid = ANY (touched) AND c.reltype <> 0);
    concerned oid[] := ARRAY(
        WITH RECURSIVE up(relation) AS (
            SELECT unnest(touched) UNION SELECT inhparent FROM pg_inherits JOIN up ON inhrelid = up.relation)
        SELECT c.oid FROM pg_class c LEFT JOIN rowseal_internal.guarded g ON g.relation = c.oid
        WHERE c.oid IN (SELECT relation FROM up UNION SELECT r.relation FROM rowseal_internal.guarded r JOIN up ON up.relation IN (r."table", r.versions, r.identities)
                        UNION SELECT r.relation FROM rowseal_internal.guarded r WHERE r.partitions && touched OR r.types && changed_types)
          -- A row for a table with no trigger of ours came by replication from elsewhere, or from before the guards were switched off.
          AND (g.relation IS NOT NULL AND triggers_dropped OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname LIKE 'zzz\_rowseal\_%' AND tgname <> 'zzz_rowseal_request' AND tgparentid = 0))
          AND NOT rowseal_internal.is_changing(c.oid)
        ORDER BY g.versions IS NULL, g.relation = g.versions, c.oid);
    target oid;
BEGIN
    -- What follows from the command is not looked at again, until all of it is done.
    PERFORM rowseal_internal.begin_change(VARIADIC concerned);
    FOREACH target IN ARRAY concerned LOOP
        PERFORM rowseal_internal.guard_table(target, touched);
    END LOOP;
    PERFORM rowseal_internal.end_change(VARIADIC concerned);
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard(oid[], boolean, oid[]) IS
'Looks at those of the touched tables that matter: protected ones, their partitions'' roots, those that refer to them, and those whose columns have a touched type.';
