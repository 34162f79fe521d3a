-- DDL must not weaken protection (RS011). The rule is about states, not commands: a table that was found whole once is
-- guarded, and a command that leaves a guarded table with a flaw is refused. A dump can be restored, for a table whose
-- triggers come one by one is not guarded before it is whole. Only protect and unprotect may change a guarded table's triggers.

CREATE TABLE rowseal._guarded (
    relation oid PRIMARY KEY,
    whole boolean NOT NULL,
    "table" oid,
    versions oid,
    identities oid,
    partitions oid[] NOT NULL DEFAULT '{}',
    labels text[] NOT NULL DEFAULT '{}');
REVOKE ALL ON rowseal._guarded FROM PUBLIC;
GRANT SELECT ON rowseal._guarded TO PUBLIC;
COMMENT ON TABLE rowseal._guarded IS
'Tables that were found whole, the tables that their settings name (by OID, so that the names can follow a renamed table), their partitions, and the labels of enums in their columns. Not whole: protect or unprotect are at work. Not dumped, for a restored table is found whole anew.';

CREATE FUNCTION rowseal._types(target regclass) RETURNS SETOF oid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE used(typ) AS (
        SELECT atttypid FROM pg_attribute WHERE attrelid = target AND attnum > 0 AND NOT attisdropped
        UNION
        SELECT x.sub FROM used u JOIN pg_type t ON t.oid = u.typ,
        LATERAL (SELECT t.typbasetype UNION ALL SELECT t.typelem
                 UNION ALL SELECT atttypid FROM pg_attribute WHERE t.typrelid <> 0 AND attrelid = t.typrelid AND attnum > 0 AND NOT attisdropped) x(sub)
        WHERE x.sub <> 0
    )
    SELECT typ FROM used
$$;
COMMENT ON FUNCTION rowseal._types(regclass) IS 'The types of a table''s columns, and those that they are made of.';

CREATE FUNCTION rowseal._labels(target regclass) RETURNS text[]
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(format('%s of %s', quote_literal(e.enumlabel), e.enumtypid)), '{}')
    FROM rowseal._types(target) typ JOIN pg_enum e ON e.enumtypid = typ
$$;
COMMENT ON FUNCTION rowseal._labels(regclass) IS 'The labels of enums in a table''s columns: they are signed as they print.';

CREATE FUNCTION rowseal._begin_change(VARIADIC relations regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
BEGIN
    FOREACH target IN ARRAY array_remove(relations, NULL) LOOP
        IF NOT EXISTS (SELECT FROM rowseal._guarded WHERE relation = target AND NOT whole) THEN
            IF NOT pg_has_role(session_user, (SELECT relowner FROM pg_class WHERE oid = target), 'MEMBER') THEN
                RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = format('must be owner of table %s', target);
            END IF;
            INSERT INTO rowseal._guarded (relation, whole) VALUES (target, false)
            ON CONFLICT (relation) DO UPDATE SET whole = false;
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._begin_change(regclass[]) IS
'Lifts the guard for the triggers of tables that belong to the caller, until _end_change.';

CREATE FUNCTION rowseal._end_change(VARIADIC relations regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
BEGIN
    -- What has no triggers of ours any more, or is gone, is no longer ours to guard.
    DELETE FROM rowseal._guarded g WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = g.relation)
        OR NOT g.whole AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = g.relation AND tgname LIKE 'zzz\_rowseal\_%');
    FOREACH target IN ARRAY array_remove(relations, NULL) LOOP
        INSERT INTO rowseal._guarded
        SELECT target, true, to_regclass(s ->> 'table'), to_regclass(s ->> 'versions'), to_regclass(s ->> 'identities'),
               ARRAY(SELECT part FROM rowseal._tree(target) part WHERE part <> target), rowseal._labels(target)
        FROM rowseal._recorded(target) s
        WHERE s IS NOT NULL AND NOT EXISTS (SELECT FROM rowseal._flaws(target))
        ON CONFLICT (relation) DO UPDATE SET whole = true, "table" = excluded."table", versions = excluded.versions,
            identities = excluded.identities, partitions = excluded.partitions, labels = excluded.labels;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._end_change(regclass[]) IS
