package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.*;
import io.rowseal.testing.server.*;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Roles that have nothing to do with a table try everything that the extension has on it, with
 * hostile arguments: what is not theirs stays as it is, and nothing fails as an internal error.
 */
@OnEachHost
class HostileCallsIT {
  private static final int CALLS = 1000;

  private static final List<String> NAMES =
      List.of(
          "'app.notes'",
          "'app.notes_versions'",
          "'app.user_cards'",
          "'cards.user_cards'",
          "'app.logs'",
          "'other.notes'",
          "'strange.t'",
          "'pg_catalog.pg_proc'",
          "'rowseal_internal.parked'",
          "'rowseal_internal.guarded'",
          "'rowseal.pruned'",
          "'rowseal.protected'",
          "0",
          "4294967295",
          "NULL");

  private static final Map<String, List<String>> HOSTILE =
      Map.of(
          "regclass", NAMES,
          "text",
              List.of(
                  "NULL",
                  "''",
                  "'x''; DROP TABLE app.notes; --'",
                  "repeat('a', 100000)",
                  "E'\\\\'",
                  "'app.notes'",
                  "'\"'",
                  "'Ed25519'",
                  "'SHA-256'",
                  "'{{table}}'",
                  "'two-tables'",
                  "'user_hash'",
                  "'sign_b64'",
                  "'%s%I$1'"),
          "text[]",
              List.of(
                  "NULL",
                  "'{}'",
                  "'{NULL}'",
                  "'{a,b}'",
                  "ARRAY[repeat('x', 70000)]",
                  "'{user_hash}'"),
          "bytea",
              List.of(
                  "NULL",
                  "''",
                  "'\\x00'",
                  "decode(repeat('ff', 1000), 'hex')",
                  "array_send('{}'::bytea[])",
                  "decode('00000001000000000000001100ffffff00000001', 'hex')",
                  "sha256('x')"),
          "bytea[]",
              List.of(
                  "NULL",
                  "'{}'",
                  "ARRAY[NULL::bytea]",
                  "ARRAY[''::bytea, '\\x01']",
                  "array_fill('\\xff'::bytea, ARRAY[3000])",
                  "ARRAY[decode(repeat('00', 20000), 'hex')]"),
          "jsonb",
              List.of(
                  "NULL",
                  "'{}'",
                  "'null'",
                  "'[]'",
                  "'{\"user_hash\": \"\\\\x01\"}'",
                  "'{\"do\": \"unprotect\"}'",
                  "'{\"do\": \"protect\", \"settings\": {\"role\": \"data\"}}'",
                  "'{\"do\": \"protect\", \"settings\": {\"role\": \"versions\", \"table\": \"app.notes\"}}'",
                  "'{\"id\": 1, \"sign_b64\": {}}'"),
          "integer", List.of("NULL", "0", "-1", "1", "2147483647"),
          "bigint", List.of("NULL", "0", "-9223372036854775808"),
          "boolean", List.of("NULL", "true", "false"),
          "interval", List.of("NULL", "'0'", "'-1 day'", "'1000 years'"));

  @Parameter Host host;
  private TestDatabase database;

  @BeforeEach
  void protectTables() throws SQLException {
    database = TestDatabase.create(host);
    Victims.create(database);
    Victims.as(
        database,
        "stranger",
        "CREATE TABLE strange.t (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id))");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stranger", "other_owner", "card_owner"})
  void whatIsNotTheirsStays(String role) throws SQLException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String[]> functions = functions();
    String before = Victims.state(database, role);
    int refused = 0;
    try (TestDatabase caller = database.as(role)) {
      for (String statement : onTables(role)) {
        refused += tried(caller, statement, seed);
      }
      for (int i = 0; i < CALLS; i++) {
        refused +=
            tried(caller, call(functions.get(random.nextInt(functions.size())), random), seed);
      }
    }
    assertEquals(before, Victims.state(database, role), role + ", seed " + seed);
    assertTrue(refused > CALLS / 2, "only " + refused + " refused");
  }

  /**
   * Whether it was refused. It is rolled back where it was not, so that one call does not make the
   * next one fail.
   */
  private static int tried(TestDatabase caller, String statement, long seed) throws SQLException {
    String state = caller.refusal(statement);
    assertTrue(
        !state.startsWith("XX") && !state.startsWith("08") && !state.startsWith("57"),
        state + " from " + statement + ", seed " + seed);
    return state.equals("00000") ? 0 : 1;
  }

