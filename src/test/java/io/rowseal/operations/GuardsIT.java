package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What DDL may do to a protected table, and what not. */
@OnEachHost
class GuardsIT extends VersionedNotes {
  private static final String FINDINGS =
      "SELECT string_agg(\"check\" || ' of ' || \"table\" || ': ' || finding, '; ') FROM rowseal.doctor() WHERE NOT ok AND \"table\" IS NOT NULL";

  private static final List<String> WEAKENING =
      List.of(
          "ALTER TABLE note DISABLE TRIGGER zzz_rowseal_insert",
          "ALTER TABLE note DISABLE TRIGGER USER",
          "ALTER TABLE note DISABLE TRIGGER ALL",
          "ALTER TABLE card DISABLE TRIGGER ALL",
          "ALTER TABLE note_versions DISABLE TRIGGER ALL",
          "ALTER TABLE note ENABLE TRIGGER zzz_rowseal_update",
          "ALTER TABLE note ENABLE REPLICA TRIGGER zzz_rowseal_update",
          "SET session_replication_role = replica; ALTER TABLE note DISABLE TRIGGER ALL",
          "DROP TRIGGER zzz_rowseal_insert ON note",
          "DROP TRIGGER zzz_rowseal_delete ON note",
          "DROP TRIGGER zzz_rowseal_truncate ON note_versions",
          "DROP TRIGGER zzz_rowseal_card ON card",
          "ALTER TRIGGER zzz_rowseal_update ON note RENAME TO other",
          "CREATE OR REPLACE TRIGGER zzz_rowseal_delete BEFORE DELETE ON note FOR EACH ROW WHEN (false) EXECUTE FUNCTION rowseal_internal.refuse_removal()",
          "CREATE OR REPLACE TRIGGER zzz_rowseal_insert BEFORE INSERT ON note FOR EACH ROW WHEN (false) EXECUTE FUNCTION rowseal_internal.on_insert_note('{}')",
          "CREATE TRIGGER zzz_rowseal_insert BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION rowseal_internal.on_insert_note('{}, no JSON')",
          "CREATE TRIGGER zzzz BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION change()",
          "CREATE TRIGGER zzz_rowseal_j BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION change()",
          "CREATE RULE elsewhere AS ON INSERT TO note DO INSTEAD NOTHING",
          "CREATE TABLE heir () INHERITS (note)",
          "ALTER TABLE note SET UNLOGGED",
          "ALTER TABLE note FORCE ROW LEVEL SECURITY",
          "ALTER TABLE note ENABLE ROW LEVEL SECURITY",
          "ALTER TABLE card ENABLE ROW LEVEL SECURITY",
          "ALTER TABLE note_versions ENABLE ROW LEVEL SECURITY",
          "ALTER TABLE note RENAME COLUMN body TO text",
          "ALTER TABLE note RENAME COLUMN sign_b64 TO signature",
          "ALTER TABLE note_versions RENAME COLUMN body TO text",
          "ALTER TABLE note DROP COLUMN body CASCADE",
          "ALTER TABLE note DROP CONSTRAINT note_pkey",
          "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash)",
          "ALTER TABLE note_versions DROP CONSTRAINT note_versions_pkey",
          "ALTER TABLE note ADD UNIQUE (body)",
          "CREATE UNIQUE INDEX ON note (body)",
          "ALTER TABLE note ADD EXCLUDE (body WITH =)",
          "ALTER TABLE note ADD FOREIGN KEY (seen) REFERENCES plain ON DELETE CASCADE",
          "ALTER TABLE note ADD FOREIGN KEY (user_hash) REFERENCES card ON DELETE CASCADE",
          "ALTER TABLE note ADD COLUMN extra int DEFAULT 1",
          "ALTER TABLE note ADD COLUMN extra int NOT NULL",
          "ALTER TABLE note ADD COLUMN extra serial",
          "ALTER TABLE note ADD COLUMN price money",
          "ALTER TABLE note_versions ADD COLUMN extra int",
          "ALTER TABLE note_versions OWNER TO pg_monitor",
          "DROP TABLE card",
          "DROP TABLE card CASCADE",
          "DROP TABLE note",
          "DROP TABLE note_versions",
          "DROP FUNCTION rowseal_internal.on_insert_note() CASCADE",
          "ALTER FUNCTION rowseal_internal.on_insert_note() SECURITY INVOKER",
          "ALTER FUNCTION rowseal_internal.on_insert_note() OWNER TO pg_monitor",
          "GRANT EXECUTE ON FUNCTION rowseal_internal.on_insert_note() TO PUBLIC; ALTER FUNCTION rowseal_internal.on_insert_note() COST 99",
          "ALTER FUNCTION rowseal_internal.on_insert_note() RESET search_path");

