package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Sql;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** By every path into an unversioned table the latest version wins, and is written once. */
@OnEachHost
class MergeIT extends NoteDatabase {
  @Test
  void latestWinsInAnyOrder() throws SQLException {
    database.run(insert(note(2, "second")));
    assertEquals(0, database.run(insert(note(1, "first"))));
    assertEquals("2 second", database.value(STORED));
    assertEquals(0, database.run(insert(note(3, "third"))), "a merge reports no row");
    assertEquals("3 third", database.value(STORED));
  }

  @Test
  void tiesGoToTheGreaterSignature() throws SQLException {
    Row[] notes = {note(5, "a"), note(5, "b")};
    Arrays.sort(notes, (a, b) -> Arrays.compareUnsigned(a.signature(), b.signature()));
    Row lesser = notes[0];
    Row greater = notes[1];
    // The greater one in the middle: neither the first nor the last to arrive.
    database.run(insert(lesser));
    database.run(insert(greater));
    database.run(insert(lesser));
    assertEquals(
        "\\x" + HexFormat.of().formatHex(greater.signature()),
        database.value("SELECT sign_b64 FROM note"));
  }

  @Test
  void upsertUpdateAndTwoRowsOfOneKeyMerge() throws SQLException {
    database.run(insert(note(1, "one")).row(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    database.run(insert(note(3, "three")).onConflictDoUpdate("user_hash", "id"));
    database.run(insert(note(2, "late")).onConflictDoUpdate("user_hash", "id"));
    assertEquals("3 three", database.value(STORED));
    assertEquals(1, database.run(update(note(4, "four"))));
    assertEquals(0, database.run(update(note(0, "stale"))));
    assertEquals("4 four", database.value(STORED));
    assertEquals("RS002", database.refusal("UPDATE note SET body = 'forged'"));
    assertEquals("RS002", database.refusal("UPDATE note SET owner_timestamp = 9"));
  }

  @Test
  void copyMergesAndRefuses() throws Exception {
    database.run(insert(note(1, "one")));
    copy(note(2, "two"), note(1, "one"));
    assertEquals("2 two", database.value(STORED));
    SQLException refused = assertThrows(SQLException.class, () -> copy(forged(3)));
    assertEquals("RS002", refused.getSQLState());
  }

  private void copy(Row... notes) throws SQLException, IOException {
    String columns = Sql.identifiers(notes[0].keySet().toArray(String[]::new));
    String lines = Arrays.stream(notes).map(MergeIT::line).collect(Collectors.joining());
    database
        .connection()
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn("COPY note (" + columns + ") FROM STDIN", new StringReader(lines));
  }

  private static String line(Row note) {
    return note.values().stream()
        .map(
            value ->
                value instanceof byte[] bytes
                    ? "\\x" + HexFormat.of().formatHex(bytes)
                    : value.toString())
        .map(text -> text.replace("\\", "\\\\"))
        .collect(Collectors.joining("\t", "", "\n"));
  }

  @Test
  void redeliveryWritesNothing() throws SQLException {
    for (int i = 0; i < 50; i++) {
      database.run(insert(Notes.note(ada, UUID.randomUUID(), 1, "n" + i)));
    }
    database.run("CREATE TABLE copy AS SELECT * FROM note");
    String versions = database.value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM note");
    // A first look at freshly written pages sets hint bits; the redelivery that counts is the next
    // one.
    database.run("INSERT INTO note SELECT * FROM copy");
    database.run("CHECKPOINT");
    assertTrue(silentAmong(5), "PostgreSQL's own background writes aside, WAL stands still");
    assertEquals(0, database.run("UPDATE note SET body = body"));
    assertEquals(
        versions, database.value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM note"));
  }

  /**
   * Whether at least one of some redeliveries moved WAL by nothing; the background writer may speak
   * during others.
   */
  private boolean silentAmong(int tries) throws SQLException {
    for (int i = 0; i < tries; i++) {
      String before = database.value("SELECT pg_current_wal_insert_lsn()");
      assertEquals(0, database.run("INSERT INTO note SELECT * FROM copy"));
      if (before.equals(database.value("SELECT pg_current_wal_insert_lsn()"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Two peers deliver one version at the same moment: the second waits for the first, and then has
   * nothing to do.
   */
  @Test
  void sameVersionAtTheSameMomentIsStoredOnce() throws Exception {
    database.run(insert(note(1, "one")));
    Row two = note(2, "two");
    database.connection().setAutoCommit(false);
    database.run(insert(two));
    try (TestDatabase other = database.as("postgres")) {
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(() -> other.refusal(insert(two)));
      try (TestDatabase observer = database.as("postgres")) {
        observer.awaitBlocked(other);
      }
      database.connection().commit();
      assertEquals("00000", second.get(10, TimeUnit.SECONDS));
    }
    database.connection().setAutoCommit(true);
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void excludedColumnsAreFree() throws SQLException {
    Row one = note(1, "one");
    database.run(insert(one));
    assertEquals(1, database.run("UPDATE note SET seen = 9"));
    assertEquals(0, database.run("UPDATE note SET seen = 9"));
    database.run(insert(one));
    assertEquals("9", database.value("SELECT seen FROM note"));
  }

  @Test
  void settingsOfTheSessionChangeNothing() throws SQLException {
    database.run("SET IntervalStyle = 'sql_standard'");
    database.run("SET TimeZone = 'Pacific/Chatham'");
    database.run("SET extra_float_digits = -5");
    database.run("SET bytea_output = 'escape'");
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
  }
}
