CREATE FUNCTION rowseal.depths(parents bigint[]) RETURNS integer[]
LANGUAGE plpgsql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    depths integer[] := array_fill(NULL::integer, ARRAY[cardinality(parents)]);
    on_path boolean[] := array_fill(false, ARRAY[cardinality(parents)]);
    path bigint[] := depths;
    length integer;
    next bigint;
    depth integer;
BEGIN
    FOR version IN 1 .. cardinality(parents) LOOP
        length := 0;
        next := version;
        WHILE next IS NOT NULL AND depths[next] IS NULL AND NOT on_path[next] LOOP
            on_path[next] := true;
            length := length + 1;
            path[length] := next;
            next := parents[next];
        END LOOP;
        -- A ring, which no signature allows but tampering does, is cut where it is entered.
        depth := coalesce(depths[next] + 1, 0);
        WHILE length > 0 LOOP
            depths[path[length]] := depth;
            depth := depth + 1;
            length := length - 1;
        END LOOP;
    END LOOP;
    RETURN depths;
END
$$;
COMMENT ON FUNCTION rowseal.depths(bigint[]) IS
'How many ancestors each version has, from the places of their parents in this very array, counted from 1; NULL where a version has no parent here.';
