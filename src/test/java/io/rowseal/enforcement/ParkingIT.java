package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that wait for a card, and rows that are set aside because they are bad. */
@OnEachHost
class ParkingIT {
  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private static final Protection PARKING =
      TABLES.protection().with("on_unknown_owner", "defer").with("on_invalid", "quarantine");
  private static final String VALUES =
      "SELECT string_agg(encode(value_b64, 'hex'), ',' ORDER BY owner_timestamp) FROM ";
  private static final String DEFERRED = "SELECT count(*) FROM rowseal.deferred";
  private static final String QUARANTINED =
      "SELECT string_agg(code, ',' ORDER BY code) FROM rowseal.quarantine";

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final UUID uuid = UUID.randomUUID();
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    TABLES.create(database);
    TABLES.protect(database, SignatureAlgorithm.ED25519, PARKING);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private Entry version(long timestamp) {
    return TABLES.entry(ada, uuid, timestamp, new byte[] {(byte) timestamp});
  }

  private Entry forged(long timestamp) {
    return version(timestamp).withValue(new byte[] {99});
  }

  private void deliver(Way way, Entry... entries) throws SQLException {
    way.deliver(database.connection(), TABLES, List.of(entries), true);
  }

  // ---------------------------------------------------------------- deferred

  @ParameterizedTest
  @EnumSource(
      value = Way.class,
      names = {"UPDATE"},
      mode = EnumSource.Mode.EXCLUDE)
  void deferredRowsComeWithTheCard(Way way) throws SQLException {
    for (long timestamp : new long[] {2, 3, 1, 3}) {
      deliver(way, version(timestamp));
    }
    assertEquals("0", database.value("SELECT count(*) FROM entry"));
    assertEquals("3", database.value(DEFERRED), "each once");
    assertEquals(
        "RS003", database.value("SELECT string_agg(DISTINCT code, ',') FROM rowseal.deferred"));
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("03", database.value(VALUES + "entry"));
    assertEquals("01,02", database.value(VALUES + "entry_versions"));
    assertEquals("0", database.value(DEFERRED));
  }

  @Test
  void cardAndItsRowsAreOneTransaction() throws SQLException {
    deliver(Way.INSERT, version(1));
    database.connection().setAutoCommit(false);
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("01", database.value(VALUES + "entry"));
    database.connection().rollback();
    assertEquals("1", database.value(DEFERRED), "the row waits for the next try");
    database.run(Cards.insert(ada.card(1, "Ada")));
    database.connection().commit();
    assertEquals("01", database.value(VALUES + "entry"));
    assertEquals("0", database.value(DEFERRED));
  }

  /** As the apply worker writes it: with the role replica, and as one of several rows. */
  @Test
  void badRowsNeverBlockTheCard() throws SQLException {
    Owner stranger = new Owner(SignatureAlgorithm.ED25519);
    Entry other = TABLES.entry(stranger, uuid, 5, new byte[] {5});
    deliver(Way.REPLICA, forged(3), version(1), other, forged(2));
    assertEquals("4", database.value(DEFERRED));
    database.run("SET session_replication_role = replica");
    database.run("SET search_path = ''");
    database.run(Insert.into("public.card").row(ada.card(1, "Ada")));
    assertEquals("01", database.value(VALUES + "public.entry"));
    assertEquals("RS002,RS002", database.value(QUARANTINED));
    assertEquals("1", database.value(DEFERRED), "the stranger's row waits on");
  }

  /** A full disk says nothing about the row: it waits on, and so does the card. */
  @Test
  void onlyARefusalOfTheRowItselfSetsItAside() throws SQLException {
    deliver(Way.INSERT, version(1));
    database.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN RAISE EXCEPTION USING ERRCODE = tg_argv[0]; END $$");
    String refuse =
        "CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON entry FOR EACH ROW"
            + " EXECUTE FUNCTION refuse('%s')";
    database.run(refuse.formatted("53100"));
    // Whatever is wrong with the row, or with the server at this moment, is not the card's concern.
    assertEquals("00000", database.refusal(Cards.insert(ada.card(1, "Ada"))));
    assertEquals("1", database.value(DEFERRED));
    database.run(refuse.formatted("23514"));
    assertEquals("00000", database.refusal(Cards.insert(ada.card(2, "Ada"))));
    assertEquals("0", database.value(DEFERRED));
    assertEquals("23514", database.value(QUARANTINED));
  }

