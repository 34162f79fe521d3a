package io.rowseal.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.postgresql.util.PSQLException;

/** Audits of tables that are larger than the Java heap, and how they end early. */
@OnEachHost
class AuditLoadIT {
  private static final int ROWS = Integer.getInteger("rowseal.audit.rows", 70_000);

  @Parameter Host host;
  private TestDatabase setUp;
  private TestDatabase database;

  /** Rows of 3 kB, none of which verifies: that costs as much, and each leaves a finding. */
  @BeforeEach
  void open() throws SQLException {
    setUp = TestDatabase.create(host);
    Owner ada = new Owner(SignatureAlgorithm.ED25519);
    Documents.cards(setUp);
    Documents.storeCard(setUp, ada);
    setUp.run(Documents.TABLE);
    setUp.run(Documents.protection("doc"));
    Documents.store(
        setUp, "doc", Documents.version(ada, UUID.randomUUID(), 1, "x".repeat(3000), null));
    Documents.tamper(
        setUp,
        "INSERT INTO doc SELECT user_hash, gen_random_uuid(), body, deleted_flag, NULL, n, sign_b64 FROM doc, generate_series(2, "
            + ROWS
            + ") AS n");
    database = setUp.as("postgres");
    if (host == Host.PLJAVA) {
      database.run(
          "SELECT set_config('pljava.vmoptions', current_setting('pljava.vmoptions') || ' -Xmx64m', false)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
    setUp.close();
  }

  @Test
  void auditStreamsAndSaysHowFarItIs() throws SQLException {
    try (Statement statement = database.connection().createStatement()) {
      ResultSet found = statement.executeQuery("SELECT count(*) FROM rowseal.verify('doc')");
      found.next();
      assertEquals(ROWS - 1, found.getInt(1));
      SQLWarning progress = statement.getWarnings();
      assertTrue(
          progress != null
              && progress
                  .getMessage()
                  .matches("public\\.doc: \\d+ rows checked, \\d+ rows/s, \\d+ s left"),
          String.valueOf(progress));
    }
    assertEquals(
        String.valueOf(ROWS), database.value("SELECT versions FROM rowseal.digest('doc')"));
  }

  @Test
  void protectSaysHowFarItIs() throws SQLException {
    database.connection().setAutoCommit(false);
    database.run("SELECT rowseal.unprotect('doc')"); // or they were verified before
    try (Statement statement = database.connection().createStatement()) {
      String protect = Documents.protection("doc").text();
      assertEquals(
          "RS002",
          assertThrows(SQLException.class, () -> statement.execute(protect)).getSQLState());
      assertTrue(
          String.valueOf(statement.getWarnings()).contains("rows checked"),
          String.valueOf(statement.getWarnings()));
    } finally {
      database.connection().rollback();
      database.connection().setAutoCommit(true);
    }
  }

  @Test
  void auditEndsWithinASecondWhenTold() throws SQLException {
    database.value("SELECT rowseal.version()");
    assertEndsSoon(() -> database.run("SET statement_timeout = '700ms'"));
    database.run("SET statement_timeout = 0");
    String backend = database.value("SELECT pg_backend_pid()");
    assertEndsSoon(
        () ->
            new Thread(
                    () -> {
                      try {
                        Thread.sleep(700);
                        setUp.value("SELECT pg_cancel_backend(" + backend + ")");
                      } catch (SQLException | InterruptedException e) {
                        throw new IllegalStateException(e);
                      }
                    })
                .start());
    assertEquals("1", database.value("SELECT 1"));
  }

  private interface Ending {
    void set() throws SQLException;
  }

  private void assertEndsSoon(Ending ending) throws SQLException {
    ending.set();
    long start = System.nanoTime();
    PSQLException end = null;
    try {
      database.value("SELECT count(*) FROM rowseal.verify('doc')");
    } catch (PSQLException e) {
      end = e;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    assertTrue(end != null && end.getSQLState().equals("57014"), String.valueOf(end));
    assertTrue(seconds < 1.7, seconds + " s");
  }
}