  private static String call(String[] function, Random random) {
    List<String> arguments = new ArrayList<>();
    for (String type : function[1].isEmpty() ? new String[0] : function[1].split(", ")) {
      List<String> values = HOSTILE.getOrDefault(type, List.of("NULL"));
      arguments.add(
          values.get(random.nextInt(values.size()))
              + (type.startsWith("any") || type.equals("\"any\"") ? "::text" : "::" + type));
    }
    return "SELECT * FROM " + function[0] + "(" + String.join(", ", arguments) + ")";
  }

  /** All functions of the extension and of the protected tables: name, types of arguments. */
  private List<String[]> functions() throws SQLException {
    List<String[]> found = new ArrayList<>();
    try (Statement statement = database.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT format('%I.%I', n.nspname, p.proname), coalesce((SELECT string_agg(format_type(t, NULL), ', ' ORDER BY i) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(t, i)), ''), n.nspname"
                    + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname LIKE 'rowseal%'")) {
      while (rows.next()) {
        // Public ones more often: the others are refused before they begin.
        for (int i = 0; i < (rows.getString(3).equals("rowseal") ? 12 : 1); i++) {
          found.add(new String[] {rows.getString(1), rows.getString(2)});
        }
      }
    }
    return found;
  }

  private List<String> onTables(String role) throws SQLException {
    List<String> statements = new ArrayList<>();
    try (Statement statement = database.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('rowseal', 'rowseal_internal', 'app') AND c.relkind IN ('r', 'v')")) {
      while (rows.next()) {
        String table = rows.getString(1);
        statements.add("SELECT * FROM " + table);
        statements.add("INSERT INTO " + table + " DEFAULT VALUES");
        statements.add("DELETE FROM " + table);
        statements.add("TRUNCATE " + table);
        statements.add("ALTER TABLE " + table + " DISABLE TRIGGER ALL");
        statements.add(
            "CREATE TRIGGER zzz_rowseal_request BEFORE TRUNCATE ON "
                + table
                + " FOR EACH STATEMENT EXECUTE FUNCTION suppress_redundant_updates_trigger('{\"do\": \"unprotect\"}')");
        statements.add(
            "COMMENT ON TABLE "
                + table
                + " IS 'Rowseal: the winning version of each key, tombstones included.'");
      }
    }
    String own = Victims.schema(role);
    statements.add("CREATE VIEW " + own + ".notes_tips AS SELECT 1 AS x");
    statements.add(
        "COMMENT ON VIEW "
            + own
            + ".notes_tips IS 'Rowseal: the winning version of each key, tombstones included.'");
    statements.add(
        "CREATE TABLE "
            + own
            + ".mine (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id))");
    statements.add("SELECT rowseal.protect('" + own + ".mine', identities => 'app.user_cards')");
    statements.add(
        "SELECT rowseal.protect('"
            + own
            + ".mine', identities => 'cards.user_cards', versions => 'app.notes_versions')");
    statements.add(
        "SELECT rowseal.protect('"
            + own
            + ".mine', identities => 'app.user_cards', versions => 'app.notes')");
    statements.add(
        "CREATE FUNCTION "
            + own
            + ".zzz() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    statements.add(
        "CREATE TRIGGER zzz_rowseal_insert BEFORE INSERT ON "
            + own
            + ".mine FOR EACH ROW EXECUTE FUNCTION "
            + own
            + ".zzz('{\"role\": \"data\", \"table\": \"app.notes\", \"versions\": \"app.notes_versions\"}')");
    statements.add(
        "CREATE TRIGGER zzz_rowseal_insert BEFORE INSERT ON "
            + own
            + ".mine FOR EACH ROW EXECUTE FUNCTION rowseal_internal.on_insert_notes('{}')");
    statements.add(
        "CREATE FUNCTION rowseal_internal.on_insert_mine() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    statements.add("DROP EVENT TRIGGER rowseal_guard_changes");
    statements.add("DROP EXTENSION rowseal CASCADE");
    statements.add("SET rowseal.answer = 'x'");
    statements.add("SET session_replication_role = replica");
    return statements;
  }
}