  @Test
  void aNewerCardOffersThemToo() throws SQLException {
    database.run(Cards.insert(ada.card(1, "Ada")));
    deliver(Way.INSERT, version(1));
    database.run(Cards.insert(ada.card(2, "Ada")));
    assertEquals("01", database.value(VALUES + "entry"));
  }

  /**
   * The card and the row come at the same moment, by two connections: whichever commits first, the
   * row must not be left waiting for a card that is here.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRowAndItsCardAtTheSameMoment(boolean rowFirst) throws Exception {
    try (TestDatabase other = database.as("postgres")) {
      TestDatabase first = rowFirst ? database : other;
      TestDatabase second = rowFirst ? other : database;
      first.connection().setAutoCommit(false);
      write(first, rowFirst);
      String pid = second.value("SELECT pg_backend_pid()");
      CompletableFuture<Void> waiting =
          CompletableFuture.runAsync(
              () -> {
                try {
                  write(second, !rowFirst);
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      try (TestDatabase observer = database.as("postgres")) {
        String waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = " + pid;
        while (!waiting.isDone() && !"t".equals(observer.value(waits))) {
          Thread.sleep(10);
        }
      }
      first.connection().commit();
      waiting.get(10, TimeUnit.SECONDS);
      first.connection().setAutoCommit(true);
    }
    assertEquals("01", database.value(VALUES + "entry"));
    assertEquals("0", database.value(DEFERRED));
  }

  private void write(TestDatabase connection, boolean row) throws SQLException {
    if (row) {
      Way.INSERT.deliver(connection.connection(), TABLES, List.of(version(1)), true);
    } else {
      connection.run(Cards.insert(ada.card(1, "Ada")));
    }
  }

  /** A snapshot that is older than the card must not make a row wait for it. */
  @Test
  void aRowOfAnOlderSnapshot() throws Exception {
    Connection connection = database.connection();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    database.value("SELECT count(*) FROM card");
    try (TestDatabase other = database.as("postgres")) {
      other.run(Cards.insert(ada.card(1, "Ada")));
    }
    try {
      deliver(Way.INSERT, version(1));
      connection.commit();
    } catch (SQLException e) {
      assertTrue(e.getSQLState().matches("40001|RS003"), e.getMessage());
      connection.rollback();
      deliver(Way.INSERT, version(1));
      connection.commit();
    }
    assertEquals("01", database.value(VALUES + "entry"));
    assertEquals("0", database.value(DEFERRED));
  }

  @Test
  void deferredRowsAreBounded() throws SQLException {
    database.run(
        "CREATE TABLE many AS SELECT sha512('eve') AS user_hash, gen_random_uuid() AS uuid, ''::bytea AS value_b64,"
            + " false AS deleted_flag, NULL::bytea AS parent_sign_b64, 1::bigint AS owner_timestamp,"
            + " sha512(n::text::bytea) AS sign_b64 FROM generate_series(1, 1100) n");
    String code = database.refusal("INSERT INTO entry SELECT * FROM many");
    assertEquals("RS003", code, "what cannot wait is refused, so that its sender keeps it");
    database.run("INSERT INTO entry SELECT * FROM many LIMIT 10");
    database.run("INSERT INTO entry SELECT * FROM many LIMIT 10");
    assertEquals("10", database.value(DEFERRED));
  }

  // ---------------------------------------------------------------- quarantine

