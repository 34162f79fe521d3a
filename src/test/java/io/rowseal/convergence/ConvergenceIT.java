package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Model;
import io.rowseal.testing.model.Scenario;
import io.rowseal.testing.model.Scenario.Step;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whatever versions owners make, in whatever order, how often and by what way they come: two peers
 * end with the same tables, which are those of a model that needs no database, and another delivery
 * of everything writes nothing.
 *
 * <p>{@code -Drowseal.seed=...} brings back what a failed run has drawn.
 */
@OnEachHost
class ConvergenceIT {
  private static final int MOST_SHRINKS = 300;

  @Parameter Host host;

  @ParameterizedTest
  @CsvSource({
    "UNVERSIONED, ED25519, 150",
    "TWO_TABLES, ED25519, 300",
    "ONE_TABLE, ED25519, 150",
    "UNVERSIONED, ML_DSA_87, 20",
    "TWO_TABLES, ML_DSA_87, 50",
    "ONE_TABLE, ML_DSA_87, 20"
  })
  void anyDeliveryEndsInTheSameTables(Layout layout, SignatureAlgorithm algorithm, int cases)
      throws Exception {
    long seed = Long.getLong("rowseal.seed", new Random().nextLong());
    try (TestDatabase database = TestDatabase.create(host)) {
      Peers peers = new Peers(database, layout, algorithm, new Random(seed));
      JqwikSession.run(() -> play(peers, layout, cases, seed));
    }
  }

  private static void play(Peers peers, Layout layout, int cases, long seed) {
    RandomGenerator<Scenario> scenarios = Scenario.of(layout).generator(cases, true);
    Random random = new Random(seed);
    for (int i = 0; i < cases; i++) {
      Shrinkable<Scenario> drawn = scenarios.next(random);
      Optional<Throwable> failure = peers.failure(drawn.value());
      if (failure.isPresent()) {
        Shrinkable<Scenario> least = shrink(peers, drawn);
        throw new AssertionError(
            "-Drowseal.seed=%d, case %d, shrunk to %s".formatted(seed, i, least.value()),
            peers.failure(least.value()).orElse(failure.get()));
      }
    }
  }

  /** Walks to ever simpler scenarios that fail too. */
  private static Shrinkable<Scenario> shrink(Peers peers, Shrinkable<Scenario> failing) {
    Shrinkable<Scenario> least = failing;
    Iterator<Shrinkable<Scenario>> simpler = least.shrink().iterator();
    for (int i = 0; i < MOST_SHRINKS && simpler.hasNext(); i++) {
      Shrinkable<Scenario> candidate = simpler.next();
      if (peers.failure(candidate.value()).isPresent()) {
        least = candidate;
        simpler = least.shrink().iterator();
      }
    }
    return least;
  }

  /** Two peers in one database. */
  private static final class Peers {
    private final TestDatabase database;
    private final EntryTables first;
    private final EntryTables second;
    private final List<Owner> owners = new ArrayList<>();
    private final Random random;

    Peers(TestDatabase database, Layout layout, SignatureAlgorithm algorithm, Random random)
        throws SQLException {
      this.database = database;
      this.random = random;
      VersionId versionId = VersionId.fitting(algorithm);
      first = new EntryTables("first", layout, versionId);
      second = new EntryTables("second", layout, versionId);
      for (int i = 0; i < Scenario.owners(); i++) {
        owners.add(new Owner(algorithm, random));
      }
      for (EntryTables peer : List.of(first, second)) {
        peer.create(database);
        peer.protect(database, algorithm);
        for (Owner owner : owners) {
          peer.storeCard(database, owner.card(1, "card"));
        }
      }
    }

    /** What goes wrong in a scenario, if anything does. */
    Optional<Throwable> failure(Scenario scenario) {
      try {
        check(scenario);
        return Optional.empty();
      } catch (SQLException | AssertionError e) {
        return Optional.of(e);
      }
    }

    private void check(Scenario scenario) throws SQLException {
      List<UUID> uuids =
          IntStream.range(0, Scenario.keys())
              .mapToObj(i -> new UUID(random.nextLong(), random.nextLong()))
              .toList();
      List<Entry> entries = scenario.sign(owners, first, uuids);
      Set<Entry> deliveredFirst = deliver(first, scenario.first(), entries);
      Set<Entry> deliveredSecond = deliver(second, scenario.second(), entries);
      // What only one of them got, both get.
      deliverMissing(first, deliveredSecond, deliveredFirst);
      deliverMissing(second, deliveredFirst, deliveredSecond);
      Model model = new Model();
      deliveredFirst.forEach(model::add);
      assertEquals(model.contents(first), first.contents(database.connection(), uuids), "first");
      assertEquals(model.contents(second), second.contents(database.connection(), uuids), "second");
      redeliver(second, new ArrayList<>(deliveredFirst), uuids);
    }

    private Set<Entry> deliver(EntryTables peer, List<Step> steps, List<Entry> entries)
        throws SQLException {
      Set<Entry> delivered = new HashSet<>();
      Model sofar = new Model();
      for (Step step : steps) {
        List<Entry> rows = rows(step, entries, sofar);
        if (!rows.isEmpty()) {
          step.way().deliver(database.connection(), peer, rows, step.withIds());
        }
        rows.forEach(sofar::add);
        delivered.addAll(rows);
      }
      return delivered;
    }

    private static List<Entry> rows(Step step, List<Entry> entries, Model sofar) {
      Stream<Entry> rows = step.drafts().stream().map(i -> entries.get(i % entries.size()));
      if (step.way() == Way.UPDATE) {
        rows = rows.filter(sofar::hasKeyOf);
      }
      if (step.way().wantsDistinctKeys()) {
        Set<String> keys = new HashSet<>();
        rows = rows.filter(row -> keys.add(row.key()));
      }
      return rows.toList();
    }

    private void deliverMissing(EntryTables peer, Set<Entry> wanted, Set<Entry> delivered)
        throws SQLException {
      List<Entry> missing =
          wanted.stream().filter(entry -> !delivered.contains(entry)).sorted().toList();
      if (!missing.isEmpty()) {
        Way.INSERT.deliver(database.connection(), peer, missing, true);
        delivered.addAll(missing);
      }
    }

    /** By every way there is, and no stored row is so much as touched. */
    private void redeliver(EntryTables peer, List<Entry> rows, List<UUID> uuids)
        throws SQLException {
      String before = physical(peer, uuids);
      for (Way way : Way.values()) {
        if (way.appliesTo(peer.layout()) && !rows.isEmpty()) {
          Set<String> keys = new HashSet<>();
          List<Entry> distinct = rows.stream().filter(row -> keys.add(row.key())).toList();
          way.deliver(database.connection(), peer, way.wantsDistinctKeys() ? distinct : rows, true);
          assertEquals(before, physical(peer, uuids), "redelivered by " + way);
        }
      }
    }

    private String physical(EntryTables peer, List<UUID> uuids) throws SQLException {
      String places = places(peer.data(), "uuid", uuids);
      if (peer.layout() == Layout.TWO_TABLES) {
        places += " UNION ALL " + places(peer.versions(), "storage_uuid", uuids);
      }
      return database.value(
          "SELECT string_agg(p::text, ' ' ORDER BY p::text) FROM (" + places + ") AS p");
    }

    private static String places(String table, String uuid, List<UUID> uuids) {
      String listed = uuids.stream().map(u -> "'" + u + "'").collect(Collectors.joining(", "));
      return "SELECT ctid, xmin FROM " + table + " WHERE " + uuid + " IN (" + listed + ")";
    }
  }
}
