package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.Contents;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.model.Model;
import io.rowseal.testing.model.Way;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Three real servers, each subscribed to the two others as docs/replication.md says, are written at
 * once by several devices of several owners, while one of them crashes and another is tampered
 * with. They end equal, and silent.
 */
@OnEachHost
class MeshIT {
  private static final String GUIDE = "docs/replication.md";
  private static final List<String> NAMES = List.of("alpha", "beta", "gamma");
  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private static final int OWNERS = 3;
  private static final int KEYS_OF_EACH = 6;
  private static final int WRITES_OF_A_DEVICE = 120;
  private static final int MOST_PAUSE_MS = 60;
  private static final List<Way> WAYS =
      List.of(Way.INSERT, Way.UPSERT, Way.MERGE, Way.COPY, Way.VERSIONS_INSERT, Way.VERSIONS_COPY);
  private static final String WAL = "SELECT pg_current_wal_insert_lsn()";
  private static final String TIP =
      "SELECT value_b64, owner_timestamp, sign_b64 FROM entry WHERE user_hash = ? AND uuid = ?"
          + " FOR UPDATE";
  private static final String SEEN = "UPDATE entry SET seen = ? WHERE uuid = ?";
  private static final String TOUCH =
      "UPDATE entry SET deleted_flag = false, owner_timestamp = ?, parent_sign_b64 = ?,"
          + " sign_b64 = ? WHERE user_hash = ? AND uuid = ?";
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String SKIPPED = "logical replication did not find row to be updated";

  @Parameter Host host;
  private final Random random = new Random();
  private final List<Peer> peers = new ArrayList<>();
  private final List<Owner> owners = new ArrayList<>();
  private final List<List<UUID>> keys = new ArrayList<>();
  private final Model model = new Model();
  private Entry forged;
  private Entry forgedHistory;
  private Entry withoutCard;

  /** A server with its database. Connections are made anew, for a crash ends them. */
  private record Peer(String name, Server server, TestDatabase first) {

    TestDatabase connect() throws SQLException {
      return first.as("postgres");
    }

    String value(String sql) {
      try (TestDatabase database = connect()) {
        return database.value(sql);
      } catch (SQLException e) {
        throw new IllegalStateException(name, e);
      }
    }

    void run(String sql, Object... parameters) throws SQLException {
      try (TestDatabase database = connect()) {
        database.run(sql, parameters);
      }
    }
  }

  @BeforeEach
  void start() throws SQLException {
    for (String name : NAMES) {
      Server server = Server.start();
      peers.add(new Peer(name, server, TestDatabase.create(server, host)));
    }
    for (Peer peer : peers) {
      // A client's commit must outlive the crash, or the owner's device would have to write again.
      peer.run("ALTER SYSTEM SET synchronous_commit = on");
      peer.run("ALTER SYSTEM SET autovacuum = off");
      // Says where an apply worker skipped an UPDATE.
      peer.run("ALTER SYSTEM SET log_min_messages = debug1");
      peer.value("SELECT pg_reload_conf()");
      follow(peer, "every-peer");
    }
    for (int i = 0; i < OWNERS; i++) {
      owners.add(new Owner(SignatureAlgorithm.ED25519, random));
      keys.add(new ArrayList<>());
      for (int k = 0; k < KEYS_OF_EACH; k++) {
        keys.get(i).add(new UUID(random.nextLong(), random.nextLong()));
      }
    }
    forged = forged(owners.get(0), UUID.randomUUID());
    forgedHistory = forged(owners.get(1), UUID.randomUUID());
    Owner stranger = new Owner(SignatureAlgorithm.ED25519, random);
    withoutCard = TABLES.entry(stranger, UUID.randomUUID(), 1, new byte[] {1});
  }

  @AfterEach
  void stop() {
    peers.forEach(peer -> peer.server().close());
  }

