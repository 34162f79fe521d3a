CREATE FUNCTION rowseal_internal.check_given_row(target regclass, given jsonb) RETURNS void
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $$
DECLARE
    stray text;
BEGIN
    IF given IS NULL OR jsonb_typeof(given) <> 'object' THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = 'malformed: the row must be a JSON object';
    END IF;
    PERFORM rowseal_internal.check_sizes(octet_length(given::text));
    SELECT string_agg(quote_ident(k), ', ') INTO stray FROM jsonb_object_keys(given) AS k
    WHERE NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = target AND a.attname = k AND a.attnum > 0 AND NOT a.attisdropped);
    IF stray IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'RS006', MESSAGE = format('malformed: %s has no column %s', target, left(stray, 1000));
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.check_given_row(regclass, jsonb) IS
'RS006 for a row in JSON that is no object, has columns that the table has not, or is larger than 12 MiB.';

CREATE FUNCTION rowseal_internal.given_image(settings jsonb, given jsonb) RETURNS bytea
LANGUAGE plpgsql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    image bytea := rowseal_internal.image_of(settings, given);
BEGIN
    PERFORM rowseal_internal.check_sizes(octet_length(image));
    RETURN image;
END
$$;
COMMENT ON FUNCTION rowseal_internal.given_image(jsonb, jsonb) IS
'The image of a row in JSON; RS006 where it is larger than 12 MiB. The table''s owner makes it: to make a value of a domain is to run its checks, which are the owner''s code.';
