package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code rowseal.doctor()} finds every switch that can be off, and nothing else. */
@OnEachHost
class DoctorIT extends VersionedNotes {
  private static final String FINDINGS =
      "SELECT string_agg(concat_ws(' ', \"check\", \"table\", replace(finding, 'public.', '')), '; ' ORDER BY \"check\", \"table\"::text) FROM rowseal.doctor() WHERE NOT ok";

  @Test
  void allIsWellToBeginWith() throws SQLException {
    assertEquals(null, database.value(FINDINGS));
    assertEquals(
        "9 42",
        database.value(
            "SELECT concat(count(*) FILTER (WHERE \"table\" IS NULL), ' ', count(\"table\")) FROM rowseal.doctor()"));
    assertEquals(
        "0",
        database.value(
            "SELECT count(*) FROM rowseal.doctor() WHERE ok <> (finding IS NULL AND remedy IS NULL)"));
  }

  /**
   * What a superuser can do when the guards are off, and what doctor says once they are on again.
   */
  private static final String[] SWITCHES_OF_TABLES = {
    "ALTER TABLE note DISABLE TRIGGER zzz_rowseal_insert | triggers note the trigger zzz_rowseal_insert of note is disabled",
    "ALTER TABLE note ENABLE TRIGGER zzz_rowseal_update | triggers note the trigger zzz_rowseal_update of note is not ENABLE ALWAYS",
    "ALTER TABLE note_versions DISABLE TRIGGER zzz_rowseal_truncate | triggers note_versions the trigger zzz_rowseal_truncate of note_versions is disabled",
    "DROP TRIGGER zzz_rowseal_delete ON card | triggers card the trigger zzz_rowseal_delete of card is missing",
    "CREATE OR REPLACE TRIGGER zzz_rowseal_delete BEFORE DELETE ON note FOR EACH ROW WHEN (false) EXECUTE FUNCTION rowseal_internal.refuse_removal(); ALTER TABLE note ENABLE ALWAYS TRIGGER zzz_rowseal_delete | triggers note the trigger zzz_rowseal_delete of note is not as protect makes it",
    "ALTER FUNCTION rowseal_internal.on_insert_note() SECURITY INVOKER | functions note rowseal_internal.on_insert_note() is not as protect makes it",
    "CREATE OR REPLACE FUNCTION rowseal_internal.on_insert_note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN NEW; END' | functions note rowseal_internal.on_insert_note() is not as protect makes it",
    "ALTER FUNCTION rowseal_internal.on_card_card() RESET search_path | functions card rowseal_internal.on_card_card() is not as protect makes it",
    "ALTER TABLE note ADD COLUMN extra int | columns note the column extra is neither signed nor listed in exclude; functions note rowseal_internal.on_update_note() is not as protect makes it",
    "ALTER TABLE card ADD COLUMN extra int | columns card the column extra is neither signed nor listed in exclude; functions card rowseal_internal.on_update_card() is not as protect makes it",
    "ALTER TABLE card REPLICA IDENTITY NOTHING | replica identity card card has REPLICA IDENTITY NOTHING, so a published UPDATE fails",
    "CREATE PUBLICATION p FOR TABLE card | publications card p publishes DELETE; p publishes TRUNCATE",
    "ALTER TABLE card REPLICA IDENTITY FULL; CREATE PUBLICATION electric_publication_default FOR TABLE card |",
    "ALTER TABLE card REPLICA IDENTITY FULL; CREATE PUBLICATION electric_publication_default FOR TABLE card WITH (publish = 'update') | publications card electric_publication_default does not publish INSERT",
    "ALTER TABLE card REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE card (user_hash, sign_pkey, name, deleted_flag, owner_timestamp, sign_b64) WITH (publish = 'insert, update') | replica identity card card has REPLICA IDENTITY FULL, and p publishes a list of its columns, so every UPDATE fails with 42P10, and so does every newer version",
    "ALTER TABLE card REPLICA IDENTITY FULL; CREATE PUBLICATION p FOR TABLE card (user_hash, sign_pkey, name, deleted_flag, owner_timestamp, sign_b64) WITH (publish = 'insert') | publications card p does not publish UPDATE",
    "CREATE PUBLICATION p FOR TABLE card WITH (publish = 'insert') | publications card p does not publish UPDATE",
    "CREATE PUBLICATION p FOR TABLE card WITH (publish = 'update') | publications card p does not publish INSERT",
    "CREATE PUBLICATION p FOR TABLE card (user_hash, sign_pkey, sign_b64) WITH (publish = 'insert, update') | publications card p leaves out signed columns",
    "CREATE PUBLICATION p FOR TABLE card WHERE (user_hash > '') WITH (publish = 'insert, update') | publications card p leaves out rows",
    "CREATE PUBLICATION p FOR TABLES IN SCHEMA rowseal WITH (publish = 'insert, update') | own tables the publication p publishes Rowseal's own tables",
    "CREATE RULE r AS ON INSERT TO card DO INSTEAD NOTHING | laws card a rewrite rule changes writes before a trigger sees them; drop the rule",
    "CREATE UNIQUE INDEX u ON card (name) | laws card the unique or exclusion index u would make acceptance depend on other rows, so peers would diverge; make it a plain index",
    "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash) | key note the primary key is (user_hash), not (user_hash, id)",
    "ALTER TABLE card OWNER TO pg_monitor | functions card rowseal_internal.card_card(bytea) runs as postgres, not as pg_monitor; rowseal_internal.image_card(jsonb) runs as postgres, not as pg_monitor; rowseal_internal.look_card(bytea,bigint,bytea,bytea,bytea) runs as postgres, not as pg_monitor; rowseal_internal.replace_card(anyelement) runs as postgres, not as pg_monitor; identities note card belongs to pg_monitor, who can unprotect it and put in any key; identities note_versions card belongs to pg_monitor, who can unprotect it and put in any key",
    "DELETE FROM rowseal_internal.guarded WHERE relation = 'card'::regclass | guarded card DDL on this table is not watched",
    "INSERT INTO rowseal_internal.parked (kind, \"table\", owner, row, bytes, digest, code, reason) VALUES ('quarantine', 'note', '', '{}', 1, '', 'RS002', '') | parked note 1 rows in quarantine",
    "INSERT INTO rowseal_internal.parked (kind, \"table\", identities, owner, row, bytes, digest, code, reason, parked_at) VALUES ('deferred', 'note', 'card', '', '{}', 1, '', 'RS003', '', now() - interval '2 hours') | parked note 1 rows have waited for a card for more than an hour",
    "INSERT INTO rowseal_internal.parked (kind, \"table\", identities, owner, row, bytes, digest, code, reason) VALUES ('deferred', 'note', 'card', '', '{}', 1, '', 'RS003', '') |",
  };

