package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and cards that several transactions write at the same time: they meet, and nobody waits. */
@OnEachHost
class ParkingRacesIT {
  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private static final String STORED = "SELECT count(*) FROM entry";
  private static final String DEFERRED = "SELECT count(*) FROM rowseal.deferred";

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final Owner bob = new Owner(SignatureAlgorithm.ED25519);
  private TestDatabase database;
  private TestDatabase other;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    TABLES.create(database);
    TABLES.protect(
        database,
        SignatureAlgorithm.ED25519,
        TABLES.protection().with("on_unknown_owner", "defer"));
    other = database.as("postgres");
    database.run("SET statement_timeout = '20s'"); // Whoever waits fails.
    other.run("SET statement_timeout = '20s'");
  }

  @AfterEach
  void close() throws SQLException {
    other.close();
    database.close();
  }

  private static Entry row(Owner owner) {
    return TABLES.entry(owner, UUID.randomUUID(), 1, new byte[] {1});
  }

  @ParameterizedTest
  @ValueSource(strings = {"origin", "replica"})
  void anOpenTransactionOfAStrangerKeepsNoCardOut(String role) throws SQLException {
    other.run("SET session_replication_role = " + role);
    other.run("BEGIN");
    other.run(TABLES.insert(row(ada)));
    assertEquals("00000", database.refusal(Cards.insert(ada.card(1, "Ada"))));
    other.run("COMMIT");
    assertEquals("1", database.value(STORED), "the row has found the card when it was committed");
    assertEquals("0", database.value(DEFERRED));
  }

  @Test
  void anOpenTransactionOfAStrangerKeepsNoRowOut() throws SQLException {
    Entry row = row(ada);
    other.run("BEGIN");
    other.run(TABLES.insert(row));
    assertEquals("00000", database.refusal(TABLES.insert(row)));
    assertEquals("00000", database.refusal(TABLES.insert(row(ada))));
    other.run("COMMIT");
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("2", database.value(STORED));
    assertEquals("0", database.value(DEFERRED));
  }

  @Test
  void cardThenRowOfEachOther() throws SQLException {
    database.run("BEGIN");
    other.run("BEGIN");
    database.run(Cards.insert(ada.card(1, "Ada")));
    other.run(Cards.insert(bob.card(1, "Bob")));
    assertEquals("00000", database.refusal(TABLES.insert(row(bob))));
    assertEquals("00000", other.refusal(TABLES.insert(row(ada))));
    database.run("COMMIT");
    other.run("COMMIT");
    assertEquals("2", database.value(STORED));
    assertEquals("0", database.value(DEFERRED));
  }

  @ParameterizedTest
  @ValueSource(strings = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"})
  void aRowThenItsCardInOneTransaction(String isolation) throws SQLException {
    for (Owner owner : new Owner[] {ada, bob}) {
      database.run("BEGIN ISOLATION LEVEL " + isolation);
      database.value("SELECT count(*) FROM card");
      database.run(TABLES.insert(row(owner)));
      database.run(Cards.insert(owner.card(1, "")));
      database.run("COMMIT");
    }
    assertEquals("2", database.value(STORED));
    assertEquals("0", database.value(DEFERRED));
  }

  /** What came after the snapshot cannot be seen: then the transaction fails, to be tried again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "READ COMMITTED card",
        "REPEATABLE READ card",
        "SERIALIZABLE card",
        "READ COMMITTED row",
        "REPEATABLE READ row",
        "SERIALIZABLE row"
      })
  void ofAnOlderSnapshot(String isolationAndWhat) throws SQLException {
    boolean card = isolationAndWhat.endsWith("card");
    String begin = "BEGIN ISOLATION LEVEL " + isolationAndWhat.replaceAll(" (card|row)$", "");
    Entry row = row(ada);
    database.run(begin);
    database.value("SELECT count(*) FROM card");
    write(other, row, !card);
    try {
      write(database, row, card);
      database.run("COMMIT");
    } catch (SQLException e) {
      assertEquals("40001", e.getSQLState());
      database.run("ROLLBACK");
      write(database, row, card);
    }
    assertEquals("1", database.value(STORED));
    assertEquals("0", database.value(DEFERRED));
  }

  /** Both are being committed at the very same moment, as if none saw the other then. */
  @Test
  void whatWasOverlookedIsMended() throws SQLException {
    database.run("ALTER TABLE rowseal_internal.unsettled DISABLE TRIGGER settle");
    other.run("BEGIN");
    other.run(TABLES.insert(row(ada)));
    database.run(Cards.insert(ada.card(1, "Ada")));
    other.run("COMMIT");
    database.run("ALTER TABLE rowseal_internal.unsettled ENABLE ALWAYS TRIGGER settle");
    assertEquals("1", database.value(DEFERRED));
    assertTrue(
        database
            .value(
                "SELECT string_agg(finding, ' ') FROM rowseal.doctor() WHERE \"check\" = 'parked'")
            .contains("though the card is here"));
    database.run(TABLES.insert(row(bob)));
    assertEquals("1", database.value(STORED), "the next deferred row has looked");
    assertEquals("1", database.value(DEFERRED), "that one waits for its own card");
    database.run(Cards.insert(bob.card(1, "Bob")));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.unsettled"));
  }

  @Test
  void savepointsThatAreRolledBackTakeTheirRowsAlong() throws SQLException {
    database.run("BEGIN");
    database.run("SAVEPOINT s");
    database.run(TABLES.insert(row(ada)));
    database.run("ROLLBACK TO s");
    database.run(TABLES.insert(row(ada)));
    other.run(Cards.insert(ada.card(1, "Ada")));
    database.run("COMMIT");
    assertEquals("1", database.value(STORED));
    assertEquals("0", database.value(DEFERRED));
  }

  private void write(TestDatabase connection, Entry row, boolean card) throws SQLException {
    if (card) {
      connection.run(Cards.insert(ada.card(1, "Ada")));
    } else {
      connection.run(TABLES.insert(row));
    }
  }
}
