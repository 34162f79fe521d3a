package io.rowseal.security;

import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.List;

/**
 * Roles and tables for attacks: {@code app_owner} owns protected tables, {@code card_owner} another
 * identity table, {@code other_owner} protected tables of its own, {@code writer} may write, {@code
 * stranger} has no rights but to name the tables.
 */
final class Victims {
  static final List<String> ROLES =
      List.of("app_owner", "card_owner", "other_owner", "writer", "stranger");

  private static final String TABLES =
      "CREATE TABLE %1$s.user_cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);"
          + " CREATE TABLE %1$s.notes (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id));"
          + " CREATE TABLE %1$s.notes_versions (LIKE %1$s.notes, PRIMARY KEY (sign_b64));"
          + " SELECT rowseal.protect_identities('%1$s.user_cards');"
          + " SELECT rowseal.protect('%1$s.notes', identities => '%1$s.user_cards', versions => '%1$s.notes_versions', on_unknown_owner => 'defer')";

  private Victims() {}

  static void create(TestDatabase database) throws SQLException {
    for (String role : ROLES) {
      database.run(
          "DO $$BEGIN CREATE ROLE "
              + role
              + " LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    }
    for (String role : List.of("app_owner", "other_owner", "card_owner", "stranger")) {
      database.run("CREATE SCHEMA " + schema(role) + " AUTHORIZATION " + role);
    }
    for (String role : List.of("app_owner", "other_owner")) {
      as(database, role, TABLES.formatted(schema(role)));
    }
    as(
        database,
        "card_owner",
        "CREATE TABLE cards.user_cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);"
            + " SELECT rowseal.protect_identities('cards.user_cards'); GRANT USAGE ON SCHEMA cards TO app_owner; GRANT SELECT ON cards.user_cards TO app_owner");
    as(
        database,
        "app_owner",
        "CREATE TABLE app.logs (user_hash bytea, id int, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id));"
            + " SELECT rowseal.protect('app.logs', identities => 'cards.user_cards');"
            // With the right to name the tables, or that alone would be what refuses everything.
            + " GRANT USAGE ON SCHEMA app TO writer, stranger, other_owner, card_owner; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA app TO writer");
  }

  /** The schema of a role. */
  static String schema(String role) {
    return role.equals("stranger")
        ? "strange"
        : role.replace("_owner", "").replace("card", "cards");
  }

  /** Runs statements as a role. */
  static void as(TestDatabase database, String role, String sql) throws SQLException {
    database.run("SET ROLE " + role);
    try {
      database.run(sql);
    } finally {
      database.run("RESET ROLE");
    }
  }

  /** All that nobody but its owner may change, as one text. */
  static String state(TestDatabase database) throws SQLException {
    return state(database, "nobody");
  }

  /** The same, without what was made for a role's own tables. */
  static String state(TestDatabase database, String role) throws SQLException {
    return database.value(
        "SELECT concat_ws(E'\\n',"
            + " (SELECT string_agg(p.oid::regprocedure || ' ' || p.proowner || ' ' || coalesce(p.proacl::text, '') || ' ' || md5(p.prosrc) || coalesce(p.proconfig::text, ''), E'\\n' ORDER BY p.oid) FROM pg_proc p WHERE p.pronamespace IN ('rowseal'::regnamespace, 'rowseal_internal'::regnamespace)"
            + " AND coalesce(obj_description(p.oid, 'pg_proc'), '') NOT LIKE 'Made by rowseal.protect for "
            + schema(role)
            + ".%'),"
            + " (SELECT string_agg(tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text || ' ' || tgfoid || ' ' || md5(tgargs), E'\\n' ORDER BY oid) FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace IN ('app'::regnamespace, 'rowseal'::regnamespace, 'rowseal_internal'::regnamespace))),"
            + " (SELECT string_agg(relname || relowner || coalesce(relacl::text, '') || relforcerowsecurity || relrowsecurity, E'\\n' ORDER BY oid) FROM pg_class WHERE relnamespace IN ('app'::regnamespace, 'rowseal'::regnamespace, 'rowseal_internal'::regnamespace)),"
            + " (SELECT string_agg(rolname || rolsuper || rolcreaterole, ' ' ORDER BY oid) FROM pg_roles WHERE rolname NOT LIKE 'pg%'),"
            + " (SELECT string_agg(m.roleid || ' ' || m.member, ' ' ORDER BY 1) FROM pg_auth_members m),"
            + " (SELECT string_agg(evtname || evtenabled::text || evtfoid, ' ' ORDER BY oid) FROM pg_event_trigger),"
            + " (SELECT string_agg(g::text, E'\\n' ORDER BY g.relation) FROM rowseal_internal.guarded g WHERE g.relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'app'::regnamespace)),"
            + " (SELECT string_agg(s::text, E'\\n' ORDER BY s.relation) FROM rowseal_internal.settings s WHERE s.relation IN (SELECT oid FROM pg_class WHERE relnamespace = 'app'::regnamespace)),"
            + " (SELECT count(*) || ' ' || coalesce(string_agg(p::text, ' ' ORDER BY p.id), '') FROM rowseal_internal.parked p WHERE p.\"table\"::oid IN (SELECT oid FROM pg_class WHERE relnamespace = 'app'::regnamespace)),"
            + " (SELECT count(*) FROM rowseal_internal.changing), (SELECT count(*) FROM rowseal.pruned),"
            + " (SELECT string_agg(n::text, ' ' ORDER BY id) FROM app.notes n), (SELECT string_agg(n::text, ' ' ORDER BY sign_b64) FROM app.notes_versions n), (SELECT string_agg(n::text, ' ') FROM app.user_cards n))");
  }
}
