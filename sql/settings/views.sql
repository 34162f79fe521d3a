CREATE VIEW rowseal_internal.settings AS
SELECT t.tgrelid AS relation, convert_from(substring(t.tgargs FROM 1 FOR octet_length(t.tgargs) - 1), 'UTF8')::jsonb AS settings,
       regexp_replace(p.proname, '^on_insert_', '') AS suffix
FROM pg_catalog.pg_trigger t
JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'rowseal_internal'
JOIN pg_catalog.pg_extension e ON e.extname = 'rowseal' AND e.extowner = p.proowner
WHERE t.tgname = 'zzz_rowseal_insert' AND t.tgparentid = 0 AND t.tgnargs = 1 AND starts_with(p.proname, 'on_insert_');
COMMENT ON VIEW rowseal_internal.settings IS 'The settings of data, identity and versions tables, and what the names of their functions end with.';

CREATE VIEW rowseal.protected AS
SELECT x.relation::regclass AS "table", s ->> 'role' AS role, s ->> 'layout' AS layout,
       (SELECT c.oid::regclass FROM pg_catalog.parse_ident(s ->> 'versions') AS part JOIN pg_catalog.pg_namespace n ON n.nspname = part[1]
        JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = part[2]) AS versions,
       s ->> 'format' AS format, s ->> 'algorithm' AS algorithm, s AS settings,
       (SELECT g.validated FROM rowseal_internal.guarded g WHERE g.relation = x.relation) AS validated
FROM rowseal_internal.settings x, LATERAL (SELECT x.settings) AS y(s)
WHERE s ->> 'role' <> 'versions';
COMMENT ON VIEW rowseal.protected IS 'One line per protected table with its settings, read from its trigger, and when all that it holds was verified under them, by rowseal.protect or rowseal.validate: NULL if it was not, or came from a dump since.';
