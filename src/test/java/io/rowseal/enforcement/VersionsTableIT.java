package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Update;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The versions table is guarded as well as the data table. */
@OnEachHost
class VersionsTableIT extends RenamedVersions {
  @Test
  void storedVersionsAreAppendOnly() throws SQLException {
    database.run(insert(note(1, "one")));
    Row two = note(2, "two");
    database.run(insert(two));
    assertEquals("RS009", database.refusal("UPDATE note_versions SET body = 'other'"));
    assertEquals(
        "RS009",
        database.refusal(
            Update.of("note_versions").to(two, "body", "owner_timestamp", "sign_b64")));
    assertEquals("RS007", database.refusal("UPDATE note_versions SET note_id = gen_random_uuid()"));
    assertEquals("RS008", database.refusal("DELETE FROM note_versions"));
    assertEquals("RS008", database.refusal("TRUNCATE note_versions"));
    assertEquals(0, database.run("UPDATE note_versions SET body = body"));
  }

  @Test
  void forgeriesEnterNeitherTable() throws SQLException {
    database.run(insert(note(2, "two")));
    Row forged = forged(1);
    assertEquals("RS002", database.refusal(Notes.insertVersion(forged)));
    assertEquals("RS002", database.refusal(insert(forged)));
    Row newest = forged.with("owner_timestamp", 9L);
    assertEquals("RS002", database.refusal(Notes.insertVersion(newest)));
    database.run("SET session_replication_role = replica");
    assertEquals("RS002", database.refusal(Notes.insertVersion(newest)));
    assertEquals(null, database.value(OLDER));
  }

  /** So a stored version costs no cryptography when it comes again, to whichever table. */
  @Test
  void storedVersionsAreRecognisedWithoutTheirOwnersKey() throws SQLException {
    Row[] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Row note : notes) {
      database.run(insert(note));
    }
    Documents.tamper(database, "DELETE FROM card");
    // A backend that has verified a version remembers the key.
    try (TestDatabase other = database.as("postgres")) {
      for (Row note : notes) {
        assertEquals("00000", other.refusal(insert(note)));
        assertEquals("00000", other.refusal(Notes.insertVersion(note)));
      }
      assertEquals("RS003", other.refusal(insert(note(4, "four"))));
    }
  }

  @Test
  void ownTriggersSeeAMergeAsTheOwnersUpdate() throws SQLException {
    database.run("CREATE TABLE seen_by_trigger (what text)");
    database.run(
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen_by_trigger"
            + " VALUES (concat_ws(' ', tg_op, current_user, current_setting('search_path'))); RETURN NEW; END $$");
    database.run(
        "CREATE TRIGGER see BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION see()");
    database.run(insert(note(1, "one")));
    database.run("TRUNCATE seen_by_trigger");
    database.run(insert(note(2, "two")));
    assertEquals(
        "INSERT postgres \"$user\", public, UPDATE postgres pg_catalog, pg_temp",
        database.value("SELECT string_agg(what, ', ' ORDER BY what) FROM seen_by_trigger"));
  }
}
