package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.*;
import io.rowseal.testing.server.*;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * What of the extension a role without any rights can reach: what docs/sql.md lists, and nothing
 * else.
 */
@OnEachHost
class SurfaceIT {
  private static final Pattern LISTED =
      Pattern.compile("^\\| `rowseal\\.(\\w+)[(`].*\\| (everybody|[^|]*) \\|", Pattern.MULTILINE);

  @Parameter Host host;
  private TestDatabase database;

  @BeforeEach
  void protectTables() throws SQLException {
    database = TestDatabase.create(host);
    Victims.create(database);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void everybodyMayCallWhatTheDocumentationLists() throws SQLException, IOException {
    Set<String> documented = new TreeSet<>();
    LISTED
        .matcher(Files.readString(Path.of("docs/sql.md")))
        .results()
        .filter(m -> m.group(2).strip().equals("everybody"))
        .forEach(m -> documented.add(m.group(1)));
    Set<String> callable =
        names(
            "SELECT DISTINCT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
                + " WHERE n.nspname LIKE 'rowseal%' AND has_function_privilege('stranger', p.oid, 'EXECUTE') AND has_schema_privilege('stranger', n.oid, 'USAGE')");
    Set<String> readable =
        names(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'rowseal' AND c.relkind IN ('r', 'v') AND has_table_privilege('stranger', c.oid, 'SELECT')");
    callable.addAll(readable);
    assertEquals(documented, callable);
  }

  @Test
  void nothingInternalIsForAnybody() throws SQLException {
    assertEquals(
        List.of(),
        list(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, unnest(ARRAY['stranger', 'other_owner', 'app_owner']) AS r"
                + " WHERE n.nspname = 'rowseal_internal' AND has_function_privilege(r, p.oid, 'EXECUTE')"
                + " UNION ALL SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, unnest(ARRAY['stranger', 'other_owner', 'app_owner']) AS r"
                + " WHERE n.nspname = 'rowseal_internal' AND c.relkind IN ('r', 'v', 'S') AND"
                + " CASE c.relkind WHEN 'S' THEN has_sequence_privilege(r, c.oid, 'USAGE, SELECT, UPDATE') ELSE has_any_column_privilege(r, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') OR has_table_privilege(r, c.oid, 'DELETE, TRUNCATE, TRIGGER') END"
                + " UNION ALL SELECT 'schema' FROM unnest(ARRAY['stranger', 'other_owner', 'app_owner']) AS r WHERE has_schema_privilege(r, 'rowseal_internal', 'USAGE, CREATE')"
                + " UNION ALL SELECT 'create in rowseal' FROM unnest(ARRAY['stranger', 'other_owner', 'app_owner']) AS r WHERE has_schema_privilege(r, 'rowseal', 'CREATE')"
                + " UNION ALL SELECT t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname LIKE 'rowseal%' AND t.typtype NOT IN ('c', 'b')"));
  }

  /**
   * But for functions of a table's owner: only functions of the extension's owner can call them,
   * and those pin it. And but for the end of a statement, which names everything with its schema.
   */
  @Test
  void whatRunsWithMoreRightsPinsItsSearchPath() throws SQLException {
    assertEquals(
        List.of(),
        list(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname LIKE 'rowseal%' AND p.prosecdef"
                + " AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)"
                + " AND p.proname <> 'end_statement'"
                + " AND (p.proowner = (SELECT extowner FROM pg_extension WHERE extname = 'rowseal') OR"
                + " EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee <> (SELECT extowner FROM pg_extension WHERE extname = 'rowseal')))"));
  }

  /**
   * What makes or compares names and types as texts pins how they are quoted. The others make parts
   * of commands, where quotes more or less are no matter, or run below a function that pins it.
   */
  @Test
  void whatMakesNamesPinsHowTheyAreQuoted() throws SQLException {
    assertEquals(
        List.of(
            "argument_type, as_owner, card_is_here, drop_triggers, grant_to_role, identifier, image_of, insert_parked, make_role, may_be_incomplete, offer_slots, own_identifier, refuse_half, refuse_removal, row_as_json, settable, unsigned_columns"),
        list(
            "SELECT string_agg(p.proname, ', ' ORDER BY p.proname COLLATE \"C\") FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'"
                + " WHERE n.nspname LIKE 'rowseal%' AND p.proname NOT LIKE 'template%' AND p.prosrc ~ 'quote_ident|%([0-9][$])?I|format_type|pg_get_[a-z]|[.]identifier[(]|type_name[(]'"
                + " AND NOT coalesce('quote_all_identifiers=off' = ANY (p.proconfig), false)"));
  }

  @Test
  void everyInternalFunctionIsRefusedToOrdinaryRoles() throws SQLException {
    List<String> calls =
        list(
            "SELECT format('SELECT rowseal_internal.%I(%s)', p.proname, (SELECT string_agg('NULL', ', ') FROM generate_series(1, p.pronargs)))"
                + " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'rowseal_internal'");
    assertTrue(calls.size() > 80, calls.size() + " functions");
    for (String role : List.of("stranger", "other_owner", "app_owner")) {
      try (TestDatabase caller = database.as(role)) {
        for (String call : calls) {
          assertEquals("42501", caller.refusal(call), role + ": " + call);
        }
      }
    }
  }

  private Set<String> names(String sql) throws SQLException {
    return new TreeSet<>(list(sql));
  }

  private List<String> list(String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Statement statement = database.connection().createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }
}
