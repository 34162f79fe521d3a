package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two peers, each subscribed to the other, stamp a column that is not signed in every row that they
 * apply. They do not answer each other for ever.
 */
@OnEachHost
class EchoIT extends RenamedVersions {
  private static final String SIGNED =
      "user_hash, id, body, size, written, tags, weight, code, deleted_flag, owner_timestamp,"
          + " sign_b64";
  private static final String WRITTEN = "SELECT ctid || ' ' || xmin || ' ' || seen FROM note";

  private TestDatabase peer;

  @BeforeEach
  void subscribeBothWays() throws SQLException {
    peer = TestDatabase.create(host);
    for (TestDatabase here : List.of(database, peer)) {
      if (here == peer) {
        here.run(io.rowseal.testing.rows.Cards.TABLE);
        here.run(io.rowseal.testing.rows.Notes.TABLE);
        here.run(io.rowseal.testing.rows.Notes.VERSIONS);
        here.run(io.rowseal.testing.rows.Cards.PROTECTION);
        here.run(io.rowseal.testing.rows.Notes.VERSIONED);
        here.run(io.rowseal.testing.rows.Cards.insert(ada.card(1, "Ada")));
      }
      here.run(
          "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
              + " $$ BEGIN NEW.seen := NEW.seen + 1; RETURN NEW; END $$");
      here.run("CREATE TRIGGER stamp BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION stamp()");
      here.run("ALTER TABLE note ENABLE ALWAYS TRIGGER stamp");
      here.run("ALTER TABLE note ALTER seen SET DEFAULT 0");
      here.run(
          "CREATE PUBLICATION notes FOR TABLE card, note ("
              + SIGNED
              + "), note_versions WITH (publish = 'insert, update')");
    }
    subscribe(database, peer);
    subscribe(peer, database);
  }

  /** On one server the slot must be there first. */
  private void subscribe(TestDatabase subscriber, TestDatabase publisher) throws SQLException {
    String slot = subscriber.name() + "_from_" + publisher.name();
    publisher.value("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    subscriber.run(
        "CREATE SUBSCRIPTION "
            + slot
            + " CONNECTION '"
            + server().connectionString(publisher.name())
            + "' PUBLICATION notes WITH (create_slot = false, copy_data = false)");
  }

  @AfterEach
  void unsubscribe() throws SQLException {
    for (TestDatabase here : List.of(database, peer)) {
      here.run(
          "DROP SUBSCRIPTION "
              + here.value(
                  "SELECT subname FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE datname = current_database()"));
    }
    peer.close();
  }

  @Test
  void stampsDoNotTravel() throws Exception {
    database.run(insert(note(1, "one")));
    await(peer, "1 one");
    database.run(update(note(2, "two")));
    await(peer, "2 two");
    peer.run(update(note(3, "three")));
    await(database, "3 three");
    database.run("UPDATE note SET seen = 100");
    database.run(update(note(4, "four")));
    await(peer, "4 four");
    Thread.sleep(1000);
    List<String> before = List.of(database.value(WRITTEN), peer.value(WRITTEN));
    Thread.sleep(1000);
    assertEquals(before, List.of(database.value(WRITTEN), peer.value(WRITTEN)));
    assertEquals(
        "102", database.value("SELECT seen FROM note"), "100, and a stamp for each UPDATE");
    assertEquals("3", peer.value("SELECT seen FROM note"), "one for each version");
  }

  private static void await(TestDatabase here, String stored) throws Exception {
    for (int i = 0; !stored.equals(here.value(STORED)); i++) {
      assertTrue(i < 600, stored + " does not come");
      Thread.sleep(50);
    }
  }
}
