CREATE FUNCTION rowseal_internal.guard_starts() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
SET standard_conforming_strings = on
SET array_nulls = on
SET jit = off
AS $$
DECLARE
    -- What commits midway cannot stand in a function, in a block or beside another command; PostgreSQL sees to that. So if this is such a command, then it is
    -- all that the client sent, and its keywords, which have one spelling, stand there. ("C": in Turkish, I is no capital i.)
    command text := current_query();
    concerned oid;
BEGIN
    IF NOT coalesce(command ~* 'concurrently' COLLATE "C" AND command ~* (CASE tg_tag WHEN 'CREATE INDEX' THEN 'unique' ELSE 'detach' END) COLLATE "C", false) THEN
        RETURN;
    END IF;
    SELECT t.relation INTO concerned FROM rowseal_internal.named_in(command, tg_tag) t
    JOIN rowseal_internal.guarded g ON t.relation = g.relation OR t.relation = ANY (g.partitions)
    WHERE t.key = '{}' OR NOT rowseal_internal.local_columns(g.relation, rowseal_internal.settings_of(g.relation)) @> t.key LIMIT 1;
    IF FOUND AND tg_tag = 'CREATE INDEX' THEN
        PERFORM rowseal_internal.refuse_command(concerned, 'a unique index that is built CONCURRENTLY counts before Rowseal can look at it',
            'Without CONCURRENTLY it is made where it can refuse no row that another peer takes. So it is with CONCURRENTLY where it is on nothing but excluded columns, without further clauses.');
    ELSIF FOUND THEN
        PERFORM rowseal_internal.refuse_command(concerned, 'with a partition signed rows would be gone, and CONCURRENTLY it is gone before Rowseal can look at it',
            'Rows leave by signed tombstones. To take the partition out anyway, rowseal.unprotect the table first.');
    END IF;
END
$$;
COMMENT ON FUNCTION rowseal_internal.guard_starts() IS
'Event trigger function: refuses with RS011 the commands that commit before they end, so that guard_changes would come too late: CREATE UNIQUE INDEX CONCURRENTLY, and DETACH PARTITION ... CONCURRENTLY.';

CREATE FUNCTION rowseal_internal.command_pattern(pattern text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT replace(replace(replace(pattern, '<names>', '<name>(?:\.<name>)*'), '<name>', '(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'),
                   ' ', '(?:[ \t\n\r\f]|--[^\n\r]*[\n\r]|/\*[^*/]*\*/)')
$$;
COMMENT ON FUNCTION rowseal_internal.command_pattern(text) IS
'A regular expression for the beginning of a command, in which a blank stands for white space or a comment, and <name> for an identifier. What is spelled otherwise does not match.';

CREATE FUNCTION rowseal_internal.named_in(command text, tag text) RETURNS TABLE (relation oid, key text[])
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found text[] := regexp_match(command COLLATE "C", rowseal_internal.command_pattern(CASE tag
        WHEN 'CREATE INDEX' THEN '^ *create +unique +index +concurrently +(?:if +not +exists +)?(?:<name> +)?on +(?:only +)?(<names>)'
            '(?:(?: +using +btree)? *\( *(<name>(?: *, *<name>)*) *\) *;? *$| *\(| +using )'
        ELSE '^ *alter +table +(?:if +exists +)?(?:only +)?(<names>) +detach +partition ' END), 'i');
    names name[] := parse_ident(found[1])::name[];
BEGIN
    RETURN QUERY
    SELECT c.oid, ARRAY(SELECT (parse_ident(m[1]))[1] FROM regexp_matches(found[2] COLLATE "C", rowseal_internal.command_pattern('(<name>)'), 'gi') AS m)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.oid IN (SELECT g.relation FROM rowseal_internal.guarded g UNION SELECT unnest(g.partitions) FROM rowseal_internal.guarded g)
      AND CASE WHEN names IS NULL
          -- It is spelled in an odd way, so every table counts whose name stands anywhere in it.
          THEN command ~* 'u&"' COLLATE "C" OR position(lower(c.relname COLLATE "C") IN replace(lower(command COLLATE "C"), '""', '"')) > 0
          ELSE c.relname = names[cardinality(names)] AND n.nspname = coalesce(names[cardinality(names) - 1], n.nspname) END;
END
$$;
COMMENT ON FUNCTION rowseal_internal.named_in(text, text) IS
'Those guarded tables, or partitions of such, that a command may be about, and the columns of its index where it has no more to it. A name without a schema means tables of that name in every schema.';
