CREATE FUNCTION rowseal_internal.guard_rewrites() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET jit = off
AS $$
DECLARE
    part oid := pg_event_trigger_table_rewrite_oid();
    guarded rowseal_internal.guarded;
    altered text[];
    signed text[];
BEGIN
    IF pg_event_trigger_table_rewrite_reason() & 4 = 0 THEN
        RETURN; -- No column gets other values.
    END IF;
    SELECT * INTO guarded FROM rowseal_internal.guarded g WHERE g.relation = part OR part = ANY (g.partitions);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    -- Columns whose entry in the catalogue this command has written: it is of this transaction, and not the one that earlier commands left.
    altered := ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = guarded.relation AND a.attnum > 0 AND NOT a.attisdropped
                     AND age(a.xmin) <= 0 AND a.ctid::text IS DISTINCT FROM guarded.columns -> a.attname::text ->> 'entry' ORDER BY a.attnum);
    signed := ARRAY(SELECT i.here FROM rowseal_internal.image_columns(rowseal_internal.settings_of(guarded.relation)) i);
    IF altered[1] = ANY (signed) THEN
        PERFORM rowseal_internal.refuse_command(guarded.relation, format('values of the signed column %I would be rewritten', altered[1]), 'Only owners can sign other values. Columns in exclude may be rewritten.');
    ELSIF altered && signed THEN
        -- The first one is altered, but PostgreSQL writes the entries of all that follow it too. So the rows have to tell, in the end.
        UPDATE rowseal_internal.guarded g SET rewritten = true WHERE g.relation = guarded.relation;
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_rewrites() IS
'Event trigger function: refuses with RS011 that ALTER TABLE gives signed columns other values (ALTER COLUMN ... TYPE ... USING).';
