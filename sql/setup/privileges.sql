-- Nothing is for everybody but what is named here, and nothing in rowseal_internal is for anybody.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA rowseal, rowseal_internal FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA rowseal, rowseal_internal FROM PUBLIC;
REVOKE ALL ON SCHEMA rowseal_internal FROM PUBLIC;
GRANT USAGE ON SCHEMA rowseal TO PUBLIC;

GRANT EXECUTE ON FUNCTION
    rowseal.protect, rowseal.protect_identities, rowseal.unprotect, rowseal.validate, rowseal.request, rowseal.lock_for, rowseal.retry, rowseal.version,
    rowseal.deliver, rowseal.delivery,
    rowseal.payload, rowseal.explain, rowseal.check_signature, rowseal.owner_id, rowseal.version_id, rowseal.text,
    rowseal.verify, rowseal.audit, rowseal.history, rowseal.history_mermaid, rowseal.forks, rowseal.missing_parents, rowseal.digest, rowseal.report,
    -- What these are made of; each is harmless in anybody's hands.
    rowseal.audit_query, rowseal.audit_table, rowseal.check_rows, rowseal.check_with_cards, rowseal.depths, rowseal.digest_rows, rowseal.examine, rowseal.explain_given,
    rowseal.history_nodes, rowseal.is_greater, rowseal.mermaid, rowseal.progress, rowseal.readable, rowseal.require_select, rowseal.require_valid, rowseal.report_graphs, rowseal.report_growth, rowseal.report_page, rowseal.row_owners, rowseal.unread
    TO PUBLIC;
GRANT SELECT ON rowseal.protected, rowseal.pruned, rowseal.pruned_parents, rowseal.parked_counts TO PUBLIC;
-- Everybody sees the parked rows of their own tables only.
GRANT SELECT, UPDATE, DELETE ON rowseal.deferred, rowseal.quarantine TO PUBLIC;

SELECT rowseal_internal.grant_to_role('EXECUTE ON FUNCTION rowseal.doctor()', r) FROM unnest(ARRAY['rowseal_admin', 'rowseal_auditor']) r;
SELECT rowseal_internal.grant_to_role('EXECUTE ON FUNCTION rowseal.prune(regclass, interval, integer)', 'rowseal_admin');

-- A jar of another version than these scripts is reported at once.
SELECT rowseal_internal.check_jar();
