package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Sql;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * The owner of protected tables has code of their own in everything that enforcement touches. It
 * runs as them, never as the extension's owner or as whoever writes.
 */
@OnEachHost
class HostileOwnerIT {
  @Parameter Host host;
  private final String mallory = "mallory_" + UUID.randomUUID().toString().substring(0, 8);
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private TestDatabase database;
  private TestDatabase hostile;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run("CREATE ROLE " + mallory);
    database.run("GRANT CREATE ON SCHEMA public TO " + mallory);
    database.run(Cards.TABLE.as("superusers"));
    database.run("SELECT rowseal.protect_identities('superusers')");
    hostile = database.as(mallory);
    hostile.run("CREATE TABLE seen_as (who text)");
    hostile.run("GRANT INSERT ON seen_as TO PUBLIC");
    hostile.run(
        "CREATE FUNCTION spy() RETURNS boolean LANGUAGE plpgsql AS"
            + " 'BEGIN INSERT INTO public.seen_as VALUES (current_user); RETURN true; END'");
    hostile.run(Cards.TABLE);
    hostile.run(Notes.TABLE);
    hostile.run(Cards.PROTECTION);
    hostile.run(Notes.PROTECTION);
    // Guards would refuse most of this; it must not depend on them.
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER EVENT TRIGGER rowseal_guard_drops DISABLE");
    hostile.run(Cards.insert(ada.card(1, "Ada")));
  }

  @AfterEach
  void close() throws SQLException {
    hostile.close();
    database.close();
  }

  private Row note(long timestamp) {
    return Notes.note(ada, new UUID(0, 1), timestamp, "body");
  }

  private void seenAsMalloryOnly() throws SQLException {
    String others =
        "SELECT string_agg(DISTINCT who, ', ') FROM seen_as WHERE who <> '" + mallory + "'";
    assertEquals(null, database.value(others));
  }

  /** A superuser writes, as a replication's apply worker does. */
  @Test
  void codeThatRunsWhereACardIsRead() throws SQLException {
    hostile.run("ALTER TABLE card ENABLE ROW LEVEL SECURITY");
    hostile.run("ALTER TABLE card FORCE ROW LEVEL SECURITY");
    hostile.run("CREATE POLICY watched ON card USING (spy())");
    database.run(Notes.insert(note(1)));
    hostile.run("SELECT rowseal.explain('note', (SELECT to_jsonb(note) FROM note))");
    assertTrue(Integer.parseInt(database.value("SELECT count(*) FROM seen_as")) > 0);
    seenAsMalloryOnly();
  }

  @Test
  void aViewInPlaceOfTheIdentityTable() throws SQLException {
    hostile.run("ALTER TABLE card RENAME TO hidden");
    hostile.run("CREATE VIEW card AS SELECT * FROM hidden WHERE spy()");
    assertEquals("42703", database.refusal(Notes.insert(note(1))));
    seenAsMalloryOnly();
  }

  /** Settings count on triggers of Rowseal's own functions only, and the names are for these. */
  @Test
  void forgedSettings() throws SQLException {
    String settings =
        hostile.value("SELECT settings FROM rowseal.protected WHERE \"table\" = 'note'::regclass");
    String forged =
        settings.replace(
            "\"public.card\"", "\"(SELECT * FROM public.card WHERE public.spy()) AS c\"");
    assertTrue(!settings.equals(forged), settings);
    hostile.run("CREATE TABLE trap (LIKE note INCLUDING ALL)");
    hostile.run(
        "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'");
    String trigger = "CREATE TRIGGER %s BEFORE INSERT ON trap FOR EACH ROW EXECUTE FUNCTION %s(%s)";
    String named = trigger.formatted("zzz_rowseal_insert", "trap", Sql.literal(forged));
    assertEquals("00000", hostile.refusal(named));
    hostile.run("DROP TRIGGER zzz_rowseal_insert ON trap");
    assertEquals(
        "42501",
        hostile.refusal(
            trigger.formatted(
                "zzz_rowseal_insert", "rowseal_internal.on_insert_note", Sql.literal(forged))));
    hostile.run(named);
    assertEquals(
        "1",
        database.value(
            "SELECT count(*) FROM rowseal.protected WHERE \"table\" = 'note'::regclass"));
    assertEquals(
        "0",
        database.value(
            "SELECT count(*) FROM rowseal.protected WHERE \"table\" = 'trap'::regclass"));
    database.run(Notes.insert(note(1)));
    seenAsMalloryOnly();
    hostile.run("DROP TRIGGER zzz_rowseal_insert ON trap");
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS");
    assertEquals("RS011", hostile.refusal(named));
  }
}
