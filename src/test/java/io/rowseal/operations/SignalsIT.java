package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * A backend that has run Java is cancelled and ended like any other, whatever it is doing, and
 * whatever comes at a bad moment: no other backend notices.
 */
@OnEachHost
class SignalsIT extends NoteDatabase {
  /** Each wait takes much longer. It is some milliseconds on a machine that is left alone. */
  private static final long SOON = 1000;

  private static final int ROWS = 5000;

  private static final String BULK = "INSERT INTO note SELECT * FROM delivery";
  private static final String CANCELLED = "57014";
  private static final String TERMINATED = "57P01";
  private static final String NO_LOCK_IN_TIME = "55P03";

  /** What a backend is doing when it is told. */
  enum Moment {
    LOCK("UPDATE plain SET id = id"),
    SLEEP("SELECT pg_sleep(30)"),
    BULK(SignalsIT.BULK),
    AUDIT(
        "DO 'BEGIN FOR i IN 1..100000 LOOP PERFORM * FROM rowseal.verify(''note''); END LOOP; END'"),
    IDLE(null),
    IDLE_IN_TRANSACTION(null);

    private final String statement;

    Moment(String statement) {
      this.statement = statement;
    }
  }

  private TestDatabase told;
  private TestDatabase holder;
  private String pid;

  @BeforeEach
  void prepare() throws Exception {
    database.run("CREATE TABLE delivery (LIKE note)");
    database.connection().setAutoCommit(false);
    for (int row = 0; row < ROWS; row++) {
      database.run(Insert.into("delivery").row(Notes.note(ada, UUID.randomUUID(), 1, "bulk")));
    }
    database.connection().setAutoCommit(true);
    database.run("CREATE TABLE plain AS SELECT 1 AS id");
    holder = database.as("postgres");
    holder.connection().setAutoCommit(false);
    holder.run("SELECT 1 FROM plain FOR UPDATE");
    told = database.as("postgres");
    pid = told.value("SELECT pg_backend_pid()");
    told.run(insert(note(1, "one")));
    awaitHandlers();
  }

