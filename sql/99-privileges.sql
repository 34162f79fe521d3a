-- Nothing is for everybody but what is named here. Ownership of the table guards protect and unprotect; writers need
-- what their triggers' conditions call, and table owners what their trigger functions call.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA rowseal FROM PUBLIC;
GRANT USAGE ON SCHEMA rowseal TO PUBLIC;
GRANT SELECT ON rowseal.protected, rowseal.deferred, rowseal.quarantine TO PUBLIC;
GRANT SELECT, INSERT, DELETE ON rowseal._parked TO PUBLIC; -- row-level security narrows it to one's own tables
GRANT EXECUTE ON FUNCTION
    rowseal.version(), rowseal.check_signature, rowseal.owner_id, rowseal.payload, rowseal.explain,
    rowseal.protect_identities, rowseal.protect, rowseal.unprotect, rowseal.retry,
    rowseal._payload, rowseal._explain, rowseal._settings_for, rowseal._settings_of, rowseal._settings,
    rowseal._protect, rowseal._refuse, rowseal._require_table, rowseal._require_column, rowseal._require_layout,
    rowseal._check_table, rowseal._check_key, rowseal._check_versions, rowseal._check_order, rowseal._check_stored,
    rowseal._check_settings, rowseal._check_rows, rowseal._columns, rowseal._column_in, rowseal._primary_key, rowseal._qualified,
    rowseal._complete_settings, rowseal._identity_settings, rowseal._image, rowseal._incomplete, rowseal._others_changed, rowseal._others,
    rowseal._create_triggers, rowseal._create_triggers_on, rowseal._drop_triggers, rowseal._lock,
    rowseal._is_as, rowseal._make_function, rowseal._drop_functions,
    rowseal._large, rowseal._beside, rowseal._image_beside, rowseal._same_key, rowseal._take_image, rowseal._fill_version_id,
    rowseal._insert_step, rowseal._merge_step, rowseal._update_step, rowseal._completion, rowseal._enforce_source, rowseal._replay_source, rowseal._source,
    rowseal._tips_view, rowseal._present_tips_view, rowseal._make_tips_view, rowseal._drop_tips_view,
    rowseal._park, rowseal._is_full, rowseal._has_card, rowseal._offer, rowseal._awaited,
    rowseal._recorded, rowseal._tree, rowseal._image_columns, rowseal._condition_holds, rowseal._own_functions, rowseal._is_outdated, rowseal._expected_triggers, rowseal._trigger_flaws,
    rowseal._enforcer_flaws, rowseal._name_flaws, rowseal._lost_columns, rowseal._column_flaws, rowseal._key_flaws,
    rowseal._partition_flaws, rowseal._check_flaw, rowseal._flaws, rowseal._types, rowseal._labels, rowseal._added_columns, rowseal._wanted,
    rowseal._begin_change, rowseal._end_change, rowseal._renew, rowseal._refuse_command, rowseal._follow_owner,
    rowseal._cover_added_columns, rowseal._guard_rows, rowseal._guard_partitions, rowseal._take_in, rowseal._guard_table,
    rowseal._guard, rowseal._forget_dropped,
    rowseal.refuse_removal, rowseal._text, rowseal._load,
    rowseal._examine_insert, rowseal._examine_update, rowseal._examine_version, rowseal._act, rowseal._settle_archive, rowseal._version_id, rowseal._refuse_size
    TO PUBLIC;

-- Audits read with the caller's privileges.
GRANT EXECUTE ON FUNCTION
    rowseal.verify, rowseal.audit, rowseal.history, rowseal.history_mermaid, rowseal.forks, rowseal.missing_parents, rowseal.digest,
    rowseal.report, rowseal._audited, rowseal._check_types, rowseal._value, rowseal._row_key, rowseal._row_json, rowseal._id, rowseal._parent, rowseal._short,
    rowseal._condition, rowseal._versions_in, rowseal._versions, rowseal._verify_images, rowseal._digest_images, rowseal._parts,
    rowseal._examine_rows, rowseal._structure, rowseal._digest, rowseal._depths, rowseal._mermaid,
    rowseal._check_row_key, rowseal._history, rowseal._nodes, rowseal._linked, rowseal._report, rowseal._audit, rowseal._growth,
    rowseal._graphs, rowseal._owner_time, rowseal._count_parked
    TO PUBLIC;
GRANT SELECT ON rowseal.pruned, rowseal._pruned_parents, rowseal._pruning TO PUBLIC;
