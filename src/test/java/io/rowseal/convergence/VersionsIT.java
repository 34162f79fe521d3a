package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Superseded versions are kept in a table of their own, whatever order they come in. */
@OnEachHost
class VersionsIT extends RenamedVersions {
  @Test
  void tipsMoveToTheVersionsTableInAnyOrder() throws SQLException {
    database.run(insert(note(2, "two")));
    database.run(insert(note(4, "four")));
    database.run(insert(note(1, "one")));
    database.run(Notes.insertVersion(note(3, "three")));
    database.run(update(note(6, "six")));
    assertEquals(0, database.run(update(note(5, "five"))));
    assertEquals("6 six", database.value(STORED));
    assertEquals("1 one, 2 two, 3 three, 4 four, 5 five", database.value(OLDER));
  }

  @Test
  void versionThatIsNewerThanTheTipBecomesTheTip() throws SQLException {
    database.run(Notes.insertVersion(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    assertEquals(null, database.value(OLDER));
    database.run(Notes.insertVersion(note(3, "three")));
    assertEquals("3 three", database.value(STORED));
    assertEquals("2 two", database.value(OLDER));
  }

  @Test
  void archivedVersionIsTheStoredOneByteForByte() throws SQLException {
    database.run(insert(note(1, "one")));
    database.run("CREATE TABLE before AS SELECT * FROM note");
    database.run(insert(note(2, "two")));
    assertEquals(
        "t",
        database.value(
            "SELECT record_image_eq(ROW(v.user_hash, v.note_id, v.body, v.size, v.written, v.tags, v.weight, v.code, v.deleted_flag, v.owner_timestamp, v.sign_b64),"
                + " ROW(b.user_hash, b.id, b.body, b.size, b.written, b.tags, b.weight, b.code, b.deleted_flag, b.owner_timestamp, b.sign_b64))"
                + " FROM note_versions v, before b"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redeliveryWritesNothing(boolean intoVersions) throws SQLException {
    Row[] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Row note : notes) {
      database.run(insert(note));
    }
    String tables =
        "SELECT (SELECT string_agg(ctid || '' || xmin, ',' ORDER BY ctid) FROM note) || (SELECT string_agg(ctid || '' || xmin, ',' ORDER BY ctid) FROM note_versions)";
    String before = database.value(tables);
    for (Row note : notes) {
      assertEquals(0, database.run(intoVersions ? Notes.insertVersion(note) : insert(note)));
    }
    assertEquals(before, database.value(tables));
  }

  /** It came to the versions table, was the only one, and met a newer one on its way to the tip. */
  @Test
  void firstVersionThatMeetsANewerFirstOneIsKept() throws Exception {
    Row one = note(1, "one");
    try (TestDatabase other = database.as("postgres")) {
      database.connection().setAutoCommit(false);
      database.run(insert(note(2, "two")));
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> other.refusal(Notes.insertVersion(one)));
      try (TestDatabase observer = database.as("postgres")) {
        observer.awaitBlocked(other);
      }
      database.connection().commit();
      database.connection().setAutoCommit(true);
      assertEquals("00000", first.get(1, TimeUnit.MINUTES));
    }
    assertEquals("2 two", database.value(STORED));
    assertEquals("1 one", database.value(OLDER));
  }

  @Test
  void tipWhoseReplacementWasUndoneStaysTheTip() throws SQLException {
    database.run(insert(note(1, "one")));
    Row two = note(2, "two");
    database.connection().setAutoCommit(false);
    var before = database.connection().setSavepoint();
    database.run(insert(two));
    database.connection().rollback(before);
    assertEquals(0, database.run(Notes.insertVersion(note(1, "one"))));
    assertEquals(null, database.value(OLDER));
    database.run(insert(two));
    assertEquals("1 one", database.value(OLDER));
    database.connection().rollback();
  }

  @Test
  void whatSuperusersBrokeHealsWhenTheAuthenticVersionComes() throws SQLException {
    Row[] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Row note : notes) {
      database.run(insert(note));
    }
    database.run("SELECT rowseal.unprotect('note')");
    database.run("UPDATE note SET body = 'forged'");
    database.run("UPDATE note_versions SET body = 'forged' WHERE owner_timestamp = 1");
    database.run(Notes.VERSIONED.with("validate", false));
    for (Row note : notes) {
      database.run(insert(note));
    }
    assertEquals("3 three", database.value(STORED));
    assertEquals("1 one, 2 two", database.value(OLDER));
  }

  /** It cannot be archived, for the authentic one has its place. */
  @Test
  void aForgedTipGivesWayToTheNextAlsoWhereItsVersionIsKeptAlready() throws SQLException {
    database.run(insert(note(1, "one")));
    database.run("SELECT rowseal.unprotect('note')");
    database.run(Notes.insertVersion(note(1, "one")));
    database.run("UPDATE note SET body = 'forged'");
    database.run(Notes.VERSIONED.with("validate", false));
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    assertEquals("1 one", database.value(OLDER));
  }

  @Test
  void somethingThatWasNeverSignedGivesWay() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(insert(note(1, "junk").with("sign_b64", null)));
    database.run(Notes.VERSIONED.with("validate", false));
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    assertEquals(null, database.value(OLDER));
  }
}