  private static final List<String> REFUSED_ANYWAY =
      List.of(
          "ALTER TABLE note DROP COLUMN body",
          "ALTER TABLE note ALTER COLUMN body TYPE varchar(100)",
          "DROP FUNCTION rowseal_internal.on_insert_note()",
          "DROP EVENT TRIGGER rowseal_guard_changes",
          "DROP EXTENSION rowseal");

  private static final List<String> HARMLESS =
      List.of(
          "ALTER FUNCTION rowseal_internal.replace_note(anyelement) OWNER TO pg_monitor", // it goes
          // back
          "ALTER TABLE note REPLICA IDENTITY FULL",
          "CREATE PUBLICATION p FOR TABLE note, note_versions WITH (publish = 'insert, update')",
          "CREATE INDEX ON note (body)",
          "CREATE UNIQUE INDEX ON note (seen)",
          "COMMENT ON TABLE note IS 'notes'",
          "GRANT SELECT ON note TO pg_monitor",
          "CREATE STATISTICS s ON body, size FROM note",
          "ALTER TABLE note ALTER COLUMN body SET STATISTICS 10",
          "ALTER TABLE note ALTER COLUMN body SET STORAGE EXTERNAL",
          "ALTER TABLE note SET (fillfactor = 50)",
          "CREATE POLICY all_rows ON note USING (true)",
          "ALTER TABLE note ALTER COLUMN seen SET DEFAULT 3",
          "ALTER TABLE note CLUSTER ON note_pkey",
          "ALTER TABLE note RENAME CONSTRAINT note_pkey TO pk",
          "CREATE TRIGGER first BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
          "CREATE TRIGGER last AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION late()",
          "CREATE TABLE other (id int); ALTER TABLE other ADD COLUMN n int DEFAULT 1; ALTER TABLE other RENAME TO another; DROP TABLE another",
          "CREATE TEMPORARY TABLE t (id int); DROP TABLE t",
          "CREATE TYPE mood AS ENUM ('ok'); ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; DROP TYPE mood",
          "CREATE SCHEMA s CREATE TABLE t (id int); ALTER SCHEMA s RENAME TO s2; DROP SCHEMA s2 CASCADE");

  @Test
  void whatWouldWeakenProtectionIsRefused() throws SQLException {
    database.run("CREATE TABLE plain (id int PRIMARY KEY)");
    database.run(
        "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.body := NULL; RETURN NEW; END'");
    for (String sql : WEAKENING) {
      assertEquals("RS011", database.refusal(sql), sql);
    }
    assertStillProtected();
  }

  @Test
  void whatPostgresRefusesByItself() throws SQLException {
    for (String sql : REFUSED_ANYWAY) {
      assertNotEquals("00000", database.refusal(sql), sql);
    }
    assertStillProtected();
  }

