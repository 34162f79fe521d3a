package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Rows that wait for a card, or are set aside, where columns have other names in the versions
 * table.
 */
@OnEachHost
class ParkedNotesIT extends NoteDatabase {
  @Test
  void deferredRowsComeWithTheirCard() throws SQLException {
    database.run(Notes.VERSIONS);
    database.run(Notes.VERSIONED.with("on_unknown_owner", "defer"));
    Owner eve = new Owner(SignatureAlgorithm.ED25519);
    UUID evesId = UUID.randomUUID();
    Row two = Notes.note(eve, evesId, 2, "two");
    assertEquals(0, database.run(insert(two)));
    assertEquals(0, database.run(Notes.insertVersion(Notes.note(eve, evesId, 1, "one"))));
    Row forged = Notes.note(eve, evesId, 7, "seven").with("body", "forged");
    assertEquals(0, database.run(insert(forged)));
    assertEquals(0, database.run(insert(two)));
    assertEquals("3", database.value("SELECT count(*) FROM rowseal.deferred"));
    assertEquals(1, database.run(Cards.insert(eve.card(1, "Eve"))));
    assertEquals("2 two", database.value(STORED));
    assertEquals(
        "1 one", database.value("SELECT owner_timestamp || ' ' || body FROM note_versions"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.deferred"));
    assertEquals("0", database.value("SELECT seen FROM note"), "what is not signed came along");
    assertEquals("RS002", database.value("SELECT code FROM rowseal.quarantine"));
  }

  @Test
  void quarantineTakesBadRowsAndRetryOffersThemAgain() throws SQLException {
    database.run(Notes.PROTECTION.with("on_invalid", "quarantine"));
    Row bad = forged(1);
    assertEquals(0, database.run(insert(bad)));
    assertEquals(0, database.run(insert(bad)));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.quarantine"));
    assertTrue(
        database
            .value("SELECT reason FROM rowseal.quarantine")
            .contains("signature does not verify"));
    database.run(insert(note(2, "two")));
    assertEquals(0, database.run("UPDATE note SET body = 'forged'"));
    assertEquals("(2,0,2)", database.value("SELECT rowseal.retry('note')"));
    assertEquals("2 two", database.value(STORED));
    database.run("SET ROLE pg_monitor");
    assertEquals(
        "0",
        database.value("SELECT count(*) FROM rowseal.quarantine"),
        "seen by the table's owner only");
    database.run("RESET ROLE");
  }
}
