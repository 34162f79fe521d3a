CREATE FUNCTION rowseal_internal.guard_rewrites() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET jit = off
AS $$
DECLARE
    rewritten oid := pg_event_trigger_table_rewrite_oid();
    target oid;
    bad text;
BEGIN
    IF pg_event_trigger_table_rewrite_reason() & 4 = 0 THEN
        RETURN; -- No column gets other values.
    END IF;
    SELECT g.relation, string_agg(quote_ident(a.attname), ', ') INTO target, bad
    FROM rowseal_internal.guarded g, jsonb_each(g.columns) AS c(name, known) JOIN pg_attribute a ON a.attname = c.name
    WHERE (g.relation = rewritten OR rewritten = ANY (g.partitions)) AND a.attrelid = g.relation
      -- This command has written the column's entry in the catalogue: it is of this transaction, and not the one that earlier commands left.
      AND age(a.xmin) <= 0 AND a.ctid::text <> known ->> 'entry'
    GROUP BY g.relation;
    IF bad IS NOT NULL THEN
        PERFORM rowseal_internal.refuse_command(target, format('values of the signed column %s would be rewritten', bad),
            'Only owners can sign other values. Columns in exclude may be rewritten, by a command that changes no signed column.');
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_rewrites() IS
'Event trigger function: refuses with RS011 that ALTER TABLE gives signed columns other values (ALTER COLUMN ... TYPE ... USING).';
