CREATE FUNCTION rowseal.mermaid(title text, versions text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM rowseal_internal.check_texts(ARRAY[title] || versions);
    RETURN rowseal_internal.mermaid(title, versions);
END
$$;
COMMENT ON FUNCTION rowseal.mermaid(text, text[]) IS
'What rowseal.history_mermaid is made of: draws the texts of rowseal.history_nodes. It reads no table. 54000 for more than 175,000 texts or 8 MiB.';

CREATE FUNCTION rowseal_internal.check_texts(texts text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    bytes bigint := (SELECT coalesce(sum(octet_length(t)), 0) FROM unnest(texts) AS t);
BEGIN
    IF cardinality(texts) > 175001 OR bytes > 8388608 THEN
        RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = format('%s texts of %s bytes are too many to be drawn', cardinality(texts), bytes),
            HINT = 'Look at less at a time: rowseal.verify, rowseal.history and rowseal.audit have no such limit.';
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_texts(text[]) IS
'54000 (program_limit_exceeded) for more texts than fit Java''s heap: each takes some sixty bytes there beside its own.';