  @AfterEach
  void release() throws SQLException {
    told.close();
    holder.close();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"IDLE", "IDLE_IN_TRANSACTION"})
  void cancelled(Moment moment) throws Exception {
    CompletableFuture<String> end = start(moment);
    long asked = System.nanoTime();
    database.run("SELECT pg_cancel_backend(" + pid + ")");
    assertEquals(CANCELLED, end.get(SOON, TimeUnit.MILLISECONDS), () -> after(asked));
    assertEquals("1", told.value("SELECT count(*) FROM note"));
    told.run(insert(note(2, "two")));
    assertEquals("2 two", told.value(STORED));
  }

  @ParameterizedTest
  @EnumSource
  void terminated(Moment moment) throws Exception {
    CompletableFuture<String> end = start(moment);
    terminate();
    assertEquals(TERMINATED, end == null ? told.refusal("SELECT 1") : end.get());
    assertEquals("1", database.value("SELECT count(*) FROM note"));
    assertEquals(null, database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  @Test
  void stormOfCancels() throws Exception {
    told.run("SET lock_timeout = '1s'"); // for the wait that the last cancel does not reach
    Random moments = new Random(1);
    CompletableFuture<Integer> storm =
        CompletableFuture.supplyAsync(
            () -> {
              for (int sent = 0; sent < 300; sent++) {
                sleep(moments.nextInt(20));
                assertEquals("00000", database.refusal("SELECT pg_cancel_backend(" + pid + ")"));
              }
              return 0;
            });
    while (!storm.isDone()) {
      for (String work : List.of(BULK, "SELECT pg_sleep(1)", "DELETE FROM plain", "SELECT 1")) {
        String code = told.refusal(work);
        assertTrue(List.of("00000", CANCELLED, NO_LOCK_IN_TIME).contains(code), code);
      }
    }
    storm.get();
    sleep(100);
    told.refusal("SELECT 'the last of them may come late'");
    told.run(insert(note(2, "two")));
    assertEquals(null, told.value("SELECT problem FROM rowseal.verify('note')"));
  }

  /** Java is started, classes are looked for, rows are verified; the others go on. */
  @Test
  void terminatedAtAnyMomentOfAFirstWrite() throws Exception {
    Random moments = new Random(2);
    for (int i = 0; i < 30; i++) {
      told.close();
      told = database.as("postgres");
      pid = told.value("SELECT pg_backend_pid()");
      CompletableFuture<String> end = CompletableFuture.supplyAsync(() -> told.refusal(BULK));
      sleep(moments.nextInt(500));
      database.run("SELECT pg_terminate_backend(" + pid + ", 20000)");
      end.get(20, TimeUnit.SECONDS);
      assertEquals("1", database.value("SELECT count(*) FROM note"));
    }
  }

  /** PL/Java looks for classes by SQL that it runs from Java. */
  @Test
  void terminatedBelowJava() throws Exception {
    assumeTrue(host == Host.PLJAVA, "the bridge runs no SQL to find its classes");
    holder.run("LOCK TABLE sqlj.jar_repository");
    told.close();
    told = database.as("postgres");
    pid = told.value("SELECT pg_backend_pid()");
    CompletableFuture<String> end =
        CompletableFuture.supplyAsync(() -> told.refusal(insert(note(2, "two"))));
    awaitLock();
    database.run("SELECT pg_terminate_backend(" + pid + ", 20000)");
    assertEquals(TERMINATED, end.get(20, TimeUnit.SECONDS));
    assertEquals("1 one", database.value(STORED));
  }

  @Test
  void idleConnectionsDoNotHoldUpAStop() throws Exception {
    try (Server server = Server.start()) {
      TestDatabase own = TestDatabase.create(server, host);
      own.run(Cards.TABLE);
      own.run(Cards.PROTECTION);
      List<TestDatabase> idle = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        idle.add(own.as("postgres"));
        idle.get(i).run(Cards.insert(ada.card(1, "Ada")));
      }
      sleep(3000);
      long asked = System.nanoTime();
      // What "pg_ctl stop -m fast" does, from where the server's process can be reached. It ends
      // this connection too.
      own.refusal(
          "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null; kill -INT $(head -n 1 postmaster.pid)'");
      for (TestDatabase connection : idle) {
        while (!connection.refusal("SELECT 1").equals(TERMINATED)) {
          sleep(10);
          assertTrue(System.nanoTime() - asked < 10_000_000_000L, () -> after(asked));
        }
      }
    }
  }

  /** Null where nothing is running. */
  private CompletableFuture<String> start(Moment moment) throws Exception {
    if (moment == Moment.IDLE_IN_TRANSACTION) {
      told.connection().setAutoCommit(false);
      told.run("SELECT 1");
    }
    if (moment.statement == null) {
      return null;
    }
    CompletableFuture<String> end =
        CompletableFuture.supplyAsync(() -> told.refusal(moment.statement));
    sleep(150);
    assertTrue(!end.isDone(), "it was done before it was told");
    return end;
  }

  private void terminate() throws SQLException {
    long asked = System.nanoTime();
    assertEquals(
        "t", database.value("SELECT pg_terminate_backend(" + pid + ", " + SOON + ")"), pid);
    assertEquals(
        "0",
        database.value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid),
        () -> after(asked));
  }

  private void awaitLock() throws SQLException {
    String waits =
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = " + pid;
    for (int tries = 0; tries < 1000 && !database.value(waits).equals("1"); tries++) {
      sleep(10);
    }
  }

  /** PL/Java's own are replaced beside the first write, which may be done before. */
  private void awaitHandlers() throws Exception {
    for (int tries = 0; tries < 20; tries++) {
      CompletableFuture<String> end =
          CompletableFuture.supplyAsync(() -> told.refusal("SELECT pg_sleep(0.5)"));
      sleep(100);
      database.run("SELECT pg_cancel_backend(" + pid + ")");
      long asked = System.nanoTime();
      assertEquals(CANCELLED, end.get());
      if (System.nanoTime() - asked < 200_000_000) {
        return;
      }
    }
    throw new AssertionError("a sleep is not cancelled before it ends");
  }

  private static String after(long asked) {
    return (System.nanoTime() - asked) / 1_000_000 + " ms after it was told";
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
