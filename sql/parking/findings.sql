CREATE FUNCTION rowseal_internal.parked_findings(target regclass) RETURNS SETOF text
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT format('%s rows in quarantine', count(*)) FROM rowseal_internal.parked p
    WHERE p."table" = target AND p.kind = 'quarantine' HAVING count(*) > 0
    UNION ALL
    SELECT format('%s rows have waited for a card for more than an hour', count(*)) FROM rowseal_internal.parked p
    WHERE p."table" = target AND p.kind = 'deferred' AND p.parked_at < now() - interval '1 hour' HAVING count(*) > 0
    UNION ALL
    -- Of those that there may be, and of a hundred others, for to look at all would take long.
    SELECT format('rows wait though the card is here, of the owner %s and maybe others', min(o.owner))
    FROM (SELECT u.identities, u.owner FROM rowseal_internal.unsettled u
          UNION (SELECT p.identities, p.owner FROM rowseal_internal.parked p WHERE p."table" = target AND p.kind = 'deferred' ORDER BY p.id LIMIT 100)) AS o
    WHERE EXISTS (SELECT FROM rowseal_internal.parked p WHERE p."table" = target AND p.kind = 'deferred' AND p.identities = o.identities AND p.owner = o.owner)
      AND rowseal_internal.card_is_here(o.identities, o.owner)
    HAVING count(*) > 0
$$;
COMMENT ON FUNCTION rowseal_internal.parked_findings(regclass) IS 'What doctor says of the parked rows of a table.';
