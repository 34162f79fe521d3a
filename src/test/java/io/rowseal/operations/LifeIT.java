package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A protected database is dumped and restored into a server that never saw it. */
@OnEachHost
class LifeIT extends VersionedNotes {
  private static final String ALL_ROWS =
      "SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM (SELECT card::text FROM card UNION ALL SELECT note::text FROM note"
          + " UNION ALL SELECT note_versions::text FROM note_versions UNION ALL SELECT concat(kind, \"table\", row, code) FROM rowseal_internal.parked"
          + " UNION ALL SELECT concat(\"table\", settings) FROM rowseal.protected) AS t";
  private static final String FINDINGS =
      "SELECT string_agg(concat_ws(' ', \"check\", \"table\", replace(finding, 'public.', '')), '; ' ORDER BY \"check\") FROM rowseal.doctor() WHERE NOT ok";

  private static final String MAKE_KEEPER =
      "DO 'BEGIN CREATE ROLE keeper; EXCEPTION WHEN duplicate_object THEN NULL; END'";

  private static Server fresh;
  private final String dump = "/tmp/rowseal-dump-" + UUID.randomUUID();

  @BeforeAll
  static void start() {
    fresh = Server.start();
  }

  @AfterAll
  static void stop() {
    fresh.close();
  }

  @BeforeEach
  void fill() throws SQLException {
    database.run(MAKE_KEEPER);
    try (TestDatabase target = TestDatabase.empty(fresh, host)) {
      target.run(MAKE_KEEPER); // roles are not in the dump of a database
    }
    database.run("ALTER TABLE card OWNER TO keeper");
    database.run("ALTER TABLE note OWNER TO keeper");
    database.run(PROTECTION.with("on_unknown_owner", "defer"));
    database.run(insert(note(1, "one")));
    database.run(insert(note(3, "three")));
    database.run(insert(note(2, "two")));
    Owner stranger = new Owner(SignatureAlgorithm.ED25519);
    database.run(insert(Notes.note(stranger, id, 1, "deferred")));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.deferred"));
  }

