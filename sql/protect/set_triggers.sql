-- The functions and triggers of a protected table.

CREATE FUNCTION rowseal_internal.set_triggers(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    archive regclass := rowseal_internal.relation(settings ->> 'versions');
    former_archive regclass := rowseal_internal.relation(rowseal_internal.settings_of(target) ->> 'versions');
BEGIN
    IF former_archive <> archive OR archive IS NULL THEN
        PERFORM rowseal_internal.drop_triggers(former_archive);
    END IF;
    PERFORM rowseal_internal.set_triggers_of(target, settings);
    IF archive IS NOT NULL THEN
        PERFORM rowseal_internal.set_triggers_of(archive, settings || '{"role": "versions"}');
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.set_triggers(regclass, jsonb) IS
'Makes the functions and triggers of a table and of its versions table, or replaces them. Replacing does not wait for readers, nor they for it.';

CREATE FUNCTION rowseal_internal.set_triggers_of(target regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    suffix text := rowseal_internal.suffix_for(target);
    wanted record;
    part oid;
BEGIN
    PERFORM rowseal_internal.set_functions(target, settings, suffix);
    FOR wanted IN SELECT * FROM rowseal_internal.triggers_of(settings, suffix) LOOP
        FOR part IN SELECT p FROM rowseal_internal.tree(target) p WHERE p = target OR wanted.on_each_partition LOOP
            EXECUTE format('CREATE OR REPLACE TRIGGER %I %s ON %s FOR EACH %s EXECUTE FUNCTION rowseal_internal.%I(%s)', wanted.name, wanted.event, rowseal_internal.qualified(part), wanted.level, wanted.function,
                CASE WHEN wanted.has_settings THEN quote_literal(settings) END);
        END LOOP;
        FOR part IN SELECT p FROM rowseal_internal.tree(target) p LOOP
            EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', rowseal_internal.qualified(part), wanted.name);
        END LOOP;
    END LOOP;
    IF NOT rowseal_internal.is_marked(target) THEN
        PERFORM rowseal_internal.mark(target);
    END IF;
    PERFORM rowseal_internal.drop_triggers_but(target, ARRAY(SELECT t.name FROM rowseal_internal.triggers_of(settings, suffix) t) || 'zzz_rowseal_request'::text);
    PERFORM rowseal_internal.drop_functions_but(suffix, ARRAY(SELECT f.name || '(' || f.arguments || ')' FROM rowseal_internal.functions_of(target, settings, suffix) f));
END
$$;
COMMENT ON FUNCTION rowseal_internal.set_triggers_of(regclass, jsonb) IS
'Makes the functions and triggers of one table. The triggers are ENABLE ALWAYS, so that they also run where replication applies rows; their names sort last, so that no other trigger changes a row after it was verified.';

CREATE FUNCTION rowseal_internal.triggers_of(settings jsonb, suffix text)
RETURNS TABLE (name text, kind integer, event text, level text, function text, has_settings boolean, on_each_partition boolean)
LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT t.* FROM (VALUES
        ('zzz_rowseal_insert', 7, 'BEFORE INSERT', 'ROW', 'on_insert_' || suffix, true, false),
        ('zzz_rowseal_update', 19, 'BEFORE UPDATE', 'ROW', 'on_update_' || suffix, true, false),
        ('zzz_rowseal_delete', 11, 'BEFORE DELETE', 'ROW', 'refuse_removal', false, false),
        ('zzz_rowseal_truncate', 34, 'BEFORE TRUNCATE', 'STATEMENT', 'refuse_removal', false, true),
        ('zzz_rowseal_card', 21, 'AFTER INSERT OR UPDATE', 'ROW', 'on_card_' || suffix, false, false),
        ('zzz_rowseal_end', 20, 'AFTER INSERT OR UPDATE', 'STATEMENT', 'end_statement', false, true)) AS t(name, kind, event, level, function, has_settings, on_each_partition)
    WHERE CASE t.name WHEN 'zzz_rowseal_card' THEN settings ->> 'role' = 'identities' WHEN 'zzz_rowseal_end' THEN rowseal_internal.is_bulk(settings) ELSE true END
$$;
COMMENT ON FUNCTION rowseal_internal.triggers_of(jsonb, text) IS
'The triggers of a table that is protected as the settings say; kind is pg_trigger.tgtype. PostgreSQL hands row triggers down to partitions by itself.';

CREATE FUNCTION rowseal_internal.set_functions(target regclass, settings jsonb, suffix text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    table_owner text := (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = target);
    own text := pg_get_userbyid(rowseal_internal.extension_owner());
    wanted record;
    signature text;
BEGIN
    FOR wanted IN SELECT * FROM rowseal_internal.functions_of(target, settings, suffix) LOOP
        signature := format('rowseal_internal.%I(%s)', wanted.name, wanted.arguments);
        EXECUTE format('CREATE OR REPLACE FUNCTION %s RETURNS %s LANGUAGE plpgsql SECURITY DEFINER %s AS %L', signature, wanted.returns,
            CASE WHEN NOT wanted.of_table_owner THEN 'SET search_path = pg_catalog, pg_temp' END, wanted.source);
        EXECUTE format('ALTER FUNCTION %s OWNER TO %I', signature, CASE WHEN wanted.of_table_owner THEN table_owner ELSE own END);
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, %I', signature, table_owner);
        EXECUTE format('COMMENT ON FUNCTION %s IS %L', signature, format('Made by rowseal.protect for %s.', rowseal_internal.own_name(settings)));
        EXECUTE format('ALTER FUNCTION %s DEPENDS ON EXTENSION rowseal', signature);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.set_functions(regclass, jsonb, text) IS
'Makes the functions of a table. Trigger functions belong to the extension''s owner, and nobody may execute them: a trigger needs no right to. The others belong to the table''s owner, and only the extension''s owner may execute them: they run under the search path of their caller, a function that pins it, for to set it once more would cost 1 us a call.';

CREATE FUNCTION rowseal_internal.drop_functions_but(suffix text, kept text[]) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    unwanted oid;
BEGIN
    FOR unwanted IN SELECT p.function FROM rowseal_internal.present_functions(suffix) p
                    WHERE p.name || '(' || pg_get_function_identity_arguments(p.function) || ')' <> ALL (kept) LOOP
        EXECUTE format('DROP FUNCTION %s', unwanted::regprocedure);
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.drop_functions_but(text, text[]) IS 'Drops the functions made for a table, but for those that are kept.';

CREATE FUNCTION rowseal_internal.drop_triggers_but(target regclass, kept text[]) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    unwanted record;
    any_dropped boolean := false;
BEGIN
    FOR unwanted IN SELECT t.tgname, t.tgrelid FROM pg_trigger t WHERE t.tgrelid IN (SELECT rowseal_internal.tree(target))
                    AND t.tgparentid = 0 AND t.tgname LIKE 'zzz\_rowseal\_%' AND t.tgname <> ALL (kept) LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', unwanted.tgname, rowseal_internal.qualified(unwanted.tgrelid));
        any_dropped := true;
    END LOOP;
    RETURN any_dropped;
END
$$;
COMMENT ON FUNCTION rowseal_internal.drop_triggers_but(regclass, text[]) IS 'Drops the triggers of a table that are Rowseal''s, but for those that are kept; false if there were none.';

CREATE FUNCTION rowseal_internal.drop_triggers(target regclass) RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    suffix text := rowseal_internal.suffix_of(target);
    -- Tables of other roles may go on to read their owners' keys.
    kept text[] := CASE WHEN EXISTS (SELECT FROM rowseal_internal.dependents(target)) THEN ARRAY(
        SELECT p.name || '(' || pg_get_function_identity_arguments(p.function) || ')' FROM rowseal_internal.present_functions(suffix) p WHERE starts_with(p.name, 'card_')) ELSE '{}' END;
    any_dropped boolean;
BEGIN
    IF target IS NULL THEN
        RETURN false;
    END IF;
    any_dropped := rowseal_internal.drop_triggers_but(target, '{}');
    PERFORM rowseal_internal.drop_functions_but(suffix, kept);
    PERFORM rowseal_internal.forget(target);
    RETURN any_dropped;
END
$$;
COMMENT ON FUNCTION rowseal_internal.drop_triggers(regclass) IS 'Takes Rowseal''s triggers off a table, and drops its functions; false if there were none.';
