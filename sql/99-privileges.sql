-- Nothing is for everybody but what is named here. Ownership of the table guards protect and unprotect; writers need what
-- their triggers' WHEN clauses call.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA rowseal FROM PUBLIC;
GRANT USAGE ON SCHEMA rowseal TO PUBLIC;
GRANT SELECT ON rowseal.protected TO PUBLIC;
GRANT EXECUTE ON FUNCTION
    rowseal.version(), rowseal.check_signature, rowseal.owner_id, rowseal.payload, rowseal.explain,
    rowseal._payload, rowseal._explain, rowseal._settings_for,
    rowseal.protect_identities, rowseal.protect, rowseal.unprotect,
    rowseal._protect, rowseal._refuse, rowseal._require_column, rowseal._require_supported, rowseal._check_table, rowseal._columns,
    rowseal._check_settings, rowseal._check_rows, rowseal._create_triggers, rowseal._drop_triggers, rowseal._render_call,
    rowseal._enforcer, rowseal.refuse_removal, rowseal._text, rowseal._rendered
    TO PUBLIC;