  @AfterEach
  void removeDump() throws IOException {
    if (Files.exists(Path.of(dump))) {
      try (Stream<Path> files = Files.walk(Path.of(dump))) {
        List<Path> all = files.sorted(Comparator.reverseOrder()).toList();
        for (Path file : all) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void customFormat() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "-d", to, dump);
        });
  }

  @Test
  void parallel() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fd", "-j", "3", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "-j", "3", "-d", to, dump);
        });
  }

  @Test
  void plain() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-f", dump, "-d", from);
          from("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, "-d", to);
        });
  }

  /** Here the triggers see every row. */
  @Test
  void schemaThenData() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "--schema-only", "-d", to, dump);
          from("pg_restore", "--exit-on-error", "--data-only", "-d", to, dump);
        });
  }

  @Test
  void schemaThenForgedData() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_update");
    database.run("UPDATE note SET body = 'forged'");
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      from("pg_dump", "-Fc", "-f", dump, "-d", Server.shared().connectionString(database.name()));
      String to = fresh.connectionString(restored.name());
      from("pg_restore", "--exit-on-error", "--schema-only", "-d", to, dump);
      assertTrue(
          failure("pg_restore", "--exit-on-error", "--data-only", "-d", to, dump)
              .contains("signature does not verify"));
    }
  }

  @Test
  void inserts() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "--inserts", "-f", dump, "-d", from);
          from("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, "-d", to);
        });
  }

  @Test
  void sections() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          for (String section : List.of("pre-data", "data", "post-data")) {
            from("pg_restore", "--exit-on-error", "--section", section, "-d", to, dump);
          }
        });
  }

  /** Into tables that are protected already, with rows in them. */
  @Test
  void dataOnlyAgain() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "-d", to, dump);
          from("pg_dump", "--data-only", "-t", "card", "-t", "note*", "-f", dump, "-d", from);
          from("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", dump, "-d", to);
        });
  }

  @Test
  void triggersAreNotDisabledForData() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "-d", to, dump);
          assertTrue(
              failure(
                      "pg_restore",
                      "--data-only",
                      "--disable-triggers",
                      "-t",
                      "note",
                      "-d",
                      to,
                      dump)
                  .contains("would weaken protection: public.note: the trigger zzz_rowseal_"));
        });
  }

  /** What is protected is not cleaned away piece by piece, and stays as it is. */
  @Test
  void cleanIsRefused() throws SQLException {
    restore(
        (from, to) -> {
          from("pg_dump", "-Fc", "-f", dump, "-d", from);
          from("pg_restore", "--exit-on-error", "-d", to, dump);
          assertTrue(
              failure("pg_restore", "--clean", "--if-exists", "-d", to, dump)
                  .contains("would weaken protection"));
        });
  }

  /** A dump of tables or of a schema has the triggers, but not their functions. */
  @ParameterizedTest
  @ValueSource(strings = {"--table=note* --table=card", "--schema=public"})
  void withoutTheFunctions(String selection) throws SQLException {
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      restored.run(
          "CREATE EXTENSION IF NOT EXISTS rowseal VERSION '"
              + host.extensionVersion()
              + "' CASCADE");
      restoreSome(selection, restored);
      assertHalfProtected(restored);

      restored.run(Cards.PROTECTION);
      restored.run(PROTECTION);
      assertEquals(null, restored.value(FINDINGS));
      restored.run(insert(note(4, "four")));
      assertEquals("RS002", restored.refusal(insert(forged(5))));
    }
  }

  @Test
  void withoutTheFunctionsAndOpenedAgain() throws SQLException {
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      restored.run(
          "CREATE EXTENSION IF NOT EXISTS rowseal VERSION '"
              + host.extensionVersion()
              + "' CASCADE");
      restoreSome("--table=note", restored);
      restored.run("SELECT rowseal.unprotect('note')");
      assertEquals(null, restored.value(FINDINGS));
      restored.run("UPDATE note SET body = 'changed'");
      restored.run("DELETE FROM note");
    }
  }

  /** Where Rowseal comes only afterwards. */
  @Test
  void beforeTheExtension() throws SQLException {
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      restored.run("DROP EXTENSION IF EXISTS rowseal");
      restoreSome("--table=note* --table=card", restored);
      assertEquals("3", restored.value("SELECT owner_timestamp FROM note"));
      restored.run("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "' CASCADE");
      assertHalfProtected(restored);
      restored.run(Cards.PROTECTION);
      restored.run(PROTECTION);
      assertEquals(null, restored.value(FINDINGS));
    }
  }

  private void restoreSome(String selection, TestDatabase to) {
    List<String> command = new ArrayList<>(List.of(selection.split(" ")));
    command.addAll(
        List.of("-Fc", "-f", dump, "-d", Server.shared().connectionString(database.name())));
    from("pg_dump", command.toArray(String[]::new));
    assertTrue(
        failure("pg_restore", "-d", fresh.connectionString(to.name()), dump).contains("errors"));
  }

  private void assertHalfProtected(TestDatabase restored) throws SQLException {
    assertEquals(
        "card, note, note_versions",
        restored.value(
            "SELECT string_agg(\"table\"::text, ', ' ORDER BY \"table\"::text) FROM rowseal.doctor()"
                + " WHERE finding LIKE 'the trigger zzz_rowseal_insert, which holds the settings, is missing%'"));
    assertEquals("RS012", restored.refusal(insert(Notes.note(ada, UUID.randomUUID(), 1, "new"))));
    assertEquals("RS012", restored.refusal("UPDATE note SET body = 'changed'"));
    assertEquals("RS012", restored.refusal("INSERT INTO note_versions SELECT * FROM note"));
  }

  /** CREATE EXTENSION in a dump names no version, so it would mean the server's default host. */
  @Test
  void theHostIsTheDatabasesOwn() throws SQLException, IOException {
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      Path control =
          Path.of(
              restored.value("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'"),
              "extension/rowseal.control");
      assumeTrue(Files.isWritable(control), "the server's files are elsewhere");
      String before = Files.readString(control);
      Host other = host == Host.PLJAVA ? Host.BRIDGE : Host.PLJAVA;
      Files.writeString(
          control,
          before.replaceAll(
              "default_version = .*", "default_version = '" + other.extensionVersion() + "'"));
      try {
        from("pg_dump", "-Fc", "-f", dump, "-d", Server.shared().connectionString(database.name()));
        from("pg_restore", "--exit-on-error", "-d", fresh.connectionString(restored.name()), dump);
      } finally {
        Files.writeString(control, before);
      }
      assertTrue(restored.value("SELECT rowseal.version()").contains(host.label()));
      assertEquals(null, restored.value(FINDINGS));
    }
  }

  /** To another host one goes by a dump, and the extension is made before it is restored. */
  @Test
  void aDumpChangesTheHost() throws SQLException {
    Host other = host == Host.PLJAVA ? Host.BRIDGE : Host.PLJAVA;
    assumeTrue(fresh.hosts().contains(other), "a change of the host, for there is one only");
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      restored.run("CREATE EXTENSION rowseal VERSION '" + other.extensionVersion() + "' CASCADE");
      from("pg_dump", "-Fc", "-f", dump, "-d", Server.shared().connectionString(database.name()));
      from("pg_restore", "--exit-on-error", "-d", fresh.connectionString(restored.name()), dump);
      assertTrue(restored.value("SELECT rowseal.version()").contains(other.label()));
      assertEquals(null, restored.value(FINDINGS));
      restored.run(insert(note(4, "four")));
      assertEquals("4 four, 3 three, 2 two, 1 one", restored.value(HISTORY));
    }
  }

  /** The dump of the triggers knows the switch that was off, so does doctor after the restore. */
  @Test
  void aSwitchThatWasOffIsFound() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_update");
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      from("pg_dump", "-Fc", "-f", dump, "-d", Server.shared().connectionString(database.name()));
      from("pg_restore", "--exit-on-error", "-d", fresh.connectionString(restored.name()), dump);
      assertEquals(
          "guarded note DDL on this table is not watched; triggers note the trigger zzz_rowseal_update of note is disabled",
          restored.value(FINDINGS));
    }
  }

  private void restore(BiConsumer<String, String> how) throws SQLException {
    try (TestDatabase restored = TestDatabase.empty(fresh, host)) {
      how.accept(
          Server.shared().connectionString(database.name()),
          fresh.connectionString(restored.name()));
      assertEquals(database.value(ALL_ROWS), restored.value(ALL_ROWS));
      assertEquals("3 three, 2 two, 1 one", restored.value(HISTORY));
      assertEquals(null, restored.value(FINDINGS));
      assertEquals("0", restored.value("SELECT count(*) FROM rowseal.verify('note')"));
      assertEquals("RS002", restored.refusal(insert(forged(4))));
      assertEquals("RS008", restored.refusal("DELETE FROM note_versions"));
      assertEquals("RS011", restored.refusal("ALTER TABLE note DISABLE TRIGGER ALL"));
      restored.run(insert(note(4, "four")));
      assertEquals("4 four, 3 three, 2 two, 1 one", restored.value(HISTORY));
    }
  }

  /** Runs a program where both servers can be reached. */
  private static String from(String program, String... arguments) {
    return Server.shared().program(program, arguments);
  }

  private static String failure(String program, String... arguments) {
    try {
      from(program, arguments);
      return "";
    } catch (UncheckedIOException e) {
      return e.getMessage();
    }
  }
}