  @Test
  void harmlessCommandsPass() throws SQLException {
    database.run(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    for (String sql : HARMLESS) {
      assertEquals("00000", database.refusal(sql), sql);
    }
    assertStillProtected();
  }

  @Test
  void aNewColumnIsSignedFromNowOn() throws SQLException {
    database.run(insert(note(1, "one")));
    database.run("ALTER TABLE note ADD COLUMN mood text COLLATE \"C\"");

    Row old = note(2, "two").with("mood", null);
    Row unsigned = note(3, "three").with("mood", "sad");
    Row signed = Notes.note(ada, id, 4, "four", "glad");
    Row changed = Notes.note(ada, id, 5, "five", "glad").with("mood", "sad");
    database.run(insert(old));
    assertEquals("RS002", database.refusal(insert(unsigned)));
    database.run(insert(signed));
    assertEquals("RS002", database.refusal(insert(changed)));
    database.run(insert(note(5, "five")));

    assertEquals("5 five, 4 four, 2 two, 1 one", database.value(HISTORY));
    assertEquals("glad", database.value("SELECT max(mood) FROM note_versions"));
    assertEquals(null, database.value(FINDINGS));
    database.run(PROTECTION); // verifies all five
    assertEquals("RS011", database.refusal("ALTER TABLE note RENAME COLUMN mood TO temper"));
  }

  @Test
  void aColumnForLocalUseBecomesOneThroughProtect() throws SQLException {
    database.run(insert(note(1, "one")));
    database.run("ALTER TABLE note ADD COLUMN read_at timestamptz");
    database.run(PROTECTION.with("exclude", "{seen,read_at}"));
    database.run("ALTER TABLE note ALTER COLUMN read_at SET DEFAULT now()");
    database.run("UPDATE note SET read_at = now()");
    database.run(insert(note(2, "two")));
    assertEquals("2 two, 1 one", database.value(HISTORY));
    assertEquals(null, database.value(FINDINGS));
  }

  @Test
  void namesFollowARenamedTable() throws SQLException {
    database.run(insert(note(1, "one")));
    for (String rename :
        new String[] {
          "ALTER TABLE note_versions RENAME TO \"Older Notes\"",
          "ALTER TABLE card RENAME TO cards",
          "CREATE SCHEMA app",
          "ALTER TABLE note SET SCHEMA app",
          "ALTER TABLE cards SET SCHEMA app",
          "ALTER SCHEMA app RENAME TO \"App\"",
          "SET search_path = \"App\", public",
        }) {
      database.run(rename);
    }
    database.run(insert(note(2, "two")));
    assertEquals("RS002", database.refusal(insert(forged(3))));
    assertEquals("2 two, 1 one", database.value(history("\"Older Notes\"")));
    assertEquals(
        "\"App\".note public.\"Older Notes\" \"App\".cards",
        database.value(
            "SELECT concat_ws(' ', settings ->> 'table', settings ->> 'versions', settings ->> 'identities')"
                + " FROM rowseal.protected WHERE role = 'data'"));
    assertEquals(null, database.value(FINDINGS));
  }

  @Test
  void anIdentityTableMayBeRenamedByItsOwnerAlone() throws SQLException {
    database.run("DROP ROLE IF EXISTS registrar");
    database.run("CREATE ROLE registrar");
    database.run("GRANT CREATE ON SCHEMA public TO registrar");
    database.run("ALTER TABLE card OWNER TO registrar");
    database.run("GRANT SELECT ON card TO postgres");
    try (TestDatabase registrar = database.as("registrar")) {
      registrar.run("ALTER TABLE card RENAME TO cards");
      assertEquals("RS011", registrar.refusal("ALTER TABLE cards DISABLE TRIGGER USER"));
      assertEquals(
          "42501", registrar.refusal("SELECT rowseal_internal.begin_change('note'::regclass)"));
      assertEquals("42501", registrar.refusal("DELETE FROM rowseal_internal.guarded"));
    }
    database.run(insert(note(1, "one")));
    assertEquals("RS002", database.refusal(insert(forged(2))));
  }

  @Test
  void theViewOfTipsFollowsItsTable() throws SQLException {
    database.run("DROP ROLE IF EXISTS reader");
    database.run("CREATE ROLE reader");
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note_versions");
    database.run(
        "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash, id, sign_b64)");
    database.run(Notes.PROTECTION.with("layout", "one-table"));
    database.run("GRANT SELECT ON note, note_tips TO reader");
    database.run(insert(note(1, "one")));
    database.run("ALTER TABLE note ADD COLUMN mood text");
    database.run("CREATE SCHEMA app");
    database.run("GRANT USAGE ON SCHEMA app TO reader");
    database.run("ALTER TABLE note RENAME TO notice");
    database.run("ALTER TABLE notice SET SCHEMA app");
    database.run(Insert.into("app.notice").row(note(2, "two")));
    try (TestDatabase reader = database.as("reader")) {
      assertEquals("two", reader.value("SELECT concat(body, mood) FROM app.notice_tips"));
    }
    database.run("SELECT rowseal.unprotect('app.notice')");
    assertEquals(null, database.value("SELECT to_regclass('app.notice_tips')"));
  }

  @Test
  void theOwnerMayChange() throws SQLException {
    database.run("DROP ROLE IF EXISTS heir");
    database.run("CREATE ROLE heir");
    database.run("GRANT ALL ON card TO heir");
    database.run(insert(note(1, "one")));
    database.run("ALTER TABLE note OWNER TO heir");
    database.run(insert(note(2, "two")));
    assertEquals("2 two, 1 one", database.value(HISTORY));
    assertEquals(
        "heir heir",
        database.value(
            "SELECT string_agg(tableowner, ' ') FROM pg_tables WHERE tablename LIKE 'note%'"));
    assertTrue(database.value(FINDINGS).startsWith("identities of note"), "and nothing else");
  }

  @Test
  void protectAndUnprotectMayDoAll() throws SQLException {
    database.run(PROTECTION);
    database.run("SELECT rowseal.unprotect('note')");
    database.run("ALTER TABLE note RENAME COLUMN body TO text");
    database.run("ALTER TABLE note RENAME COLUMN text TO body");
    database.run("DROP TABLE note_versions");
    database.run(Notes.PROTECTION);
    database.run("DROP TABLE note");
    database.run("SELECT rowseal.protect_identities('card', on_stale => 'error')");
    database.run("DROP TABLE card");
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.guarded"));
  }

  @Test
  void wholeTablesMayGo() throws SQLException {
    database.run("DROP TABLE note, note_versions");
    database.run("DROP TABLE card");
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.guarded"));
  }

  /**
   * Tables keep their marks, which never fire, and the database the extension that names its host.
   */
  @Test
  void theExtensionMayGo() throws SQLException {
    database.run("DROP EXTENSION rowseal CASCADE");
    assertEquals(
        "zzz_rowseal_request D",
        database.value(
            "SELECT string_agg(DISTINCT tgname || ' ' || tgenabled::text, ', ') FROM pg_trigger WHERE tgname LIKE 'zzz_rowseal%'"));
    assertEquals("00000", database.refusal("ALTER TABLE note RENAME COLUMN body TO text"));
    database.run("DROP EXTENSION rowseal_" + (host == Host.PLJAVA ? "pljava" : "bridge"));
    assertEquals("0", database.value("SELECT count(*) FROM pg_event_trigger"));
  }

  @Test
  void cascadesRemoveAndChangeNothing() throws SQLException {
    database.run("CREATE TABLE plain (id int PRIMARY KEY)");
    database.run("INSERT INTO plain VALUES (0)");
    database.run(insert(note(1, "one")));
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run(
        "ALTER TABLE note ADD CONSTRAINT f FOREIGN KEY (seen) REFERENCES plain ON DELETE CASCADE");
    assertEquals("RS008", database.refusal("DELETE FROM plain"));
    assertEquals("RS008", database.refusal("TRUNCATE plain CASCADE"));
    database.run("ALTER TABLE note DROP CONSTRAINT f");
    database.run(
        "ALTER TABLE note ADD CONSTRAINT f FOREIGN KEY (user_hash) REFERENCES card ON UPDATE CASCADE ON DELETE SET NULL");
    assertEquals("RS008", database.refusal("DELETE FROM card"));
    assertEquals("RS007", database.refusal("UPDATE card SET user_hash = '\\x01'"));
    assertEquals("1 one", database.value(HISTORY));
  }

  @Test
  void partitionsComeVerifiedAndDoNotGo() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note, note_versions");
    database.run(Notes.TABLE.clause("PARTITION BY HASH (user_hash)"));
    database.run("CREATE TABLE note_0 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 0)");
    database.run(Notes.PROTECTION);
    database.run(Notes.TABLE.as("note_1"));
    String attach =
        "ALTER TABLE note ATTACH PARTITION note_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)";
    Owner bob = ownerIn("note_1");
    database.run(Cards.insert(bob.card(1, "Bob")));
    Row genuine = Notes.note(bob, id, 1, "one");
    database.run(Insert.into("note_1").row(genuine.with("body", "forged")));
    assertEquals("RS011", database.refusal(attach));
    database.run("DELETE FROM note_1");
    database.run(Insert.into("note_1").row(genuine));
    database.run(attach);

    assertEquals("RS008", database.refusal("TRUNCATE note_1"));
    for (String sql :
        new String[] {
          "ALTER TABLE note DETACH PARTITION note_1",
          "DROP TABLE note_1",
          "ALTER TABLE note_1 DISABLE TRIGGER ALL",
          "ALTER TABLE note_1 SET UNLOGGED",
          "CREATE UNIQUE INDEX ON note_1 (body)",
          "CREATE TRIGGER zzzz BEFORE INSERT ON note_1 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        }) {
      assertEquals("RS011", database.refusal(sql), sql);
    }
    assertEquals(null, database.value(FINDINGS));
    database.run("DROP TABLE note");
  }

  @Test
  void enumLabelsThatOwnersSignedStay() throws SQLException {
    database.run("CREATE TYPE mood AS ENUM ('glad')");
    database.run("ALTER TABLE note ADD COLUMN mood mood");
    database.run("ALTER TYPE mood ADD VALUE 'sad'");
    assertEquals("RS011", database.refusal("ALTER TYPE mood RENAME VALUE 'glad' TO 'happy'"));
    assertEquals("RS011", database.refusal("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'"));
  }

  /** An owner whose rows a fresh partition of two would take. */
  private Owner ownerIn(String partition) throws SQLException {
    for (; ; ) {
      Owner owner = new Owner(SignatureAlgorithm.ED25519);
      String fits =
          database.value(
              "SELECT satisfies_hash_partition('note'::regclass, 2, 1, ?::bytea)", owner.id());
      if (fits.equals("t")) {
        return owner;
      }
    }
  }

  private void assertStillProtected() throws SQLException {
    database.run("RESET session_replication_role");
    database.run(insert(note(1, "one")));
    assertEquals("RS002", database.refusal(insert(forged(2))));
    assertEquals("RS002", database.refusal(Insert.into("note_versions").row(forged(2))));
    assertEquals("RS008", database.refusal("DELETE FROM note"));
    assertEquals("RS008", database.refusal("TRUNCATE note_versions"));
    database.run(insert(note(2, "two")));
    assertEquals("2 two, 1 one", database.value(HISTORY));
    assertEquals(null, database.value(FINDINGS));
  }
}
