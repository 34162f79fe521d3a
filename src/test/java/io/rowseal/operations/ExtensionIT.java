package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The extension as a database object: what CREATE EXTENSION makes, and for whom. */
@OnEachHost
class ExtensionIT {
  @Parameter Host host;
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void versionNamesHostJavaAndBouncyCastle() throws SQLException {
    String version = database.value("SELECT rowseal.version()");

    String runsOn = host == Host.PLJAVA ? "PL/Java 1\\.\\S+" : "bridge: PL/Python 3\\.\\S+";
    assertTrue(
        version.matches("0\\.1\\.0 \\(" + runsOn + ", Java \\d\\S+, Bouncy Castle 1\\.\\d+\\)"),
        version);
  }

  @Test
  void everybodyMayCallWhatIsForEverybody() throws SQLException {
    database.run("DROP ROLE IF EXISTS somebody");
    database.run("CREATE ROLE somebody");
    try (TestDatabase somebody = database.as("somebody")) {
      assertEquals(64, somebody.value("SELECT rowseal.owner_id('\\x01')").length() / 2 - 1);
      assertTrue(somebody.value("SELECT rowseal.version()").startsWith("0.1.0"));
    }
  }

  @Test
  void whatCouldRunInParallelRuns() throws SQLException {
    database.run("CREATE TABLE number AS SELECT i FROM generate_series(1, 2000) i");
    database.run("ALTER TABLE number SET (parallel_workers = 2)");
    database.run(
        "SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0");
    database.run("SET parallel_leader_participation = off");
    assertEquals(
        "2000",
        database.value(
            "SELECT count(DISTINCT rowseal.owner_id(decode(lpad(i::text, 8, '0'), 'hex'), 'SHA-256')) FROM number"));
  }

  @Test
  void errorsCarryTheirSqlState() throws SQLException {
    assertEquals("RS012", database.refusal("SELECT rowseal.owner_id('\\x01', 'MD5')"));
    assertEquals("RS006", database.refusal("SELECT rowseal.owner_id(NULL)"));
    assertTrue(database.value("SELECT rowseal.version()").startsWith("0.1.0"), "the backend lives");
  }

  @Test
  void everyFunctionHasACommentAndPinsItsSearchPath() throws SQLException {
    assertEquals(
        null,
        database.value(
            "SELECT string_agg(oid::regprocedure::text, ', ') FROM pg_proc"
                + " WHERE pronamespace IN ('rowseal'::regnamespace, 'rowseal_internal'::regnamespace) AND (obj_description(oid, 'pg_proc') IS NULL"
                // All names in these are qualified. Java's entry points run no SQL.
                + " OR (oid::regproc::text NOT IN ('rowseal_internal.is_own_statement', 'rowseal_internal.statement_number', 'rowseal_internal.end_statement'))"
                + " AND (proconfig IS NULL OR proconfig[1] NOT LIKE 'search\\_path=pg_catalog%')"
                + " AND (prosecdef OR prolang NOT IN (SELECT oid FROM pg_language WHERE lanname IN ('java', 'plpython3u'))))"));
  }

  @Test
  void leavesNothingBehind() throws SQLException {
    database.run("DROP EXTENSION rowseal");
    assertEquals(
        null,
        database.value(
            "SELECT string_agg(nspname, ' ') FROM pg_namespace WHERE nspname LIKE 'rowseal%'"));
  }

  @Test
  void refusesASchemaThatSomebodyElseOwns() throws SQLException {
    database.run("DROP EXTENSION rowseal");
    database.run("CREATE SCHEMA rowseal");
    assertEquals(
        "42P06",
        database.refusal("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "'"));
  }

  @Test
  void canBeMadeAgain() throws SQLException {
    database.run("DROP EXTENSION rowseal");
    assertEquals(
        "0",
        database.value(
            "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname LIKE 'rowseal%'"));
    database.run("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "'");
    assertTrue(database.value("SELECT rowseal.version()").contains(host.label()));
  }

  /** The script that pg_upgrade may leave names no version. A database keeps its host. */
  @Test
  void anUpdateWithoutAVersionLeadsToNoOtherHost() throws SQLException {
    String code = database.refusal("ALTER EXTENSION rowseal UPDATE");
    assertTrue(code.equals("00000") || code.equals("22023"), code);
    assertEquals(
        host.extensionVersion(),
        database.value("SELECT extversion FROM pg_extension WHERE extname = 'rowseal'"));
    assertTrue(database.value("SELECT rowseal.version()").contains(host.label()));
  }
}
