package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Model;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Several connections bring rows and their owners' cards in any order, in transactions of all kinds
 * of isolation, some of which are prepared first. In the end no row waits whose card is here.
 * {@code -Drowseal.storm=1000} has so many owners.
 */
@OnEachHost
class ParkingStormIT {
  private static final int OWNERS = Integer.getInteger("rowseal.storm", 60);
  private static final int CONNECTIONS = 6;
  private static final List<Way> WAYS =
      List.of(Way.INSERT, Way.COPY, Way.REPLICA, Way.VERSIONS_INSERT, Way.VERSIONS_COPY);
  private static final List<String> ISOLATION =
      List.of("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE");

  /** Deferred rows whose card is here, and of which nobody has noted to look again. */
  private static final String FORGOTTEN =
      "SELECT count(*) FROM rowseal_internal.parked p WHERE p.kind = 'deferred' AND rowseal_internal.card_is_here(p.identities, p.owner)"
          + " AND NOT EXISTS (SELECT FROM rowseal_internal.unsettled u WHERE u.identities = p.identities AND u.owner = p.owner)";

  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);

  @Parameter Host host;
  private final Random random = new Random(31);
  private final Model model = new Model();
  private final Set<UUID> uuids = new HashSet<>();
  private TestDatabase database;

  private interface Write {
    void to(Connection connection) throws SQLException;
  }

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    TABLES.create(database);
    TABLES.protect(
        database,
        SignatureAlgorithm.ED25519,
        TABLES.protection().with("on_unknown_owner", "defer"));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void noRowWaitsWhoseCardIsHere() throws Exception {
    List<Write> writes = writes();
    ExecutorService writers = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<Void>> results = new ArrayList<>();
      int share = writes.size() / CONNECTIONS + 1;
      for (int i = 0; i < CONNECTIONS; i++) {
        int from = Math.min(i * share, writes.size());
        int to = Math.min(from + share, writes.size());
        results.add(writers.submit(writer(i, writes.subList(from, to))));
      }
      for (Future<Void> result : results) {
        result.get(5, TimeUnit.MINUTES);
      }
    } finally {
      writers.shutdownNow();
    }
    assertEquals("0", database.value(FORGOTTEN));
    settle();
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.parked"));
    assertEquals(model.contents(TABLES), TABLES.contents(database.connection(), uuids));
    assertEquals(
        null,
        database.value("SELECT string_agg(finding, '; ') FROM rowseal.doctor() WHERE NOT ok"));
  }

  /** Each transaction looks for two that may have overlooked something. */
  private void settle() throws SQLException {
    String noted = "SELECT count(*) FROM rowseal_internal.unsettled";
    int most = Integer.parseInt(database.value(noted)) / 2 + 1;
    for (int i = 0; !"0".equals(database.value(noted)); i++) {
      assertTrue(i <= most, "more than " + most + " transactions do not settle them");
      database.run(Cards.insert(new Owner(SignatureAlgorithm.ED25519).card(1, "anybody")));
    }
  }

  /** Some versions come twice. */
  private List<Write> writes() {
    List<Write> writes = new ArrayList<>();
    for (int o = 0; o < OWNERS; o++) {
      Owner owner = new Owner(SignatureAlgorithm.ED25519, random);
      Row card = owner.card(1, "card");
      writes.add(connection -> insert(connection, card));
      for (int k = 0; k < 2; k++) {
        UUID uuid = new UUID(random.nextLong(), random.nextLong());
        uuids.add(uuid);
        byte[] parent = null;
        for (int v = 1; v <= 3; v++) {
          Entry version = TABLES.entry(owner, uuid, v, new byte[] {(byte) v}, false, parent);
          parent = version.signature();
          model.add(version);
          for (int times = 1 + random.nextInt(2); times > 0; times--) {
            Way way = WAYS.get(random.nextInt(WAYS.size()));
            writes.add(connection -> way.deliver(connection, TABLES, List.of(version), true));
          }
        }
      }
    }
    Collections.shuffle(writes, random);
    return writes;
  }

  private static void insert(Connection connection, Row card) throws SQLException {
    String columns = String.join(", ", card.keySet());
    try (var statement =
        connection.prepareStatement(
            "INSERT INTO card (" + columns + ") VALUES (?, ?, ?, ?, ?, ?)")) {
      int place = 1;
      for (Object value : card.values()) {
        statement.setObject(place++, value);
      }
      statement.execute();
    }
  }

  private Callable<Void> writer(int number, List<Write> writes) {
    Random choices = new Random(number);
    return () -> {
      try (TestDatabase other = database.as("postgres")) {
        other.run("SET deadlock_timeout = '50ms'");
        other.run(
            "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL "
                + ISOLATION.get(number % ISOLATION.size()));
        for (int done = 0; done < writes.size(); ) {
          int some = Math.min(1 + choices.nextInt(3), writes.size() - done);
          String prepared = choices.nextInt(3) == 0 ? "storm_" + number + "_" + done : null;
          surely(other, writes.subList(done, done + some), prepared);
          done += some;
        }
      }
      return null;
    };
  }

  /** In one transaction, again and again until it commits; prepared first if it gets a name. */
  private static void surely(TestDatabase other, List<Write> writes, String prepared)
      throws SQLException {
    Connection connection = other.connection();
    while (true) {
      connection.setAutoCommit(false);
      try {
        for (Write write : writes) {
          write.to(connection);
        }
        if (prepared == null) {
          connection.commit();
          return;
        }
        other.run("PREPARE TRANSACTION '" + prepared + "'");
        break;
      } catch (SQLException e) {
        connection.rollback();
        if (!ConcurrencyIT.RETRIED.contains(e.getSQLState())) {
          throw e;
        }
      } finally {
        connection.setAutoCommit(true);
      }
    }
    other.run("COMMIT PREPARED '" + prepared + "'");
  }
}
