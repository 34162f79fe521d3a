CREATE FUNCTION rowseal.audit_query("table" regclass, purpose text, selection text DEFAULT 'all') RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
AS $$
DECLARE
    settings jsonb := rowseal_internal.audited("table");
    made text := CASE purpose
        WHEN 'images' THEN rowseal_internal.image_query(settings, selection)
        WHEN 'versions' THEN rowseal_internal.versions_query(settings, selection)
        WHEN 'links' THEN rowseal_internal.versions_query(settings, selection)
        WHEN 'structure' THEN rowseal_internal.structure_query(settings)
        WHEN 'cards' THEN rowseal_internal.cards_query(settings)
        WHEN 'tip' THEN rowseal_internal.tip_query(settings) END;
BEGIN
    IF purpose = 'links' AND settings ->> 'parent' IS NULL THEN
        PERFORM rowseal_internal.refuse("table", 'its versions do not name a parent (setting parent)');
    ELSIF made IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = format('there is no query for %s (%s) of %s', coalesce(purpose, 'NULL'), coalesce(selection, 'NULL'), "table");
    END IF;
    RETURN made;
END
$$;
COMMENT ON FUNCTION rowseal.audit_query(regclass, text, text) IS
'The text of a query for an audit, for the caller to EXECUTE with pg_catalog first in the search path; it is made from the catalogue, and reads nothing by itself. purpose images: place (tableoid, ctid) and image of the rows of this very table. versions: all versions of a protected table, wherever they lie, with place, row_key, key (its hash), owner, owner_timestamp, written_at, signature, deleted, id, parent_id, and content as jsonb; ref and parent stand for the ids in joins. links: the same, but RS012 where versions do not name their parents. structure: what rowseal.verify tells beside signatures, without the rows at $2 and $3. cards: the public keys of the owners $1 (text[]). tip: what rowseal.explain looks up for a row $1 (jsonb). selection all; row: of the row key $1 (jsonb); places: in the tables $2 (oid[]) at the places $3 (tid[]). RS012 for a table that is not protected, or whose signed columns are not as they were protected; 22023 for another purpose or selection.';