  @Test
  void switchesOfTables() throws SQLException {
    database.connection().setAutoCommit(false);
    for (String line : SWITCHES_OF_TABLES) {
      database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
      database.run("ALTER EVENT TRIGGER rowseal_guard_drops DISABLE");
      database.run(line.split(" \\|")[0]);
      database.run("ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS");
      database.run("ALTER EVENT TRIGGER rowseal_guard_drops ENABLE ALWAYS");
      assertFinding(line);
    }
  }

  private static final String[] SWITCHES_OF_THE_INSTALLATION = {
    "ALTER EVENT TRIGGER rowseal_guard_changes DISABLE | guards the event trigger rowseal_guard_changes is disabled",
    "ALTER EVENT TRIGGER rowseal_guard_starts DISABLE | guards the event trigger rowseal_guard_starts is disabled",
    "ALTER EVENT TRIGGER rowseal_guard_rewrites ENABLE REPLICA | guards the event trigger rowseal_guard_rewrites is not ENABLE ALWAYS",
    "ALTER EVENT TRIGGER rowseal_guard_drops ENABLE | guards the event trigger rowseal_guard_drops is not ENABLE ALWAYS",
    "ALTER EXTENSION rowseal DROP EVENT TRIGGER rowseal_guard_drops; DROP EVENT TRIGGER rowseal_guard_drops | guards the event trigger rowseal_guard_drops is missing",
    "UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'rowseal' | version the extension is version 0.0.9, but rowseal.jar is version 0.1.0",
    "CREATE OR REPLACE FUNCTION rowseal_internal.jvm_options() RETURNS text LANGUAGE sql AS $$SELECT '-Xmx64m -Xss4m -Xshare:off'$$ | jvm options without -XX:+UseSerialGC, so that each connection runs the threads of a parallel collector",
    "CREATE OR REPLACE FUNCTION rowseal_internal.jvm_options() RETURNS text LANGUAGE sql AS $$SELECT '-XX:+UseSerialGC -Xss4m -Xshare:off'$$ | jvm options without -Xmx, which bounds the memory of each connection",
    "CREATE OR REPLACE FUNCTION rowseal_internal.jvm_options() RETURNS text LANGUAGE sql AS $$SELECT '-XX:+UseSerialGC -Xmx64m -Xshare:off'$$ | jvm options a recursion is an error at 2MB only (max_stack_depth), but Java's stack ends at 1024 kB, and the server with it: set -Xss to 1 MB more at least",
    "ALTER ROLE rowseal_auditor LOGIN | roles the role rowseal_auditor may log in, or is a superuser, so it was made for something else",
    "CREATE OR REPLACE FUNCTION rowseal_internal.signals() RETURNS text LANGUAGE sql AS $$SELECT 'no reason'$$ | signals a backend that waits does not hear at once that it is cancelled or ended: no reason",
  };

