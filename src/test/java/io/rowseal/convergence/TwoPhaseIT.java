package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Model;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two-phase commit: a transaction with merges, a bulk load, a row that waits and a card that a row
 * waits for is prepared; others write meanwhile; and then it is committed or rolled back.
 */
@OnEachHost
class TwoPhaseIT {
  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final Owner bob = new Owner(SignatureAlgorithm.ED25519);
  private final Owner eve = new Owner(SignatureAlgorithm.ED25519);
  private final UUID shared = UUID.randomUUID();
  private final Model model = new Model();
  private final Set<UUID> uuids = new HashSet<>();

  @ParameterizedTest
  @ValueSource(strings = {"COMMIT", "ROLLBACK"})
  void othersWriteMeanwhile(String end) throws Exception {
    try (TestDatabase database = TestDatabase.create(host)) {
      begin(database);
      List<Entry> prepared = prepare(database);
      writeMeanwhile(database);
      // The version between those that are there and the one that is prepared waits for it.
      Entry between = version(ada, shared, 2);
      ExecutorService writer = Executors.newSingleThreadExecutor();
      try (TestDatabase other = database.as("postgres")) {
        Future<Integer> written = writer.submit(() -> other.run(TABLES.insert(between)));
        database.awaitBlocked(other);
        database.run(end + " PREPARED 'two_phase'");
        written.get(1, TimeUnit.MINUTES);
        model.add(between);
      } finally {
        writer.shutdownNow();
      }
      check(database, end.equals("COMMIT"), prepared);
    }
  }

  @Test
  void theServerIsKilledMeanwhile() throws Exception {
    try (Server server = Server.start();
        TestDatabase database = TestDatabase.create(server, host)) {
      database.run("ALTER SYSTEM SET synchronous_commit = on");
      database.run("ALTER SYSTEM SET full_page_writes = on");
      database.run("SELECT pg_reload_conf()");
      begin(database);
      List<Entry> prepared = prepare(database);
      writeMeanwhile(database);
      server.kill();
      server.restart();
      try (TestDatabase after = database.as("postgres")) {
        after.run("COMMIT PREPARED 'two_phase'");
        check(after, true, prepared);
      }
    }
  }

  private void begin(TestDatabase database) throws SQLException {
    TABLES.create(database);
    TABLES.protect(
        database,
        SignatureAlgorithm.ED25519,
        TABLES.protection().with("on_unknown_owner", "defer"));
    database.run(Cards.insert(ada.card(1, "Ada")));
    deliver(database, Way.INSERT, List.of(version(ada, shared, 1)));
  }

  /** What is in doubt: Ada's versions, Eve's row, and Bob's card. */
  private List<Entry> prepare(TestDatabase database) throws SQLException {
    List<Entry> adas = new ArrayList<>(List.of(version(ada, shared, 3)));
    UUID promoted = UUID.randomUUID();
    List<Entry> toVersions = List.of(version(ada, promoted, 1), version(ada, promoted, 2));
    List<Entry> bulk = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      bulk.add(version(ada, UUID.randomUUID(), 1));
    }
    Entry eves = version(eve, UUID.randomUUID(), 1);
    database.run("BEGIN");
    Way.INSERT.deliver(database.connection(), TABLES, adas, true);
    Way.VERSIONS_INSERT.deliver(database.connection(), TABLES, toVersions, true);
    Way.INSERT.deliver(database.connection(), TABLES, bulk, true);
    database.run(TABLES.insert(eves));
    database.run(Cards.insert(bob.card(1, "Bob")));
    database.run("PREPARE TRANSACTION 'two_phase'");
    adas.addAll(toVersions);
    adas.addAll(bulk);
    adas.add(eves);
    return adas;
  }

  /** Bob's row and Eve's card, which do not see what they need, and more of Ada's. */
  private void writeMeanwhile(TestDatabase database) throws SQLException {
    deliver(database, Way.INSERT, List.of(version(bob, UUID.randomUUID(), 1)));
    database.run(Cards.insert(eve.card(1, "Eve")));
    UUID own = UUID.randomUUID();
    deliver(database, Way.COPY, List.of(version(ada, own, 2), version(ada, own, 1)));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.deferred"));
  }

  private void check(TestDatabase database, boolean committed, List<Entry> prepared)
      throws SQLException {
    if (committed) {
      prepared.forEach(model::add);
      // Whoever defers a row or stores a card next looks for those that could not see each other.
      database.run(Cards.insert(new Owner(SignatureAlgorithm.ED25519).card(1, "anybody")));
    } else {
      database.run(Cards.insert(bob.card(1, "Bob")));
    }
    assertEquals(
        null,
        database.value(
            "SELECT string_agg(concat_ws(' ', kind, code, reason), '; ') FROM rowseal_internal.parked"));
    assertEquals(model.contents(TABLES), TABLES.contents(database.connection(), uuids));
    assertEquals(
        "0",
        database.value("SELECT count(*) FROM rowseal.verify('entry') WHERE severity = 'error'"));
    assertEquals(
        null,
        database.value("SELECT string_agg(finding, '; ') FROM rowseal.doctor() WHERE NOT ok"));
  }

  private Entry version(Owner owner, UUID uuid, long timestamp) {
    uuids.add(uuid);
    return TABLES.entry(owner, uuid, timestamp, new byte[] {(byte) timestamp});
  }

  private void deliver(TestDatabase database, Way way, List<Entry> versions) throws SQLException {
    way.deliver(database.connection(), TABLES, versions, true);
    versions.forEach(model::add);
  }
}
