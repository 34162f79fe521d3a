package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

/** What a host owes the code it runs: PostgreSQL's own errors, and an end when told. */
@OnEachHost
class HostIT extends NoteDatabase {
  private PSQLException failure(Row note) {
    return assertThrows(PSQLException.class, () -> database.run(insert(note)));
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
    PSQLException refused = failure(forged(1));
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
    database.run(insert(note(1, "one")));

    PSQLException failure = failure(note(2, "two"));

    assertEquals("ZX123", failure.getSQLState());
    String message = failure.getServerErrorMessage().getMessage();
    assertTrue(message.endsWith("not on a Sunday"), message);
    database.run("DROP TRIGGER on_merge ON note");
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void transactionGoesOnFromASavepointBeforeSuchAnError() throws SQLException {
    onMerge("RAISE EXCEPTION 'never'");
    database.connection().setAutoCommit(false);
    database.run(insert(note(1, "one")));
    for (int i = 0; i < 3; i++) {
      database.run("SAVEPOINT here");
      assertEquals("P0001", database.refusal(insert(note(2, "two"))));
      database.run("ROLLBACK TO here");
    }
    database.run(insert(note(1, "one")));
    database.connection().commit();
    database.connection().setAutoCommit(true);
    assertEquals("1 one", database.value(STORED));
  }

  @Test
  void cancelReachesAStatementBelowJava() throws SQLException {
    onMerge("PERFORM pg_catalog.pg_sleep(60)");
    database.run(insert(note(1, "one")));
    database.run("SET statement_timeout = '300ms'");
    assertEquals("57014", database.refusal(insert(note(2, "two"))));
    database.run("SET statement_timeout = 0");
    assertEquals("1 one", database.value(STORED));
  }

  /** Java bounds the backend's stack as well; where it is the first to do so, the server ends. */
  @Test
  void aRecursionWithoutEndIsAnError() throws SQLException {
    database.run("SELECT rowseal.version()"); // Java runs
    database.run(
        "CREATE FUNCTION deeper(i int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN public.deeper(i + 1); END'");
    assertEquals("54001", database.refusal("SELECT deeper(1)"));
    database.run(
        "CREATE FUNCTION again() RETURNS trigger LANGUAGE plpgsql AS"
            + " 'BEGIN NEW.id := gen_random_uuid(); INSERT INTO public.note SELECT (NEW).*; RETURN NEW; END'");
    database.run(
        "CREATE TRIGGER again BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION again()");
    assertEquals("54001", database.refusal(insert(note(1, "one"))));
    database.run("DROP TRIGGER again ON note");
    // Java is called where the stack is deep already, and every time deeper.
    database.run(
        "CREATE FUNCTION verified(i int) RETURNS int LANGUAGE plpgsql AS 'BEGIN PERFORM rowseal.owner_id(int4send(i)); RETURN public.verified(i + 1); END'");
    assertEquals("54001", database.refusal("SELECT verified(1)"));
    database.run(insert(note(1, "one")));
    assertEquals("1 one", database.value(STORED));
  }
}
