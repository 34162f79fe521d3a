-- Changes of a protected table that its settings can follow.

CREATE FUNCTION rowseal_internal.added_columns(target regclass, settings jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT rowseal_internal.columns(target, VARIADIC (ARRAY(SELECT i.here FROM rowseal_internal.image_columns(settings) i) || ARRAY(
               SELECT e ->> 'name' FROM jsonb_array_elements(settings -> 'exclude') e))::name[])
$$;
COMMENT ON FUNCTION rowseal_internal.added_columns(regclass, jsonb) IS 'Columns that the settings do not know yet.';

CREATE FUNCTION rowseal_internal.cover_added_columns(target regclass, versions regclass, settings jsonb) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    added record;
BEGIN
    FOR added IN
        SELECT a.attname AS name, rowseal_internal.type_name(a.atttypid, a.atttypmod) AS type, a.attnotnull OR t.typnotnull AS not_null,
               a.atthasdef OR a.atthasmissing OR a.attidentity <> '' OR a.attgenerated <> '' OR t.typdefault IS NOT NULL AS has_default,
               CASE WHEN c.oid IS NOT NULL THEN format(' COLLATE %I.%I', n.nspname, c.collname) END AS collation
        FROM jsonb_array_elements(rowseal_internal.added_columns(target, settings)) e
        JOIN pg_attribute a ON a.attrelid = target AND a.attname = e ->> 'name' AND NOT a.attisdropped JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_collation c ON c.oid = a.attcollation LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
    LOOP
        IF added.not_null OR added.has_default THEN
            PERFORM rowseal_internal.refuse_command(target, format('the new column %I %s, so stored rows would get a value that their owners did not sign',
                added.name, CASE WHEN added.has_default THEN 'has a default' ELSE 'is NOT NULL' END),
                'Add it nullable and without default: then old signatures stay valid and new ones cover it. If it is for local use, next name it in exclude by rowseal.protect; then give it its default.');
        ELSIF settings ->> 'format' = 'buckitup' THEN
            PERFORM rowseal_internal.refuse_command(target, format('the format buckitup signs every column, so the new column %I would make every stored signature invalid', added.name),
                'SELECT rowseal.unprotect(...), add the column, and name it in exclude when protecting again.');
        END IF;
        IF versions IS NOT NULL THEN
            PERFORM rowseal_internal.as_owner((SELECT relowner FROM pg_class WHERE oid = versions), format('BEGIN ALTER TABLE %s ADD COLUMN %I %s%s; RETURN NULL; END',
                rowseal_internal.qualified(versions), added.name, added.type, added.collation));

        END IF;
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.cover_added_columns(regclass, regclass, jsonb) IS
'Prepares the settings'' growth by new columns: gives the versions table the same ones, or refuses them with RS011. Runs with the rights of the tables'' owner.';

CREATE FUNCTION rowseal_internal.follow_owner(target regclass, guarded rowseal_internal.guarded) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
    other oid;
BEGIN
    FOR other IN SELECT c.oid FROM pg_class c WHERE c.relowner = guarded.owner AND guarded.owner <> owner
                 AND (c.oid IN (SELECT rowseal_internal.tree(target)) OR c.oid IN (SELECT rowseal_internal.tree(guarded.versions))) LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO %I', rowseal_internal.qualified(other), pg_get_userbyid(owner));
    END LOOP;
END
$$;
COMMENT ON FUNCTION rowseal_internal.follow_owner(regclass, rowseal_internal.guarded) IS
'Gives the versions table, and partitions, the owner that the data table has got. They had the same one, so whoever gave the one away could have given the others.';

CREATE FUNCTION rowseal_internal.renamed_types(target regclass, guarded rowseal_internal.guarded, settings jsonb) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
    SELECT jsonb_agg(c || CASE WHEN a.attname IS NULL THEN '{}' ELSE jsonb_build_object('type', rowseal_internal.type_name(a.atttypid, a.atttypmod)) END ORDER BY n)
    FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS x(c, n)
    LEFT JOIN pg_attribute a ON a.attrelid = target AND a.attname = c ->> 'name'
                            AND guarded.columns -> a.attname::text @> jsonb_build_object('type', a.atttypid, 'modifier', a.atttypmod)
$$;
COMMENT ON FUNCTION rowseal_internal.renamed_types(regclass, rowseal_internal.guarded, jsonb) IS 'The signed columns of the settings, with the present names of types that are still the same ones.';

CREATE FUNCTION rowseal_internal.wanted(target regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s || jsonb_strip_nulls(jsonb_build_object(
        'table', rowseal_internal.qualified(g."table"),
        'versions', rowseal_internal.qualified(g.versions),
        'identities', rowseal_internal.qualified(g.identities),
        'columns', rowseal_internal.renamed_types(target, g, s) || rowseal_internal.added_columns(target, s)))
    FROM rowseal_internal.guarded g, rowseal_internal.settings_of(target) s WHERE g.relation = target
$$;
COMMENT ON FUNCTION rowseal_internal.wanted(regclass) IS
'The settings of a guarded data or identity table as they should be now: with the present names of tables and types, and with columns added since.';

CREATE FUNCTION rowseal_internal.renew(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded rowseal_internal.guarded := (SELECT g FROM rowseal_internal.guarded g WHERE g.relation = target);
    settings jsonb := rowseal_internal.settings_of(target);
    has_new_partitions boolean := NOT guarded.partitions @> ARRAY(SELECT part FROM rowseal_internal.tree(target) part WHERE part <> target);
    wanted jsonb;
BEGIN
    IF settings ->> 'role' = 'versions' THEN
        IF has_new_partitions THEN
            PERFORM rowseal_internal.set_triggers_of(target, settings);
        END IF;
        RETURN;
    END IF;
    wanted := rowseal_internal.wanted(target);
    IF has_new_partitions OR wanted <> settings OR EXISTS (SELECT FROM unnest(ARRAY[target, guarded.versions]) AS r WHERE r IS NOT NULL
            AND EXISTS (SELECT FROM rowseal_internal.compared_functions(r, rowseal_internal.settings_of(r)) f WHERE NOT f.is_current)) THEN
        PERFORM rowseal_internal.set_triggers(target, wanted);
        PERFORM rowseal_internal.make_tips_view(target, wanted);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.renew(regclass) IS
'Makes the functions and triggers of a guarded table anew where names, owner, columns or partitions have changed. What it makes follows from what the table''s owner once asked for and from the catalogue, whoever changed that.';
