package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.clients.PeerProgram;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.peers.DatabaseShapes;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Json;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two databases follow each other by {@code rowseal-peer}, through shapes of what they really hold,
 * while both are written and the programs are killed. They end equal, and silent.
 */
@OnEachHost
class PeersIT {
  private static final int WRITES_OF_EACH = 180;
  private static final int KEYS = 8;
  private static final int TIMESTAMPS = 40;

  @Parameter Host host;
  private final long seed = new Random().nextLong();
  private final List<Owner> owners =
      Stream.generate(() -> new Owner(SignatureAlgorithm.ED25519)).limit(2).toList();
  private final List<UUID> keys = Stream.generate(UUID::randomUUID).limit(KEYS).toList();

  @BeforeEach
  void install() throws Exception {
    PeerProgram.install();
  }

  private static void makeTables(TestDatabase database, Layout layout) throws SQLException {
    database.run(Cards.TABLE);
    database.run(Cards.PROTECTION);
    switch (layout) {
      case UNVERSIONED -> {
        database.run(Notes.TABLE);
        database.run(Notes.PROTECTION);
      }
      case TWO_TABLES -> {
        database.run(Notes.TABLE);
        database.run(Notes.VERSIONS);
        database.run(Notes.VERSIONED);
      }
      case ONE_TABLE -> {
        database.run(Notes.TABLE.key("user_hash", "id", "sign_b64"));
        database.run(Notes.PROTECTION.with("layout", "one-table"));
      }
    }
  }

  private static String[] tables(Layout layout) {
    return layout == Layout.TWO_TABLES
        ? new String[] {"card", "note", "note_versions"}
        : new String[] {"card", "note"};
  }

  private static PeerProgram follow(DatabaseShapes from, TestDatabase to) throws Exception {
    return PeerProgram.follow(from.shapes().url(), to, "--table", "note");
  }

  /** Writes of devices that do not know of each other. */
  private Callable<Void> writer(TestDatabase database, Layout layout, Random random) {
    return () -> {
      for (int i = 0; i < WRITES_OF_EACH; i++) {
        Owner owner = owners.get(random.nextInt(owners.size()));
        UUID key = keys.get(random.nextInt(KEYS));
        long timestamp = 1 + random.nextInt(TIMESTAMPS);
        String body = database.name() + " " + i;
        Row row =
            random.nextInt(5) == 0
                ? Notes.tombstone(owner, key, timestamp, body)
                : Notes.note(owner, key, timestamp, body);
        write(database, layout, row, random);
        Thread.sleep(random.nextInt(20));
      }
      return null;
    };
  }

  /** A first insert of a key may meet that of a peer; then it is tried again. */
  private static void write(TestDatabase database, Layout layout, Row row, Random random)
      throws SQLException {
    if (random.nextBoolean()) {
      assertTrue(
          List.of("stored", "merged", "late", "stale", "known")
              .contains(
                  database.value(
                      "SELECT outcome FROM rowseal.deliver('note', ?::jsonb)", Json.array(row))));
      return;
    }
    boolean asVersion = layout == Layout.TWO_TABLES && random.nextBoolean();
    String refusal;
    do {
      refusal = database.refusal(asVersion ? Notes.insertVersion(row) : Notes.insert(row));
    } while (refusal.equals("23505") || refusal.equals("40P01"));
    assertEquals("00000", refusal);
  }

  private static String digests(TestDatabase database) throws SQLException {
    return database.value(
        "SELECT concat_ws(' ', (SELECT digest FROM rowseal.digest('card')), (SELECT versions || ' ' || digest FROM rowseal.digest('note')))");
  }

  /** What was written still comes to its end; rows that are answered by rows never would. */
  private static void awaitSilence(DatabaseShapes one, DatabaseShapes other) throws Exception {
    int before = -1;
    for (int i = 0; before != one.shapes().size() + other.shapes().size(); i++) {
      assertTrue(i < 15, "there is no silence");
      before = one.shapes().size() + other.shapes().size();
      Thread.sleep(2500);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endEqualAndSilent(Layout layout) throws Exception {
    ExecutorService devices = Executors.newFixedThreadPool(2);
    try (TestDatabase alpha = TestDatabase.create(host);
        TestDatabase beta = TestDatabase.create(host)) {
      makeTables(alpha, layout);
      makeTables(beta, layout);
      alpha.run(Cards.insert(owners.get(0).card(1, "Ada")));
      beta.run(Cards.insert(owners.get(1).card(1, "Eve")));
      try (DatabaseShapes ofAlpha = new DatabaseShapes(alpha, tables(layout));
          DatabaseShapes ofBeta = new DatabaseShapes(beta, tables(layout))) {
        try (PeerProgram toBeta = follow(ofAlpha, beta);
            PeerProgram toAlpha = follow(ofBeta, alpha)) {
          for (int i = 0; !digests(alpha).split(" ")[0].equals(digests(beta).split(" ")[0]); i++) {
            assertTrue(i < 400, "cards do not come: " + toAlpha.printed() + toBeta.printed());
            Thread.sleep(100);
          }
          List<Future<Void>> writing = new ArrayList<>();
          Random random = new Random(seed);
          for (TestDatabase database : List.of(alpha, beta)) {
            writing.add(devices.submit(writer(database, layout, new Random(random.nextLong()))));
          }
          Thread.sleep(700);
          toBeta.kill();
          ofBeta.rebuild("note");
          toAlpha.stop();
          for (Future<Void> device : writing) {
            device.get();
          }
        }
        try (PeerProgram toBeta = follow(ofAlpha, beta);
            PeerProgram toAlpha = follow(ofBeta, alpha)) {
          for (int i = 0; !digests(alpha).equals(digests(beta)); i++) {
            assertTrue(
                i < 400, "seed " + seed + ": " + toAlpha.printed() + "; " + toBeta.printed());
            Thread.sleep(100);
          }
          awaitSilence(ofAlpha, ofBeta);
          for (PeerProgram program : List.of(toBeta, toAlpha)) {
            String printed = program.stop().output();
            assertTrue(!printed.contains("refused"), printed);
          }
        }
      }
      assertEquals(digests(alpha), digests(beta));
      assertEquals(null, alpha.value("SELECT problem FROM rowseal.verify('note')"));
    } finally {
      devices.shutdownNow();
    }
  }
}
