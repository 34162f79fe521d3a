package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.Host;
import io.rowseal.testing.NoteDatabase;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.Owner;
import io.rowseal.testing.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** What a host owes the code it runs: PostgreSQL's own errors, and each column in its place. */
@OnEachHost
class HostIT extends NoteDatabase {

  private PSQLException failure(String sql, Object... parameters) {
    return assertThrows(PSQLException.class, () -> database.run(sql, parameters));
  }

  /** A merge runs an UPDATE from Java, and that fires this. */
  private void onMerge(String statement) throws SQLException {
    database.run(
        "CREATE FUNCTION on_merge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + statement
            + "; RETURN NULL; END $$");
    database.run(
        "CREATE TRIGGER on_merge AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION on_merge()");
  }

  @Test
  void refusalHasItsCodeAndMessageAndNoStackTrace() {
    Object[] forged = note(1, "one");
    forged[2] = "forged";
    PSQLException refused = failure(Owner.INSERT_NOTE, forged);
    assertEquals("RS002", refused.getSQLState());
    String message = refused.getServerErrorMessage().getMessage();
    assertTrue(
        message.contains("signature does not verify: public.note (user_hash, id)="), message);
    String all = refused.getServerErrorMessage().toString();
    assertTrue(!all.contains("\tat ") && !all.contains(".java:"), all);
  }

  @Test
  void errorBelowJavaKeepsItsCodeAndMessage() throws SQLException {
    onMerge("RAISE EXCEPTION USING ERRCODE = 'ZX123', MESSAGE = 'not on a Sunday'");
    database.run(Owner.INSERT_NOTE, note(1, "one"));

    PSQLException failure = failure(Owner.INSERT_NOTE, note(2, "two"));

    assertEquals("ZX123", failure.getSQLState());
    String message = failure.getServerErrorMessage().getMessage();
    assertTrue(message.endsWith("not on a Sunday"), message);
    database.run("DROP TRIGGER on_merge ON note");
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void transactionGoesOnFromASavepointBeforeSuchAnError() throws SQLException {
    onMerge("RAISE EXCEPTION 'never'");
    database.connection().setAutoCommit(false);
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    for (int i = 0; i < 3; i++) {
      database.run("SAVEPOINT here");
      assertEquals("P0001", database.refusal(Owner.INSERT_NOTE, note(2, "two")));
      database.run("ROLLBACK TO here");
    }
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.connection().commit();
    database.connection().setAutoCommit(true);
    assertEquals("1 one", database.value(STORED));
  }

  @Test
  void cancelReachesAStatementBelowJava() throws SQLException {
    onMerge("PERFORM pg_catalog.pg_sleep(60)");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run("SET statement_timeout = '300ms'");
    assertEquals("57014", database.refusal(Owner.INSERT_NOTE, note(2, "two")));
    database.run("SET statement_timeout = 0");
    assertEquals("1 one", database.value(STORED));
  }

  /** PL/Java's own signal handler wakes nobody, so there the next message counts. */
  @Test
  void backendWithAJvmEndsWhenTold() throws SQLException {
    try (TestDatabase other = database.as("postgres")) {
      String pid = other.value("SELECT pg_backend_pid() FROM rowseal.version()");
      database.run("SELECT pg_terminate_backend(" + pid + ")");
      if (host == Host.PLJAVA) {
        assertEquals("57P01", other.refusal("SELECT 1"));
      }
      database.run("SELECT pg_terminate_backend(" + pid + ", 10000)");
      assertEquals("0", database.value("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid));
    }
  }

  @Test
  void droppedColumnsMoveNoOther() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run("CREATE TABLE note (gone_first int, " + Owner.NOTE_COLUMNS + ", gone_last int)");
    database.run("ALTER TABLE note DROP gone_first, DROP gone_last");
    database.run(Owner.PROTECT_NOTES);
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
  }

  /** Name and number of columns are the same as before, and the backend has seen them. */
  @Test
  void tableMadeAnewWithColumnsInOtherPlacesIsReadAnew() throws SQLException {
    String remarkAfter = Owner.NOTE_COLUMNS.replace("body text", "body text, remark text");
    String remarkBefore = Owner.NOTE_COLUMNS.replace("body text", "remark text, body text");
    makeAnew(remarkAfter);
    String settings = settings();
    String after = Owner.INSERT_NOTE.replace("?::uuid, ?,", "?::uuid, ?, 'a remark',");
    database.run(after, note(1, "one"));

    makeAnew(remarkBefore);

    assertEquals(settings, settings());
    assertEquals(
        "RS002", database.refusal(after.replace("'a remark'", "'forged'"), note(1, "one")));
    String before = Owner.INSERT_NOTE.replace("?::uuid, ?,", "?::uuid, 'a remark', ?,");
    database.run(before, note(1, "one"));
    assertEquals("1 one", database.value(STORED));
  }

  @Test
  void columnsThatDifferInCaseAloneAreToldApart() throws SQLException {
    String[] extra = {"\"Body\" text, ", "\"BODY\" text, "};
    for (int i = 0; i < 2; i++) {
      String before = Owner.NOTE_COLUMNS.replace("body text, ", extra[i] + "body text, ");
      String after = Owner.NOTE_COLUMNS.replace("body text, ", "body text, " + extra[i]);
      for (String columns : new String[] {before, after}) {
        makeAnew(columns, "seen, " + extra[i].replace("\"", "").replace(" text, ", ""));
        String values =
            columns.equals(before)
                ? Owner.INSERT_NOTE.replace("?::uuid, ", "?::uuid, 'other', ")
                : Owner.INSERT_NOTE.replace("?::uuid, ?, ", "?::uuid, ?, 'other', ");
        assertEquals("00000", database.refusal(values, note(1, "one")));
        assertEquals("1 one", database.value(STORED));
      }
    }
  }

  private void makeAnew(String columns) throws SQLException {
    makeAnew(columns, "seen, remark");
  }

  private void makeAnew(String columns, String exclude) throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run("CREATE TABLE note (" + columns + ")");
    database.run(Owner.PROTECT_NOTES.replace("{seen}", "{" + exclude + "}"));
  }

  private String settings() throws SQLException {
    return database.value(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgrelid = 'note'::regclass AND tgnargs = 1 LIMIT 1");
  }
}