  @Test
  void endsEqualAndSilent() throws Exception {
    subscribe(0, 1);
    subscribe(1, 0);
    TABLES.storeCard(peers.get(0).first(), owners.get(0).card(1, "card"));
    TABLES.storeCard(peers.get(1).first(), owners.get(1).card(1, "card"));
    awaitCards(2, 2);
    List<Device> devices = new ArrayList<>();
    devices.add(new Device(0, 0));
    devices.add(new Device(1, 1));
    devices.add(new Device(0, 1));
    devices.add(new Device(1, 0));
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Void>> results = new ArrayList<>(devices.stream().map(threads::submit).toList());
      joinGamma();
      // The third owner's card comes to gamma only, and alpha gets rows of theirs before it has it.
      results.add(threads.submit(new Device(0, 2)));
      TABLES.storeCard(peers.get(2).first(), owners.get(2).card(1, "card"));
      results.add(threads.submit(new Device(2, 2)));
      results.add(threads.submit(new Device(2, 0)));
      forge();
      Thread.sleep(1000);
      peers.get(2).server().kill();
      Thread.sleep(2000);
      peers.get(2).server().restart();
      for (Future<Void> result : results) {
        result.get(3, TimeUnit.MINUTES);
      }
    } finally {
      threads.shutdownNow();
    }
    awaitEqual();
    awaitSilence();
    theForgedRowsWentNowhere();
    whatAnUpdateSkippedIsMendedByCopying();
  }

  // ---------------------------------------------------------------- as the guide says

  private static void follow(Peer peer, String label) throws SQLException {
    for (String statement : Documentation.statements(GUIDE, label)) {
      peer.run(here(statement));
    }
  }

  /** The guide's tables under the names of the tests' tables. */
  private static String here(String statement) {
    return statement.replace("user_storage", "public.entry").replace("user_cards", "public.card");
  }

  private void subscribe(int subscriber, int publisher) throws SQLException {
    Peer from = peers.get(publisher);
    String connection =
        from.server()
            .connectionString(from.first().name())
            .replaceFirst("user=\\S+ password=\\S+", "user=mesh password=secret");
    for (String statement : Documentation.statements(GUIDE, "subscribe")) {
      peers
          .get(subscriber)
          .run(
              statement
                  .replaceFirst("CONNECTION '[^']*'", "CONNECTION '" + connection + "'")
                  .replace("alpha_from_beta", NAMES.get(subscriber) + "_from_" + from.name()));
    }
  }

  /** While devices write to the others. */
  private void joinGamma() throws Exception {
    subscribe(2, 0);
    subscribe(2, 1);
    subscribe(0, 2);
    subscribe(1, 2);
    String copying = Documentation.statements(GUIDE, "ready").get(0);
    for (Peer peer : peers) {
      await(peer.name() + " has copied all tables", () -> peer.value(copying) == null);
    }
    for (Peer peer : peers) {
      follow(peer, "when-ready");
    }
  }

  // ---------------------------------------------------------------- what happens

  /** Stores what nobody signed on alpha, with triggers switched off as only a superuser can. */
  private void forge() throws SQLException {
    try (TestDatabase superuser = peers.get(0).connect()) {
      superuser.connection().setAutoCommit(false);
      // Within this transaction alone, and before it looks at the tables: everybody else's writes
      // are verified.
      superuser.run(
          "UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname ~ '^zzz_rowseal_(insert|update|delete|truncate|card)'");
      Way.INSERT.deliver(superuser.connection(), TABLES, List.of(forged), true);
      Way.INSERT.deliver(superuser.connection(), TABLES, List.of(withoutCard), true);
      Way.VERSIONS_INSERT.deliver(superuser.connection(), TABLES, List.of(forgedHistory), true);
      superuser.run(
          "UPDATE pg_trigger SET tgenabled = 'A' WHERE tgname ~ '^zzz_rowseal_(insert|update|delete|truncate|card)'");
      superuser.connection().commit();
    }
  }

  private static Entry forged(Owner owner, UUID uuid) {
    return TABLES.entry(owner, uuid, 1, new byte[] {1}).withValue(new byte[] {2});
  }

  /** A device of an owner, which writes to one peer, if need be until it has come back. */
  private final class Device implements Callable<Void> {
    private final Peer peer;
    private final int owner;
    private final Random choices = new Random(random.nextLong());
    private TestDatabase database;

    /** Signed, and perhaps stored, but nobody has confirmed it. */
    private Entry unconfirmed;

    Device(int peer, int owner) {
      this.peer = peers.get(peer);
      this.owner = owner;
    }

    @Override
    public Void call() throws Exception {
      for (int i = 0; i < WRITES_OF_A_DEVICE; i++) {
        Thread.sleep(choices.nextInt(MOST_PAUSE_MS));
        UUID uuid = keys.get(owner).get(choices.nextInt(KEYS_OF_EACH));
        // Devices of one owner write much the same timestamps: ties and late rows are common.
        long time = 1_700_000_000L + i / 4;
        byte[] value = new byte[i % 5 == 0 ? 12_000 : 20];
        choices.nextBytes(value);
        Way way = WAYS.get(choices.nextInt(WAYS.size()));
        Entry entry = TABLES.entry(owners.get(owner), uuid, time, value, i % 6 == 0, null);
        untilDone(() -> way.deliver(connection(), TABLES, List.of(entry), true));
        confirm(entry);
        switch (choices.nextInt(4)) {
          case 0 -> touch(entry);
          case 1 -> untilDone(() -> database.run(SEEN, way == Way.COPY, uuid));
          default -> {}
        }
        if (i % 40 == 39) {
          Row card = owners.get(owner).card(i, "card of " + i);
          untilDone(() -> TABLES.storeCard(database, card));
        }
      }
      database.close();
      return null;
    }

    /** A plain UPDATE to a version that has the row's value, which the statement leaves out. */
    private void touch(Entry stored) throws Exception {
      unconfirmed = null;
      try {
        connection().setAutoCommit(false);
        unconfirmed = nextVersion(stored);
        if (unconfirmed != null) {
          assertEquals(1, database.run(TOUCH, touchValues(unconfirmed)));
        }
        connection().commit();
        connection().setAutoCommit(true);
      } catch (SQLException e) {
        recover(e);
        if (unconfirmed != null) {
          Entry again = unconfirmed;
          untilDone(() -> Way.INSERT.deliver(connection(), TABLES, List.of(again), true));
        }
      }
      if (unconfirmed != null) {
        confirm(unconfirmed);
      }
    }

    /** Null where the row waits for its owner's card. */
    private Entry nextVersion(Entry stored) throws SQLException {
      try (PreparedStatement select = connection().prepareStatement(TIP)) {
        select.setBytes(1, stored.owner());
        select.setObject(2, stored.uuid());
        try (ResultSet row = select.executeQuery()) {
          return row.next()
              ? TABLES.entry(
                  owners.get(owner),
                  stored.uuid(),
                  row.getLong(2) + 1,
                  row.getBytes(1),
                  false,
                  row.getBytes(3))
              : null;
        }
      }
    }

    private Object[] touchValues(Entry entry) {
      return new Object[] {
        entry.timestamp(), entry.parent(), entry.signature(), entry.owner(), entry.uuid()
      };
    }

    private void confirm(Entry entry) {
      synchronized (model) {
        model.add(entry);
      }
    }

    private Connection connection() throws SQLException {
      if (database == null) {
        database = peer.connect();
      }
      return database.connection();
    }

    private void untilDone(Action action) throws Exception {
      for (Instant end = Instant.now().plus(PATIENCE); ; ) {
        try {
          connection();
          action.run();
          return;
        } catch (SQLException e) {
          if (Instant.now().isAfter(end)) {
            throw e;
          }
          recover(e);
        }
      }
    }

    /** From a crash, a server that starts, and a first insert at the moment of somebody else's. */
    private void recover(SQLException e) throws Exception {
      if (!e.getSQLState().matches("08...|57P..|23505")) {
        throw e;
      }
      if (database != null) {
        // To close it properly needs the server it has perhaps lost.
        database.connection().abort(Runnable::run);
        database = null;
      }
      Thread.sleep(50);
    }
  }

  // ---------------------------------------------------------------- how it ends

  private void awaitCards(int peerCount, int cards) throws Exception {
    for (Peer peer : peers.subList(0, peerCount)) {
      await(
          peer.name() + " has the cards",
          () -> peer.value("SELECT count(*) FROM card").equals(String.valueOf(cards)));
    }
  }

  private void awaitEqual() throws Exception {
    // PostgreSQL itself may lose one, as the guide says, and then the guide's remedy must do.
    if (!isWithin(SOON, () -> differences().isEmpty())) {
      requireSkippedUpdates();
      for (Peer from : peers) {
        for (Peer into : peers) {
          if (from != into) {
            copy(from, into);
          }
        }
      }
    }
    try {
      await("every peer has every good version", () -> differences().isEmpty());
    } catch (AssertionError e) {
      throw new AssertionError(String.join("\n", differences()), e);
    }
    String cards = "SELECT string_agg(c::text, ' ' ORDER BY user_hash) FROM card c";
    await(
        "the cards are equal",
        () -> peers.stream().map(p -> p.value(cards)).distinct().count() == 1);
  }

  /**
   * A peer may lack no more versions than its log says that it skipped; a container's is no file.
   */
  private void requireSkippedUpdates() throws SQLException, IOException {
    for (Peer peer : peers) {
      Path log = Path.of(peer.server().log());
      if (Files.isReadable(log)) {
        long skipped = Files.readAllLines(log).stream().filter(l -> l.contains(SKIPPED)).count();
        List<String> missing = missing(peer);
        assertTrue(
            missing.size() <= skipped,
            () -> "%s skipped %d updates and lacks %s".formatted(peer.name(), skipped, missing));
      }
    }
  }

  /** Versions that a peer has in neither table. */
  private List<String> missing(Peer peer) throws SQLException {
    Set<String> missing = new TreeSet<>();
    Contents expected = model.contents(TABLES);
    missing.addAll(expected.data());
    missing.addAll(expected.versions());
    try (TestDatabase database = peer.connect()) {
      Contents found = TABLES.contents(database.connection(), uuids());
      missing.removeAll(new HashSet<>(found.data()));
      missing.removeAll(new HashSet<>(found.versions()));
    }
    return missing.stream().map(MeshIT::brief).toList();
  }

  private List<UUID> uuids() {
    return keys.stream().flatMap(List::stream).toList();
  }

  /** Where peers and the model differ, a line for each version. */
  private List<String> differences() throws SQLException {
    Contents expected = model.contents(TABLES);
    List<String> differences = new ArrayList<>();
    for (Peer peer : peers) {
      try (TestDatabase database = peer.connect()) {
        Contents found = TABLES.contents(database.connection(), uuids());
        compare(peer.name() + ", tips", expected.data(), found.data(), differences);
        compare(peer.name() + ", history", expected.versions(), found.versions(), differences);
      }
    }
    return differences;
  }

  private static void compare(
      String where, List<String> expected, List<String> found, List<String> differences) {
    expected.stream()
        .filter(version -> !found.contains(version))
        .forEach(version -> differences.add(where + ": without " + brief(version)));
    found.stream()
        .filter(version -> !expected.contains(version))
        .forEach(version -> differences.add(where + ": with " + brief(version)));
  }

  /** Key, timestamp and the beginnings of value and signature. */
  private static String brief(String version) {
    return Arrays.stream(version.split(" "))
        .map(value -> value.length() <= 36 ? value : value.substring(0, 16) + "…")
        .collect(Collectors.joining(" "));
  }

  /**
   * WAL stands still for seconds on all peers at once. A version that went round for ever would
   * write all the time; PostgreSQL itself writes now and then.
   */
  private void awaitSilence() throws Exception {
    for (Peer peer : peers) {
      peer.run("CHECKPOINT");
    }
    await(
        "silence",
        () -> {
          List<String> before = peers.stream().map(p -> p.value(WAL)).toList();
          Thread.sleep(3000);
          return before.equals(peers.stream().map(p -> p.value(WAL)).toList());
        });
  }

  private void theForgedRowsWentNowhere() throws Exception {
    String known = "SELECT count(*) FROM entry WHERE uuid = '%s'";
    String archived = "SELECT count(*) FROM entry_versions WHERE storage_uuid = '%s'";
    for (Peer peer : peers.subList(1, 3)) {
      for (Entry entry : List.of(forged, forgedHistory, withoutCard)) {
        assertEquals("0", peer.value(known.formatted(entry.uuid())), peer.name());
        assertEquals("0", peer.value(archived.formatted(entry.uuid())), peer.name());
      }
      assertEquals("2", peer.value("SELECT count(*) FROM rowseal.quarantine"), peer.name());
      assertEquals("1", peer.value("SELECT count(*) FROM rowseal.deferred"), peer.name());
    }
    assertEquals("1", peers.get(0).value(known.formatted(forged.uuid())));
  }

  /** A good version that replaces a forged row of a key which the others do not have. */
  private void whatAnUpdateSkippedIsMendedByCopying() throws Exception {
    Entry good = TABLES.entry(owners.get(0), forged.uuid(), 2, new byte[] {3});
    try (TestDatabase alpha = peers.get(0).connect()) {
      Way.INSERT.deliver(alpha.connection(), TABLES, List.of(good), true);
    }
    copy(peers.get(0), peers.get(1));
    String tip =
        "SELECT encode(value_b64, 'hex') FROM entry WHERE uuid = '%s'".formatted(good.uuid());
    for (Peer peer : peers) {
      await(peer.name() + " has the good version", () -> "03".equals(peer.value(tip)));
    }
    awaitEqual();
    awaitSilence();
  }

  private static void copy(Peer source, Peer target) throws Exception {
    try (TestDatabase publisher = source.connect();
        TestDatabase subscriber = target.connect()) {
      CopyManager from = publisher.connection().unwrap(PGConnection.class).getCopyAPI();
      CopyManager into = subscriber.connection().unwrap(PGConnection.class).getCopyAPI();
      List<String> out = Documentation.statements(GUIDE, "mend-from");
      List<String> in = Documentation.statements(GUIDE, "mend-into");
      for (int i = 0; i < out.size(); i++) {
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        from.copyOut(here(out.get(i)), rows);
        into.copyIn(here(in.get(i)), new ByteArrayInputStream(rows.toByteArray()));
      }
    }
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private interface Action {
    void run() throws SQLException;
  }

  private void await(String what, Condition condition) throws Exception {
    assertTrue(
        isWithin(PATIENCE, condition),
        () -> what + ": not within " + PATIENCE + "; logs: " + logs());
  }

  private static boolean isWithin(Duration patience, Condition condition) throws Exception {
    Instant end = Instant.now().plus(patience);
    while (!condition.holds()) {
      if (Instant.now().isAfter(end)) {
        return false;
      }
      Thread.sleep(200);
    }
    return true;
  }

  private List<String> logs() {
    return peers.stream().map(peer -> peer.server().log()).toList();
  }
}
