-- For people who write a client: what is signed, and where a row fails.
-- None is PARALLEL SAFE: where PL/Java's library is first loaded during a parallel query it does not get its settings.

CREATE FUNCTION rowseal.check_signature(algorithm rowseal._characters, public_key rowseal._bytes, message rowseal._bytes, signature rowseal._bytes) RETURNS boolean
IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS JAVA 'checkSignature';
COMMENT ON FUNCTION rowseal.check_signature(rowseal._characters, rowseal._bytes, rowseal._bytes, rowseal._bytes) IS
'Whether the signature is the key''s over the message. A malformed key or signature is false; NULL is RS006, an unknown algorithm RS012.';

CREATE FUNCTION rowseal.owner_id(public_key rowseal._bytes, owner_hash rowseal._characters DEFAULT 'SHA3-512') RETURNS bytea
IMMUTABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS JAVA 'ownerId';
COMMENT ON FUNCTION rowseal.owner_id(rowseal._bytes, rowseal._characters) IS
'The owner id of a public key: its digest. NULL is RS006, an unknown hash RS012.';

CREATE FUNCTION rowseal._payload(settings rowseal._characters, json_row rowseal._characters) RETURNS bytea
STABLE SET search_path = pg_catalog, pg_temp
AS JAVA 'payload';
COMMENT ON FUNCTION rowseal._payload(rowseal._characters, rowseal._characters) IS 'The message of a row given as JSON.';

CREATE FUNCTION rowseal._explain(settings rowseal._characters, json_row rowseal._characters) RETURNS text[]
VOLATILE SET search_path = pg_catalog, pg_temp
AS JAVA 'explain';
COMMENT ON FUNCTION rowseal._explain(rowseal._characters, rowseal._characters) IS 'The steps of explain, three texts each: check, t or f, finding.';

CREATE FUNCTION rowseal._settings_for("table" regclass, "row" jsonb) RETURNS text
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found jsonb := rowseal._audited($1);
    stray text;
BEGIN
    IF to_regclass(found ->> 'versions') = $1 THEN
        found := found || '{"role": "versions"}';
    END IF;
    IF $2 IS NULL OR jsonb_typeof($2) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = 'malformed: the row must be a JSON object';
    END IF;
    SELECT string_agg(quote_ident(k), ', ') INTO stray FROM jsonb_object_keys($2) k
    WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = $1 AND attname = k AND attnum > 0 AND NOT attisdropped);
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: %s has no column %s', $1, stray);
    END IF;
    RETURN found;
END
$$;
COMMENT ON FUNCTION rowseal._settings_for(regclass, jsonb) IS
'Settings of a protected table for a row of it. RS012 for a table that is not protected, RS006 for a row that has other columns.';

CREATE FUNCTION rowseal.payload("table" regclass, "row" jsonb) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT rowseal._payload(rowseal._settings_for($1, $2), $2::text) $$;
COMMENT ON FUNCTION rowseal.payload(regclass, jsonb) IS
'The exact bytes that the owner signs for the row.';

CREATE FUNCTION rowseal.explain("table" regclass, "row" jsonb)
RETURNS TABLE (step integer, "check" text, ok boolean, finding text)
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$ SELECT i, steps[3 * i - 2], steps[3 * i - 1]::boolean, steps[3 * i]
      FROM (SELECT rowseal._explain(rowseal._settings_for($1, $2), $2::text) AS steps) AS x,
           generate_series(1, array_length(steps, 1) / 3) AS i $$;
COMMENT ON FUNCTION rowseal.explain(regclass, jsonb) IS
'Step by step what a write of the row would check and find, up to the first failure. Writes nothing.';
