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
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Eight connections write versions of twenty keys at once, by all ways, half of them in READ
 * COMMITTED and half in REPEATABLE READ. No version is lost, and nobody sees an error but those of
 * PostgreSQL's own isolation, after which another try succeeds.
 */
@OnEachHost
class ConcurrencyIT {
  private static final int CONNECTIONS = 8;
  private static final int OWNERS = 4;
  private static final int KEYS_OF_EACH = 5;
  private static final int VERSIONS = 2000;
  private static final int MOST_TRIES = 1000;

  /** SQLSTATEs after which PostgreSQL's documentation says to try again. */
  static final Set<String> RETRIED = Set.of("40001", "40P01", "23505");

  @Parameter Host host;
  private final Random random = new Random(20);
  private final Model model = new Model();
  private final Set<UUID> uuids = new HashSet<>();
  private final Map<String, Integer> codes = new ConcurrentSkipListMap<>();
  private TestDatabase database;

  /** The keys that are there from the start: an UPDATE finds them. */
  private final Set<String> stored = new HashSet<>();

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** One row at a time nobody can wait for two others, so nothing may deadlock. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void oneRowAtATime(Layout layout) throws Exception {
    EntryTables tables = create(layout);
    writeAtOnce(tables, 1);
    record(layout + ", one row at a time");
    assertEquals(0, count("40P01"), codes.toString());
  }

  /** Several rows a statement, several statements a transaction, keys in any order. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void severalRowsAndStatements(Layout layout) throws Exception {
    EntryTables tables = create(layout);
    writeAtOnce(tables, 4);
    record(layout + ", several rows and statements");
  }

  private EntryTables create(Layout layout) throws SQLException {
    EntryTables tables = new EntryTables("public", layout, VersionId.SIGNATURE);
    tables.create(database);
    tables.protect(database, SignatureAlgorithm.ED25519);
    return tables;
  }

  private void writeAtOnce(EntryTables tables, int most) throws Exception {
    List<Entry> versions = versions(tables);
    storeHalfOfTheKeys(tables, versions);
    List<Entry> deliveries = new ArrayList<>(versions);
    versions.stream().filter(version -> random.nextInt(3) == 0).forEach(deliveries::add);
    Collections.shuffle(deliveries, random);
    ExecutorService writers = Executors.newFixedThreadPool(CONNECTIONS);
    try {
      List<Future<Void>> results = new ArrayList<>();
      int share = deliveries.size() / CONNECTIONS + 1;
      for (int i = 0; i < CONNECTIONS; i++) {
        List<Entry> own =
            deliveries.subList(
                Math.min(i * share, deliveries.size()),
                Math.min((i + 1) * share, deliveries.size()));
        results.add(writers.submit(writer(tables, own, i, most)));
      }
      for (Future<Void> result : results) {
        result.get(5, TimeUnit.MINUTES);
      }
    } finally {
      writers.shutdownNow();
    }
    assertEquals(model.contents(tables), tables.contents(database.connection(), uuids));
    assertEquals(0, count("40001 in READ COMMITTED"), codes.toString());
  }

  /** Many versions to a moment, so that ties are common. */
  private List<Entry> versions(EntryTables tables) throws SQLException {
    List<Entry> versions = new ArrayList<>();
    for (int o = 0; o < OWNERS; o++) {
      Owner owner = new Owner(SignatureAlgorithm.ED25519, random);
      tables.storeCard(database, owner.card(1, "card"));
      for (int k = 0; k < KEYS_OF_EACH; k++) {
        UUID uuid = new UUID(random.nextLong(), random.nextLong());
        uuids.add(uuid);
        byte[] parent = null;
        for (int v = 0; v < VERSIONS / OWNERS / KEYS_OF_EACH; v++) {
          byte[] value = new byte[random.nextInt(200)];
          Entry version =
              tables.entry(
                  owner, uuid, 1_700_000_000L + random.nextInt(40), value, v % 5 == 0, parent);
          versions.add(version);
          model.add(version);
          parent = version.signature();
        }
      }
    }
    return versions;
  }

  private void storeHalfOfTheKeys(EntryTables tables, List<Entry> versions) throws SQLException {
    for (Entry version : versions) {
      if (version.key().hashCode() % 2 == 0 && stored.add(version.key())) {
        Way.INSERT.deliver(database.connection(), tables, List.of(version), true);
      }
    }
  }

  private Callable<Void> writer(EntryTables tables, List<Entry> own, int number, int most) {
    String isolation = number % 2 == 0 ? "READ COMMITTED" : "REPEATABLE READ";
    Random choices = new Random(number);
    return () -> {
      try (TestDatabase other = database.as("postgres")) {
        other.run("SET deadlock_timeout = '50ms'");
        other.run("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL " + isolation);
        other.connection().setAutoCommit(false);
        for (int done = 0; done < own.size(); ) {
          List<Statement> transaction = new ArrayList<>();
          int statements = 1 + choices.nextInt(Math.min(most, 3));
          for (int s = 0; s < statements && done < own.size(); s++) {
            int rows = Math.min(1 + choices.nextInt(most), own.size() - done);
            transaction.addAll(statements(tables, own.subList(done, done + rows), choices));
            done += rows;
          }
          commit(other.connection(), tables, transaction, isolation);
        }
      }
      return null;
    };
  }

  private record Statement(Way way, List<Entry> rows) {}

  /** One statement, or as many as the way that is drawn needs. */
  private List<Statement> statements(EntryTables tables, List<Entry> rows, Random choices) {
    Way way = Way.values()[choices.nextInt(Way.values().length)];
    // Both leave alone what they do not expect: a row that is not there, a row that is.
    boolean needsKey = way == Way.UPDATE || way == Way.INSERT_OR_NOTHING;
    boolean fits =
        way.appliesTo(tables.layout())
            && (!needsKey || rows.stream().allMatch(row -> stored.contains(row.key())));
    if (!fits) {
      return List.of(new Statement(Way.UPSERT, rows));
    }
    return way.wantsDistinctKeys()
        ? rows.stream().map(row -> new Statement(way, List.of(row))).toList()
        : List.of(new Statement(way, rows));
  }

  private void commit(
      Connection connection, EntryTables tables, List<Statement> transaction, String isolation)
      throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        for (Statement statement : transaction) {
          statement.way().deliver(connection, tables, statement.rows(), true);
        }
        connection.commit();
        return;
      } catch (SQLException e) {
        connection.rollback();
        codes.merge(e.getSQLState() + " in " + isolation, 1, Integer::sum);
        if (!RETRIED.contains(e.getSQLState()) || tries == MOST_TRIES) {
          throw new SQLException(transaction + ": " + e.getMessage(), e.getSQLState(), e);
        }
      }
    }
  }

  /** Which errors were met, and how often: for whoever wants to know. */
  private void record(String what) throws IOException {
    Files.writeString(
        Path.of("target", "concurrency.txt"),
        "%s, %s: %s%n".formatted(host, what, codes),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private int count(String code) {
    return codes.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(code))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }
}