  @Test
  void badRowsAreSetAsideOnceAndGoodOnesGoOn() throws SQLException {
    database.run(Cards.insert(ada.card(1, "Ada")));
    for (Way way : List.of(Way.INSERT, Way.COPY, Way.UPSERT, Way.REPLICA)) {
      deliver(way, version(1), forged(3), version(2));
    }
    deliver(Way.VERSIONS_INSERT, forged(3), version(1));
    deliver(Way.UPDATE, forged(4));
    assertEquals("02", database.value(VALUES + "entry"));
    assertEquals("01", database.value(VALUES + "entry_versions"));
    // A version that is newer than the tip belongs into the data table, wherever it came.
    assertEquals("RS002,RS002", database.value(QUARANTINED));
    assertEquals(
        "entry 2",
        database.value(
            "SELECT string_agg(t, ', ' ORDER BY t) FROM (SELECT \"table\" || ' ' || count(*) AS t"
                + " FROM rowseal.quarantine GROUP BY \"table\") AS counts"));
    assertTrue(
        database
            .value("SELECT reason FROM rowseal.quarantine LIMIT 1")
            .contains("signature does not verify"));
    assertEquals(
        "\\x63", database.value("SELECT \"row\" ->> 'value_b64' FROM rowseal.quarantine LIMIT 1"));
  }

  @Test
  void badCardsAreSetAside() throws SQLException {
    database.run(Cards.PROTECTION.with("on_invalid", "quarantine"));
    database.run(Cards.insert(ada.card(1, "Ada").with("name", "Mallory")));
    assertEquals("RS002", database.value(QUARANTINED));
    assertEquals("0", database.value("SELECT count(*) FROM card"));
  }

  @Test
  void quarantineIsBounded() throws SQLException {
    database.run(Cards.insert(ada.card(1, "Ada")));
    database.run(
        "CREATE TABLE many AS SELECT c.user_hash, gen_random_uuid() AS uuid, ''::bytea AS value_b64, false AS deleted_flag,"
            + " NULL::bytea AS parent_sign_b64, 1::bigint AS owner_timestamp, c.sign_b64 FROM card c, generate_series(1, 11000)");
    database.run("INSERT INTO entry SELECT * FROM many");
    long kept = Long.parseLong(database.value("SELECT count(*) FROM rowseal.quarantine"));
    assertTrue(kept > 100 && kept < 11000, "kept " + kept);
    deliver(Way.INSERT, version(1), forged(2));
    assertEquals("01", database.value(VALUES + "entry"), "a full quarantine blocks nothing");
  }

  /** Rows were refused because a setting was wrong. */
  @Test
  void retryOffersParkedRowsAgain() throws SQLException {
    database.run(Cards.insert(ada.card(1, "Ada")));
    database.run(PARKING.with("context", "mistaken"));
    deliver(Way.INSERT, version(2), version(1));
    deliver(Way.VERSIONS_INSERT, version(3));
    deliver(Way.INSERT, forged(4));
    assertEquals("4", database.value("SELECT count(*) FROM rowseal.quarantine"));
    assertEquals("(4,0,4)", database.value("SELECT rowseal.retry('entry')"));
    database.run(PARKING);
    assertEquals("(4,3,1)", database.value("SELECT rowseal.retry('entry')"));
    assertEquals("03", database.value(VALUES + "entry"));
    assertEquals("01,02", database.value(VALUES + "entry_versions"));
    assertEquals("RS002", database.value(QUARANTINED));
  }

  @Test
  void parkedRowsAreSeenByTheTablesOwnerOnly() throws SQLException {
    String role = "writer_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role + " LOGIN");
    database.run("GRANT INSERT, UPDATE ON entry TO " + role);
    try (TestDatabase writer = database.as(role)) {
      Way.INSERT.deliver(writer.connection(), TABLES, List.of(version(1)), true);
      assertTrue(List.of("42501", "00000").contains(writer.refusal(DEFERRED)), "refused, or empty");
      if (writer.refusal(DEFERRED).equals("00000")) {
        assertEquals("0", writer.value(DEFERRED));
      }
    }
    assertEquals("1", database.value(DEFERRED));
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("01", database.value(VALUES + "entry"));
  }
}
