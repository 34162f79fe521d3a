CREATE FUNCTION rowseal.check_rows("table" regclass, images bytea[])
RETURNS TABLE (place integer, code text, problem text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
SET row_security = off
SET bytea_output = 'hex'
AS $$
DECLARE
    owners text[] := rowseal.row_owners("table", images);
    cards bytea[] := '{}';
BEGIN
    IF owners <> '{}' THEN
        EXECUTE rowseal.audit_query("table", 'cards') INTO cards USING owners;
    END IF;
    RETURN QUERY SELECT * FROM rowseal.check_with_cards("table", images, owners, cards);
END
$$;
COMMENT ON FUNCTION rowseal.check_rows(regclass, bytea[]) IS
'Verifies rows of a protected table, or of a versions table, as a write is verified, given as images: what the query for images of rowseal.audit_query selects. A line for each bad row: its place in the array from 1, the SQLSTATE that a write would be refused with, problem. The owners'' cards are read with the caller''s rights, so it needs SELECT on the identity table. An image larger than 12 MiB is RS006 in its line; RS006 is raised for more than 10,000 images or 16 MiB in all, RS012 for a table that is not protected.';