'Guards those of the tables that are whole. Harmless whoever calls it: a table with a flaw is not taken for whole.';

CREATE FUNCTION rowseal._added_columns(target regclass, settings jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT rowseal._columns(target, VARIADIC (rowseal._image_columns(settings) || ARRAY(
               SELECT e ->> 'name' FROM jsonb_array_elements(settings -> 'exclude') e))::name[])
$$;
COMMENT ON FUNCTION rowseal._added_columns(regclass, jsonb) IS 'Columns that the settings do not know yet.';

CREATE FUNCTION rowseal._wanted(target regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s || jsonb_strip_nulls(jsonb_build_object(
        'table', rowseal._qualified(g."table"::regclass),
        'versions', rowseal._qualified(g.versions::regclass),
        'identities', rowseal._qualified(g.identities::regclass),
        'columns', s -> 'columns' || rowseal._added_columns(target, s)))
    FROM rowseal._guarded g, rowseal._recorded(target) s WHERE g.relation = target
$$;
COMMENT ON FUNCTION rowseal._wanted(regclass) IS
'The settings of a guarded data or identity table as they should be now: with the present names, and with columns added since.';

CREATE FUNCTION rowseal._renew(target regclass) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded rowseal._guarded := (SELECT g FROM rowseal._guarded g WHERE g.relation = target);
    wanted jsonb := rowseal._wanted(target);
BEGIN
    IF guarded.relation IS NULL OR wanted IS NULL OR wanted ->> 'role' = 'versions' OR EXISTS (SELECT FROM rowseal._lost_columns(target, wanted))
       OR (wanted = rowseal._recorded(target) AND NOT rowseal._is_outdated(target, wanted)
           AND guarded.partitions @> ARRAY(SELECT part FROM rowseal._tree(target) part WHERE part <> target)) THEN
        RETURN;
    END IF;
    UPDATE rowseal._guarded SET whole = false WHERE relation IN (guarded.relation, guarded.versions);
    PERFORM rowseal._create_triggers(target, wanted);
END
$$;
COMMENT ON FUNCTION rowseal._renew(regclass) IS
'Makes the triggers of a guarded table anew where names, owner, columns or partitions have changed; otherwise, and for everybody else, it does nothing. SECURITY DEFINER, since whoever renames an identity table need not own the tables that refer to it.';

CREATE FUNCTION rowseal._refuse_command(target regclass, finding text, hint text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'RS011', MESSAGE = format('would weaken protection: %s: %s', target, finding), HINT = hint;
END
$$;
COMMENT ON FUNCTION rowseal._refuse_command(regclass, text, text) IS 'Raises RS011.';

CREATE FUNCTION rowseal._follow_owner(target regclass, versions regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
BEGIN
    IF owner <> (SELECT relowner FROM pg_class WHERE oid = versions) THEN
        PERFORM rowseal._begin_change(target, versions);
        EXECUTE format('ALTER TABLE %s OWNER TO %I', versions, pg_get_userbyid(owner));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._follow_owner(regclass, regclass) IS
'Gives the versions table the owner that the data table has got. Runs with the privileges of whoever gave it.';

CREATE FUNCTION rowseal._cover_added_columns(target regclass, versions regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    added record;
BEGIN
    FOR added IN
        SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull OR t.typnotnull AS not_null,
               a.atthasdef OR a.atthasmissing OR a.attidentity <> '' OR a.attgenerated <> '' OR t.typdefault IS NOT NULL AS has_default,
               CASE WHEN c.oid IS NOT NULL THEN format(' COLLATE %I.%I', n.nspname, c.collname) END AS collation
        FROM jsonb_array_elements(rowseal._added_columns(target, settings)) e
        JOIN pg_attribute a ON a.attrelid = target AND a.attname = e ->> 'name' AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_collation c ON c.oid = a.attcollation LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
    LOOP
        IF added.not_null OR added.has_default THEN
            PERFORM rowseal._refuse_command(target, format('the new column %I %s, so stored rows would get a value that their owners did not sign',
                added.name, CASE WHEN added.has_default THEN 'has a default' ELSE 'is NOT NULL' END),
                'Add it nullable and without default: then old signatures stay valid and new ones cover it. If it is for local use, next name it in exclude by rowseal.protect; then give it its default.');
        ELSIF settings ->> 'format' = 'buckitup' THEN
            PERFORM rowseal._refuse_command(target, format('the format buckitup signs every column, so the new column %I would make every stored signature invalid', added.name),
                'SELECT rowseal.unprotect(...), add the column, and name it in exclude when protecting again.');
        END IF;
        PERFORM rowseal._begin_change(target, versions);
        IF versions IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s ADD COLUMN %I %s%s', versions, added.name, added.type, added.collation);
        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._cover_added_columns(regclass, regclass, jsonb) IS
'Prepares the settings'' growth by new columns: gives the versions table the same ones, or refuses them with RS011. Runs with the privileges of whoever added them.';

CREATE FUNCTION rowseal._guard_rows(target regclass, part regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal.version(); -- loads Java classes, which the caller may not
    PERFORM rowseal._check_rows(settings::text, rowseal._qualified(part));
EXCEPTION WHEN OTHERS THEN
    IF sqlstate NOT LIKE 'RS%' THEN
        RAISE;
    END IF;
    PERFORM rowseal._refuse_command(target, format('the partition %s would bring this in: %s', part, sqlerrm), 'Delete the row before the table becomes a partition.');
END
$$;
COMMENT ON FUNCTION rowseal._guard_rows(regclass, regclass, jsonb) IS 'RS011 where a table that has become a partition holds a row that is not signed.';

CREATE FUNCTION rowseal._guard_partitions(target regclass, guarded rowseal._guarded, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    filled boolean;
BEGIN
    FOR part IN SELECT p FROM unnest(guarded.partitions) p WHERE p NOT IN (SELECT rowseal._tree(target)) LOOP
        PERFORM rowseal._refuse_command(target, format('without the partition %s signed rows would be gone', part),
            'Rows leave by signed tombstones. To take the partition out anyway, rowseal.unprotect the table first.');
    END LOOP;
    FOR part IN SELECT t FROM rowseal._tree(target) t WHERE t <> target AND t <> ALL (guarded.partitions) LOOP
        IF (SELECT relkind FROM pg_class WHERE oid = part) = 'r' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', part) INTO filled;
            IF filled THEN
                PERFORM rowseal._guard_rows(target, part, settings);
            END IF;
        END IF;
    END LOOP;
    IF filled AND settings ->> 'layout' = 'two-tables' AND settings ->> 'role' <> 'versions' THEN
        PERFORM rowseal._check_order(target, settings);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal._guard_partitions(regclass, rowseal._guarded, jsonb) IS
'Verifies the rows that came with new partitions, and refuses that partitions go.';

CREATE FUNCTION rowseal._take_in(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF rowseal._recorded(target) IS NULL THEN
        PERFORM rowseal._refuse_command(target, 'the trigger name zzz_rowseal_insert is for Rowseal''s settings', 'Use rowseal.protect.');
    END IF;
    PERFORM rowseal._end_change(target);
EXCEPTION WHEN data_exception OR syntax_error_or_access_rule_violation THEN
    PERFORM rowseal._refuse_command(target, format('the settings in its trigger zzz_rowseal_insert cannot be read: %s', sqlerrm), 'Use rowseal.protect.');
END
$$;
COMMENT ON FUNCTION rowseal._take_in(regclass) IS
'Guards a table whose triggers came by themselves, as from a dump, once it is whole. Settings that cannot be read are refused, for they would break the view of all settings.';

CREATE FUNCTION rowseal._guard_table(target regclass, touched oid[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded rowseal._guarded := (SELECT g FROM rowseal._guarded g WHERE g.relation = target);
    settings jsonb := rowseal._recorded(target);
    flaw text;
BEGIN
    IF guarded.relation IS NULL THEN
        PERFORM rowseal._take_in(target);
        RETURN;
    END IF;
    IF settings IS NOT NULL AND NOT EXISTS (SELECT FROM rowseal._lost_columns(target, settings)) THEN
        IF settings ->> 'role' <> 'versions' AND target::oid = ANY (touched) THEN
            PERFORM rowseal._follow_owner(target, guarded.versions::regclass);
            PERFORM rowseal._cover_added_columns(target, guarded.versions::regclass, settings);
        END IF;
        PERFORM rowseal._guard_partitions(target, guarded, settings);
        PERFORM rowseal._renew(target);
        IF settings ->> 'layout' = 'one-table' AND (settings <> rowseal._recorded(target) OR EXISTS (
               SELECT FROM pg_class t, pg_class v WHERE t.oid = target AND v.oid = rowseal._present_tips_view(target) AND v.relowner <> t.relowner)) THEN
            PERFORM rowseal._make_tips_view(target, rowseal._recorded(target));
        END IF;
    END IF;

    SELECT f.finding INTO flaw FROM rowseal._flaws(target) f LIMIT 1;
    IF flaw IS NULL AND NOT guarded.labels <@ rowseal._labels(target) THEN
        flaw := 'enum labels that owners have signed would be renamed';
    END IF;
    IF flaw IS NOT NULL THEN
        PERFORM rowseal._refuse_command(target, flaw,
            format('Is it meant: SELECT rowseal.unprotect(%L); then change the table and protect it again, which verifies its rows.', rowseal._qualified(guarded."table"::regclass)));
    END IF;
    PERFORM rowseal._end_change(target);
EXCEPTION WHEN data_exception THEN
    PERFORM rowseal._refuse_command(target, format('its settings cannot be read: %s', sqlerrm), 'Use rowseal.protect.');
END
$$;
COMMENT ON FUNCTION rowseal._guard_table(regclass, oid[]) IS
'After a command that may have changed a table: lets settings follow it where that is possible, and refuses with RS011 what weakens protection. A table that is not guarded yet is from now on, if it is whole.';

CREATE FUNCTION rowseal._guard(touched oid[], triggers_dropped boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    target regclass;
BEGIN
    FOR target IN
        WITH RECURSIVE up(relation) AS (
            SELECT unnest(touched) UNION SELECT inhparent FROM pg_inherits JOIN up ON inhrelid = up.relation)
        SELECT c.oid FROM pg_class c LEFT JOIN rowseal._guarded g ON g.relation = c.oid
        WHERE c.oid IN (SELECT relation FROM up UNION SELECT r.relation FROM rowseal._guarded r JOIN up ON up.relation IN (r."table", r.versions, r.identities)
                        UNION SELECT r.relation FROM rowseal._guarded r WHERE r.partitions && touched)
          -- A row for a table with no trigger of ours came by replication from elsewhere, or from before the guards were switched off.
          AND CASE WHEN g.relation IS NULL THEN EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname = 'zzz_rowseal_insert' AND tgparentid = 0)
                   ELSE g.whole AND (triggers_dropped OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgname LIKE 'zzz\_rowseal\_%')) END
        ORDER BY g.versions IS NULL, g.relation = g.versions, c.oid
    LOOP
        PERFORM rowseal._guard_table(target, touched);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._guard(oid[], boolean) IS
'Looks at those of the touched tables that matter: protected ones, their partitions'' roots, and those that refer to them.';

CREATE FUNCTION rowseal.guard_changes() RETURNS event_trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF tg_tag = 'ALTER EXTENSION' THEN
        IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c WHERE c.object_identity = 'rowseal' AND c.command_tag = tg_tag) THEN
            PERFORM rowseal._after_update();
        END IF;
        RETURN;
    END IF;
    PERFORM rowseal._guard(ARRAY(
        SELECT DISTINCT t.relation FROM pg_event_trigger_ddl_commands() c, LATERAL (
            SELECT c.objid WHERE c.classid = 'pg_class'::regclass
            UNION ALL SELECT indrelid FROM pg_index WHERE c.classid = 'pg_class'::regclass AND indexrelid = c.objid
            UNION ALL SELECT tgrelid FROM pg_trigger WHERE c.classid = 'pg_trigger'::regclass AND oid = c.objid
            UNION ALL SELECT ev_class FROM pg_rewrite WHERE c.classid = 'pg_rewrite'::regclass AND oid = c.objid
            UNION ALL SELECT t.tgrelid FROM pg_depend d JOIN pg_trigger t ON t.oid = d.objid
            WHERE c.classid = 'pg_proc'::regclass AND NOT c.in_extension
              AND d.classid = 'pg_trigger'::regclass AND d.refclassid = c.classid AND d.refobjid = c.objid
            UNION ALL SELECT oid FROM pg_class WHERE c.classid = 'pg_namespace'::regclass AND relnamespace = c.objid AND relkind IN ('r', 'p')
            UNION ALL SELECT relation FROM rowseal._guarded WHERE c.classid = 'pg_type'::regclass AND c.objid IN (SELECT rowseal._types(relation))
        ) AS t(relation)), false);
END
$$;
COMMENT ON FUNCTION rowseal.guard_changes() IS 'Event trigger function: refuses with RS011 commands that leave a guarded table with a flaw.';

CREATE FUNCTION rowseal.guard_drops() RETURNS event_trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    touched oid[] := ARRAY(
        SELECT o.objid FROM pg_event_trigger_dropped_objects() o WHERE o.classid = 'pg_class'::regclass AND o.objsubid = 0
        UNION SELECT to_regclass(format('%I.%I', o.address_names[1], o.address_names[2]))::oid FROM pg_event_trigger_dropped_objects() o
        WHERE o.object_type IN ('trigger', 'table column', 'table constraint') AND NOT o.is_temporary);
BEGIN
    IF EXISTS (SELECT FROM rowseal._guarded g WHERE g.relation = ANY (touched) AND NOT EXISTS (SELECT FROM pg_class WHERE oid = g.relation)) THEN
        PERFORM rowseal._forget_dropped();
    END IF;
    PERFORM rowseal._guard(touched, true);
END
$$;
COMMENT ON FUNCTION rowseal.guard_drops() IS 'Event trigger function: refuses with RS011 drops that leave a guarded table with a flaw.';

CREATE FUNCTION rowseal._forget_dropped() RETURNS void
LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    DELETE FROM rowseal._parked p WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = p."table");
    DELETE FROM rowseal._pruned_parents p WHERE NOT EXISTS (SELECT FROM pg_class WHERE oid = p.relation);
    SELECT rowseal._end_change(NULL)
$$;
COMMENT ON FUNCTION rowseal._forget_dropped() IS 'Forgets what is recorded of tables that are gone, and what was set aside for them.';

CREATE FUNCTION rowseal._after_update() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    made record;
BEGIN
    PERFORM rowseal._check_jar();
    -- All at once, for what is new in one table may concern another.
    UPDATE rowseal._guarded SET whole = false;
    FOR made IN SELECT p."table", p.settings FROM rowseal.protected p LOOP
        PERFORM rowseal._create_triggers(made."table", made.settings);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal._after_update() IS
'After ALTER EXTENSION rowseal UPDATE: makes all triggers and their functions anew, as the new version makes them. Not part of the update script, for there PostgreSQL forbids to replace functions that are not the extension''s own.';

CREATE EVENT TRIGGER rowseal_guard_changes ON ddl_command_end
    WHEN TAG IN ('ALTER TABLE', 'ALTER FOREIGN TABLE', 'CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE INDEX',
                 'CREATE RULE', 'ALTER RULE', 'CREATE TRIGGER', 'ALTER TRIGGER', 'ALTER TYPE', 'ALTER DOMAIN',
                 'CREATE FUNCTION', 'ALTER FUNCTION', 'ALTER ROUTINE', 'ALTER EXTENSION')
    EXECUTE FUNCTION rowseal.guard_changes();
ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_changes IS 'Rowseal: refuses commands that would weaken protection.';

CREATE EVENT TRIGGER rowseal_guard_drops ON sql_drop EXECUTE FUNCTION rowseal.guard_drops();
ALTER EVENT TRIGGER rowseal_guard_drops ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_drops IS 'Rowseal: refuses drops that would weaken protection.';
