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

CREATE FUNCTION rowseal_internal.follow_owner(target regclass, versions regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    owner oid := (SELECT relowner FROM pg_class WHERE oid = target);
BEGIN
    IF owner <> (SELECT relowner FROM pg_class WHERE oid = versions) THEN
        EXECUTE format('ALTER TABLE %s OWNER TO %I', rowseal_internal.qualified(versions), pg_get_userbyid(owner));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.follow_owner(regclass, regclass) IS
'Gives the versions table the owner that the data table has got. They had the same one, so whoever gave the one away could have given the other.';

CREATE FUNCTION rowseal_internal.wanted(target regclass) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s || jsonb_strip_nulls(jsonb_build_object(
        'table', rowseal_internal.qualified(g."table"),
        'versions', rowseal_internal.qualified(g.versions),
        'identities', rowseal_internal.qualified(g.identities),
        'columns', s -> 'columns' || rowseal_internal.added_columns(target, s)))
    FROM rowseal_internal.guarded g, rowseal_internal.settings_of(target) s WHERE g.relation = target
$$;
COMMENT ON FUNCTION rowseal_internal.wanted(regclass) IS
'The settings of a guarded data or identity table as they should be now: with the present names, and with columns added since.';

CREATE FUNCTION rowseal_internal.renew(target regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    guarded rowseal_internal.guarded := (SELECT g FROM rowseal_internal.guarded g WHERE g.relation = target);
    wanted jsonb := rowseal_internal.wanted(target);
BEGIN
    IF wanted ->> 'role' <> 'versions' AND (wanted <> rowseal_internal.settings_of(target)
            OR EXISTS (SELECT FROM unnest(ARRAY[target, guarded.versions]) AS r WHERE r IS NOT NULL AND EXISTS (SELECT FROM rowseal_internal.compared_functions(r, rowseal_internal.settings_of(r)) f WHERE NOT f.is_current))
            OR NOT guarded.partitions @> ARRAY(SELECT part FROM rowseal_internal.tree(target) part WHERE part <> target)) THEN
        PERFORM rowseal_internal.set_triggers(target, wanted);
        PERFORM rowseal_internal.make_tips_view(target, wanted);
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.renew(regclass) IS
'Makes the functions and triggers of a guarded table anew where names, owner, columns or partitions have changed. What it makes follows from what the table''s owner once asked for and from the catalogue, whoever changed that.';
