package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Versions beside each other in one table, and versions of cards. */
@OnEachHost
class LayoutsIT extends NoteDatabase {
  @Test
  void oneTableKeepsAllVersionsBesideEachOther() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(
        "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash, id, sign_b64)");
    database.run(Notes.PROTECTION.with("layout", "one-table"));
    Row two = note(2, "two");
    assertEquals(1, database.run(insert(two)));
    assertEquals(1, database.run(insert(note(1, "one"))));
    assertEquals(1, database.run(insert(note(3, "three"))));
    assertEquals(0, database.run(insert(two)));
    assertEquals("3", database.value("SELECT count(*) FROM note"));
    assertEquals("3 three", database.value(STORED + "_tips"));
    assertEquals("1", database.value("SELECT count(*) FROM note_tips"));
    assertEquals("RS009", database.refusal("UPDATE note SET body = 'other'"));
    assertEquals("RS009", database.refusal("UPDATE note SET sign_b64 = '\\x01'"));
    assertEquals("RS007", database.refusal("UPDATE note SET id = gen_random_uuid()"));
    assertEquals(3, database.run("UPDATE note SET seen = 5"));
    assertEquals("RS008", database.refusal("DELETE FROM note"));
  }

  @Test
  void cardsMayBeVersionedToo() throws SQLException {
    database.run("SELECT rowseal.unprotect('note'); SELECT rowseal.unprotect('card')");
    database.run("CREATE TABLE card_versions (LIKE card, PRIMARY KEY (sign_b64))");
    database.run("SELECT rowseal.protect_identities('card', versions => 'card_versions')");
    database.run(Notes.PROTECTION);
    database.run(Cards.insert(ada.card(2, "Ada L.")));
    database.run(insert(note(1, "one")));
    assertEquals("Ada L.", database.value("SELECT name FROM card"));
    assertEquals("Ada", database.value("SELECT name FROM card_versions"));
  }
}