  @Test
  void switchesOfTheInstallation() throws SQLException {
    database.connection().setAutoCommit(false);
    for (String line : SWITCHES_OF_THE_INSTALLATION) {
      database.run(line.split(" \\|")[0]);
      assertFinding(line);
    }
  }

  private void assertFinding(String line) throws SQLException {
    String[] parts = line.split(" \\| ?");
    assertEquals(parts.length == 1 ? null : parts[1], database.value(FINDINGS), line);
    database.connection().rollback();
  }

  /** What the finding about column lists says happens, happens. */
  @Test
  void aColumnListUnderFullStopsNewerVersions() throws SQLException {
    database.run("ALTER TABLE note REPLICA IDENTITY FULL");
    database.run(
        "CREATE PUBLICATION p FOR TABLE note (user_hash, id, body, size, written, tags, weight, code, deleted_flag, owner_timestamp, sign_b64) WITH (publish = 'insert, update')");
    database.run(insert(note(1, "one")));
    assertEquals("42P10", database.refusal(insert(note(2, "two"))));
    assertTrue(database.value(FINDINGS).contains("42P10"));
    database.run("ALTER TABLE note REPLICA IDENTITY DEFAULT");
    assertEquals("00000", database.refusal(insert(note(2, "two"))));
    assertEquals(null, database.value(FINDINGS));
  }

  @Test
  void theOptionsOfTheRunningJvmAreTheOnesThatAreLookedAt() throws SQLException {
    assertTrue(database.value("SELECT rowseal_internal.jvm_options()").contains("-Xmx128m"));
  }

  /** Java goes on without an archive that it cannot use, and says nothing. */
  @ParameterizedTest
  @CsvSource({
    "classes.jsa, classes.jsa,",
    "classes.jsa, rowseal.jar, Java does not use the archive of classes",
    "classes.jsa, nowhere.jsa, Java does not use the archive of classes",
    "-XX:SharedArchiveFile=, -Dnone=, there is no archive of classes",
  })
  void anArchiveOfClassesThatIsNotUsed(String of, String with, String finding) throws SQLException {
    try (TestDatabase connection = database.as("postgres")) {
      if (host == Host.PLJAVA) {
        connection.run(
            "SELECT set_config('pljava.vmoptions', replace(current_setting('pljava.vmoptions'), ?, ?), false)",
            of,
            with);
      }
      String found = connection.value(FINDINGS);
      assertEquals(host == Host.PLJAVA && finding != null, found != null, found);
      assertTrue(found == null || found.contains(finding), found);
    }
  }

  @Test
  void aHostThatDoesNotRun() throws SQLException {
    database.run(
        "CREATE OR REPLACE FUNCTION rowseal.version() RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'no such library'; END$$");
    assertEquals("host Java does not run: no such library", database.value(FINDINGS));
  }

  @Test
  void protectionThatIsGoneWithoutUnprotect() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_drops DISABLE");
    for (String name : new String[] {"insert", "update", "delete", "truncate"}) {
      database.run("DROP TRIGGER zzz_rowseal_" + name + " ON note");
    }
    database.run("ALTER EVENT TRIGGER rowseal_guard_drops ENABLE ALWAYS");
    assertTrue(
        database
            .value(FINDINGS)
            .contains("triggers note the trigger zzz_rowseal_insert, which holds the settings,"));
  }

  @Test
  void itIsForAuditors() throws SQLException {
    database.run("DROP ROLE IF EXISTS inspector");
    database.run("CREATE ROLE inspector");
    try (TestDatabase inspector = database.as("inspector")) {
      assertEquals("42501", inspector.refusal("SELECT * FROM rowseal.doctor()"));
      database.run("GRANT rowseal_auditor TO inspector");
      assertEquals(null, inspector.value(FINDINGS));
    }
  }
}
