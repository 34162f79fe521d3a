package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Model;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.postgresql.util.PSQLException;

/**
 * Writers merge, promote, load in bulk, and store cards that rows wait for, while backends and the
 * whole server are killed by SIGKILL. They deliver again what they were not told is stored. In the
 * end nothing is lost, nothing is there twice, and nothing waits. {@code -Drowseal.kills=100} kills
 * more often.
 */
@OnEachHost
class KillsIT {
  private static final int KILLS = Integer.getInteger("rowseal.kills", 4);
  private static final int KILLS_OF_THE_SERVER = 5; // every fifth
  private static final int WRITERS = 3;
  private static final String EXTERNAL_ROUTINE_EXCEPTION = "38000";
  private static final List<Way> WAYS =
      List.of(
          Way.INSERT, Way.UPSERT, Way.COPY, Way.REPLICA, Way.VERSIONS_INSERT, Way.VERSIONS_COPY);

  @Parameter Host host;
  @AutoClose private final Server server = Server.start();
  private final Model model = new Model();
  private final Set<UUID> uuids = new HashSet<>();
  private final AtomicInteger statements = new AtomicInteger();
  private final AtomicInteger broken = new AtomicInteger();
  private final EntryTables tables =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private TestDatabase database;
  private volatile boolean killing = true;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(server, host);
    tables.create(database);
    tables.protect(
        database,
        SignatureAlgorithm.ED25519,
        tables.protection().with("on_unknown_owner", "defer"));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void nothingIsLostAndNothingIsHalfDone() throws Exception {
    ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
    try {
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        results.add(writers.submit(writer(new Random(i))));
      }
      for (int i = 1; i <= KILLS; i++) {
        awaitWrites(statements.get() - broken.get() + 5 + i % 20);
        if (i % KILLS_OF_THE_SERVER == 0) {
          server.kill();
          server.restart();
        } else {
          killABackend();
        }
      }
      killing = false;
      for (Future<Void> result : results) {
        result.get(5, TimeUnit.MINUTES);
      }
    } finally {
      killing = false;
      writers.shutdownNow();
    }
    try (TestDatabase after = database.as("postgres")) {
      assertEquals(model.contents(tables), tables.contents(after.connection(), uuids));
      assertEquals(
          "0",
          after.value("SELECT count(*) FROM rowseal.verify('entry') WHERE severity = 'error'"));
      assertEquals("0", after.value("SELECT count(*) FROM rowseal_internal.parked"));
      assertEquals(
          null, after.value("SELECT string_agg(finding, '; ') FROM rowseal.doctor() WHERE NOT ok"));
    }
    Files.writeString(
        Path.of("target", "kills.txt"),
        "%s: %d kills, every fifth of the whole server; %d statements, of which %d were cut off; %d keys%n"
            .formatted(host, KILLS, statements.get(), broken.get(), uuids.size()),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  /** So that each kill meets writers at work, however long the server took to come back. */
  private void awaitWrites(int written) throws InterruptedException {
    for (int i = 0; i < 3000 && statements.get() - broken.get() < written; i++) {
      Thread.sleep(20);
    }
  }

  /** That of some writer; the server then ends all others too, and recovers. */
  private void killABackend() throws SQLException, InterruptedException {
    while (true) {
      try (TestDatabase killer = reconnected()) {
        String writer =
            killer.value(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    + " ORDER BY (state = 'active') DESC, random() LIMIT 1");
        if (writer != null && kill(killer, writer)) {
          return;
        }
      } catch (SQLException e) {
        if (!isCutOff(e)) {
          throw e;
        }
      }
      Thread.sleep(20); // the writers are about to come back
    }
  }

  /** Whether it was still there. */
  private static boolean kill(TestDatabase killer, String backend) throws SQLException {
    try {
      killer.run("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; kill -9 " + backend + "'");
      return true;
    } catch (SQLException e) {
      if (!isCutOff(e) && !EXTERNAL_ROUTINE_EXCEPTION.equals(e.getSQLState())) {
        throw e;
      }
      return isCutOff(e);
    }
  }

  private TestDatabase reconnected() throws SQLException, InterruptedException {
    for (int tries = 0; ; tries++) {
      try {
        return database.as("postgres");
      } catch (SQLException e) {
        if (tries == 1200) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  /** Each round an owner of its own: rows before their card, the card, and more rows. */
  private Callable<Void> writer(Random random) {
    return () -> {
      TestDatabase connected = reconnected();
      try {
        while (killing) {
          Owner owner = new Owner(SignatureAlgorithm.ED25519, random);
          List<Entry> versions = versions(owner, random);
          int early = random.nextInt(versions.size());
          connected = deliver(connected, versions.subList(0, early), random);
          connected = surely(connected, c -> tables.storeCard(c, owner.card(1, "card")));
          connected = deliver(connected, versions.subList(early / 2, versions.size()), random);
        }
      } finally {
        connected.close();
      }
      return null;
    };
  }

  private List<Entry> versions(Owner owner, Random random) {
    List<Entry> versions = new ArrayList<>();
    for (int k = 0; k < 5; k++) {
      UUID uuid = new UUID(random.nextLong(), random.nextLong());
      byte[] parent = null;
      for (int v = 0; v < 8; v++) {
        Entry version =
            tables.entry(
                owner,
                uuid,
                1_700_000_000L + random.nextInt(5),
                new byte[random.nextInt(200)],
                v % 5 == 4,
                parent);
        versions.add(version);
        parent = version.signature();
      }
    }
    synchronized (model) {
      versions.forEach(model::add);
      versions.forEach(version -> uuids.add(version.uuid()));
    }
    Collections.shuffle(versions, random);
    return versions;
  }

  private TestDatabase deliver(TestDatabase connected, List<Entry> versions, Random random)
      throws Exception {
    TestDatabase current = connected;
    for (int done = 0; done < versions.size(); ) {
      int rows = Math.min(1 + random.nextInt(10), versions.size() - done);
      List<Entry> some = versions.subList(done, done + rows);
      Way way = WAYS.get(random.nextInt(WAYS.size()));
      // SQL itself wants a key only once in an upsert's statement.
      current =
          surely(current, c -> way.deliver(c.connection(), tables, distinct(way, some), true));
      if (way == Way.UPSERT) {
        current = surely(current, c -> Way.INSERT.deliver(c.connection(), tables, some, true));
      }
      done += rows;
    }
    return current;
  }

  private static List<Entry> distinct(Way way, List<Entry> versions) {
    return way == Way.UPSERT ? versions.subList(0, 1) : versions;
  }

  private interface Delivery {
    void to(TestDatabase database) throws SQLException;
  }

  /** Again and again, until the server has said that it is done. */
  private TestDatabase surely(TestDatabase connected, Delivery delivery) throws Exception {
    TestDatabase current = connected;
    while (true) {
      try {
        statements.incrementAndGet();
        delivery.to(current);
        return current;
      } catch (SQLException e) {
        if (isCutOff(e)) {
          broken.incrementAndGet();
          closeQuietly(current.connection());
          current = reconnected();
        } else if (!ConcurrencyIT.RETRIED.contains(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  private static boolean isCutOff(SQLException e) {
    if (e instanceof PSQLException p
        && p.getServerErrorMessage() != null
        && "FATAL".equals(p.getServerErrorMessage().getSeverity())) {
      return true;
    }
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It is gone already.
    }
  }
}
