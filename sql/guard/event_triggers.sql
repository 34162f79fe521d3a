CREATE EVENT TRIGGER rowseal_guard_changes ON ddl_command_end
    WHEN TAG IN ('ALTER TABLE', 'ALTER FOREIGN TABLE', 'CREATE TABLE', 'CREATE FOREIGN TABLE', 'CREATE SCHEMA', 'ALTER SCHEMA', 'CREATE INDEX',
                 'CREATE RULE', 'ALTER RULE', 'CREATE TRIGGER', 'ALTER TRIGGER', 'ALTER TYPE', 'ALTER DOMAIN',
                 'CREATE FUNCTION', 'ALTER FUNCTION', 'ALTER ROUTINE', 'GRANT', 'REVOKE', 'ALTER EXTENSION')
    EXECUTE FUNCTION rowseal_internal.guard_changes();
ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_changes IS 'Rowseal: protects tables whose owners ask for it, and refuses commands that would weaken protection.';

CREATE EVENT TRIGGER rowseal_guard_starts ON ddl_command_start WHEN TAG IN ('CREATE INDEX', 'ALTER TABLE') EXECUTE FUNCTION rowseal_internal.guard_starts();
ALTER EVENT TRIGGER rowseal_guard_starts ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_starts IS 'Rowseal: refuses commands that would weaken protection and commit before they end.';

CREATE EVENT TRIGGER rowseal_guard_rewrites ON table_rewrite EXECUTE FUNCTION rowseal_internal.guard_rewrites();
ALTER EVENT TRIGGER rowseal_guard_rewrites ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_rewrites IS 'Rowseal: refuses commands that would rewrite signed values.';

CREATE EVENT TRIGGER rowseal_guard_drops ON sql_drop EXECUTE FUNCTION rowseal_internal.guard_drops();
ALTER EVENT TRIGGER rowseal_guard_drops ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER rowseal_guard_drops IS 'Rowseal: refuses drops that would weaken protection.';

-- A dump may have been restored before Rowseal was there.
SELECT rowseal_internal.close_while_half(t.tgrelid) FROM pg_catalog.pg_trigger t WHERE t.tgname = 'zzz_rowseal_request';
