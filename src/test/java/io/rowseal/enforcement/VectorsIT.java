package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Vector;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.HexFormat;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each test vector is a card that another implementation made and signed: PostgreSQL makes the same
 * message and lets it in, but no other row with its signature.
 */
@OnEachHost
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VectorsIT {
  private static final String STORE = "INSERT INTO v SELECT * FROM given";

  @Parameter Host host;
  private TestDatabase database;

  @BeforeParameterizedClassInvocation
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.connection().setAutoCommit(false);
  }

  @AfterParameterizedClassInvocation
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.rowseal.testing.rows.Vector#all")
  void messageIsEqualAndCardLetIn(Vector vector) throws SQLException {
    try {
      for (String statement : vector.create()) {
        database.run(statement);
      }
      database.run(
          "CREATE TABLE v (" + vector.definitions() + ", sign_b64 bytea, PRIMARY KEY (user_hash))");
      database.run("CREATE TABLE given (LIKE v)");
      database.run(vector.protection("v"));
      database.run("INSERT INTO given VALUES (" + vector.values() + ", ?)", vector.signature());
      if (vector.fitsJsonb()) {
        assertEquals(
            HexFormat.of().formatHex(vector.message()),
            database.value("SELECT encode(rowseal.payload('v', ?::jsonb), 'hex')", vector.row()));
      }
      assertEquals(1, database.run(STORE));
      database.run("UPDATE given SET owner_timestamp = owner_timestamp + 1");
      assertEquals("RS002", database.refusal(STORE));
    } finally {
      database.connection().rollback();
    }
  }
}
