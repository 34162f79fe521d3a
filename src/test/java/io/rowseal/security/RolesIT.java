package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whoever writes, and whoever owns the table, gets no further by it. */
@OnEachHost
class RolesIT extends NoteDatabase {
  @Test
  void aRoleWithInsertAndUpdateCanWriteAndNothingElse() throws SQLException {
    String role = "writer_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role + " LOGIN");
    database.run("GRANT INSERT, UPDATE ON note TO " + role);
    try (TestDatabase writer = database.as(role)) {
      writer.run(insert(note(1, "one")));
      writer.run(insert(note(2, "two")));
      assertEquals("42501", writer.refusal("SELECT * FROM card"));
      assertEquals("42501", writer.refusal("SELECT rowseal.unprotect('note')"));
      assertEquals("42501", writer.refusal("DELETE FROM note"));
    }
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void codeOfTheTablesOwnerNeverRunsWithMorePrivileges() throws SQLException {
    String role = "owner_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role);
    database.run("ALTER TABLE note OWNER TO " + role);
    database.run("GRANT SELECT ON card TO " + role);
    database.run("GRANT CREATE ON SCHEMA public TO " + role);
    database.run("CREATE TABLE seen_as (who text)");
    database.run("GRANT INSERT ON seen_as TO " + role);
    database.run(
        "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen_as VALUES (current_user); RETURN NULL; END'");
    database.run("CREATE TRIGGER spy AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION spy()");
    database.run(Notes.PROTECTION);
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    assertEquals(role, database.value("SELECT who FROM seen_as"));
    try (TestDatabase fresh = database.as("postgres")) {
      fresh.run(insert(note(3, "three")));
    }
    assertEquals("3 three", database.value(STORED));
  }

  /**
   * What was verified for one table is not let into another by a trigger that runs during the
   * merge.
   */
  @Test
  void mergeVouchesForItsOwnTableOnly() throws SQLException {
    database.run("CREATE TABLE other (LIKE note INCLUDING ALL)");
    Protection other = Notes.PROTECTION.named("other");
    database.run(other.with("context", "note"));
    database.run(Insert.into("other").row(note(1, "one")));
    database.run(other.with("validate", false));
    database.run(
        "CREATE FUNCTION replay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.other SET body = NEW.body,"
            + " owner_timestamp = NEW.owner_timestamp, sign_b64 = NEW.sign_b64; RETURN NULL; END $$");
    database.run(
        "CREATE TRIGGER replay AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION replay()");
    database.run(insert(note(1, "one")));
    assertEquals("RS002", database.refusal(insert(note(2, "two"))));
    assertEquals("1 one", database.value("SELECT owner_timestamp || ' ' || body FROM other"));
  }
}
