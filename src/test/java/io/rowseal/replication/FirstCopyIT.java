package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The first copy of a subscription is a bulk load; what comes after it is applied row by row. */
@OnEachHost
class FirstCopyIT extends NoteDatabase {
  private static final int ROWS = 100;

  private static final String STATISTICS =
      " FROM pg_stat_subscription_stats WHERE subid = (SELECT s.oid FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database())";

  private String slot;
  private TestDatabase publisher;

  @BeforeEach
  void publish() throws SQLException {
    slot = "first_copy_" + host.name().toLowerCase(Locale.ROOT);
    publisher = TestDatabase.create(host);
    publisher.run(Notes.TABLE);
    Insert all = Insert.into("note");
    for (int i = 0; i < ROWS; i++) {
      all = all.row(Notes.note(ada, UUID.randomUUID(), 1, "copied"));
    }
    publisher.run(all);
    publisher.run("ALTER TABLE note REPLICA IDENTITY FULL");
    publisher.run("CREATE PUBLICATION notes FOR TABLE note WITH (publish = 'insert, update')");
    publisher.value("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
  }

  @AfterEach
  void unsubscribe() throws SQLException {
    database.run("ALTER SUBSCRIPTION notes DISABLE");
    database.run("ALTER SUBSCRIPTION notes SET (slot_name = NONE)");
    database.run("DROP SUBSCRIPTION notes");
    publisher.run(
        "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE database = current_database() AND active");
    for (int i = 0; i < 100; i++) {
      if ("00000"
          .equals(
              publisher.refusal(
                  "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = current_database()"))) {
        break;
      }
    }
    publisher.close();
  }

  private void subscribe() throws SQLException {
    database.run(
        "CREATE SUBSCRIPTION notes CONNECTION '"
            + Server.shared().connectionString(publisher.name())
            + "' PUBLICATION notes WITH (create_slot = false, slot_name = '"
            + slot
            + "')");
  }

  private void await(String expected, String question) throws Exception {
    String found = null;
    for (int i = 0; i < 600; i++) {
      found = database.value(question);
      if (expected.equals(found)) {
        return;
      }
      Thread.sleep(100);
    }
    assertEquals(expected, found, question);
  }

  private void forgeOne() throws SQLException {
    publisher.run(
        "UPDATE note SET body = 'forged' WHERE ctid = (SELECT max(ctid) FROM note WHERE body = 'copied')");
  }

  @Test
  void goodRowsAreCopied() throws Exception {
    subscribe();
    await(Integer.toString(ROWS), "SELECT count(*) FROM note");
    await("r", "SELECT srsubstate FROM pg_subscription_rel");
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
    publisher.run(insert(note(1, "applied")));
    await("1", "SELECT count(*) FROM note WHERE body = 'applied'");
  }

  @Test
  void badRowIsNotCopied() throws Exception {
    forgeOne();
    subscribe();
    await("t", "SELECT sync_error_count > 0" + STATISTICS);
    assertEquals("0", database.value("SELECT count(*) FROM note"));
  }

  /** The copy is one statement: nothing but the trigger at its end waits for its rows. */
  @Test
  void copyHandsRowsOverAndApplyDoesNot() throws Exception {
    forgeOne();
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_end");
    subscribe();
    await("1", "SELECT count(*) FROM note WHERE body = 'forged'");
    await("r", "SELECT srsubstate FROM pg_subscription_rel");
    publisher.connection().setAutoCommit(false);
    for (int i = 0; i < 50; i++) {
      publisher.run(
          Notes.insert(Notes.note(ada, UUID.randomUUID(), 1, "genuine").with("body", i < 20 ? "genuine" : "applied")));
    }
    publisher.connection().commit();
    publisher.connection().setAutoCommit(true);
    await("t", "SELECT apply_error_count > 0" + STATISTICS);
    assertEquals("0", database.value("SELECT count(*) FROM note WHERE body = 'applied'"));
  }
}
