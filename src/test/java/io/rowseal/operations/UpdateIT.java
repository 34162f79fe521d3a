package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * From this version to a next one, which the test makes up: the same files under another number,
 * and an update script that changes how rows are enforced.
 */
@OnEachHost
class UpdateIT extends VersionedNotes {
  private static final String VERSION = Host.PLJAVA.extensionVersion();
  private static final String NEXT = VERSION.replaceAll("\\d+$", "9");
  private static final String UPDATE =
      """
      DO $do$
      BEGIN
          EXECUTE replace(pg_get_functiondef('rowseal_internal.template_insert_two_tables()'::regprocedure), 'made by', 'made anew by');
      END
      $do$;
      CREATE OR REPLACE FUNCTION rowseal.text(value anyelement) RETURNS text
      LANGUAGE sql STABLE STRICT PARALLEL SAFE
      SET search_path = pg_catalog, pg_temp SET DateStyle = 'ISO' SET TimeZone = 'UTC' SET IntervalStyle = 'postgres'
      SET extra_float_digits = 1 SET bytea_output = 'hex'
      AS $$ SELECT pg_catalog.format('%1$s', value) $$;
      """;
  private static final String FINDINGS =
      "SELECT string_agg(concat_ws(' ', \"check\", \"table\", finding), '; ') FROM rowseal.doctor() WHERE NOT ok";

  @AutoClose private final Server server = Server.start();

  @Override
  protected Server server() {
    return server;
  }

  @Test
  void jarAndExtensionGoTogether() throws SQLException, IOException {
    Path files = Path.of(database.value("SELECT setting FROM pg_config WHERE name = 'SHAREDIR'"));
    assumeTrue(
        Files.isWritable(files.resolve("rowseal/rowseal.jar")), "the server's files are elsewhere");
    String next = host.extensionVersion().replace(VERSION, NEXT);
    String update = "ALTER EXTENSION rowseal UPDATE TO '" + next + "'";
    installScripts(files.resolve("extension"), host.extensionVersion(), next);
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));

    // The scripts of the next version with the old jar.
    try (TestDatabase other = TestDatabase.empty(server, host)) {
      other.run("DROP EXTENSION IF EXISTS rowseal");
      assertEquals(
          "RS012", other.refusal("CREATE EXTENSION rowseal VERSION '" + next + "' CASCADE"));
    }
    assertEquals("RS012", database.refusal(update));
    assertEquals(
        host.extensionVersion(),
        database.value("SELECT extversion FROM pg_extension WHERE extname = 'rowseal'"));

    // The next jar with the old scripts.
    installJar(files.resolve("rowseal/rowseal.jar"));
    try (TestDatabase connected = database.as("postgres")) {
      assertTrue(
          connected.value(FINDINGS).startsWith("version the extension is version " + VERSION));
      connected.run(insert(note(3, "three")));

      connected.run(update);
      // Not by install.sh, so the archive of classes is of the former jar.
      String left = connected.value(FINDINGS);
      assertTrue(
          host == Host.PLJAVA
              ? left.matches("class archive [^;]*does not use[^;]*other jars")
              : left == null,
          left);
      assertNotNull(
          connected.value(
              "SELECT 1 FROM pg_proc WHERE proname = 'on_insert_note' AND prosrc LIKE '%made anew by%'"));
      connected.run(insert(note(4, "four")));
      assertEquals("RS002", connected.refusal(insert(forged(5))));
      assertEquals("4 four, 3 three, 2 two, 1 one", connected.value(HISTORY));
      assertEquals("RS011", connected.refusal("ALTER TABLE note DISABLE TRIGGER ALL"));
      connected.run("SELECT rowseal.validate('note')"); // verifies every row
    }
  }

  private static void installScripts(Path extension, String version, String next)
      throws IOException {
    for (String name : new String[] {"rowseal--%s.sql", "rowseal--%s.control"}) {
      Files.copy(
          extension.resolve(name.formatted(version)), extension.resolve(name.formatted(next)));
    }
    Files.writeString(extension.resolve("rowseal--" + version + "--" + next + ".sql"), UPDATE);
  }

  /** The same classes, in which the version is another. */
  private static void installJar(Path jar) throws IOException {
    Path made = jar.resolveSibling("next.jar");
    try (ZipFile from = new ZipFile(jar.toFile());
        OutputStream file = Files.newOutputStream(made);
        ZipOutputStream to = new ZipOutputStream(file)) {
      for (ZipEntry entry : Collections.list(from.entries())) {
        byte[] content = from.getInputStream(entry).readAllBytes();
        to.putNextEntry(new ZipEntry(entry.getName()));
        to.write(
            entry.getName().equals("io/rowseal/host/EntryPoints.class")
                ? renumber(content)
                : content);
        to.closeEntry();
      }
    }
    Files.move(made, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static byte[] renumber(byte[] classFile) {
    String bytes = new String(classFile, StandardCharsets.ISO_8859_1);
    return bytes.replace(VERSION, NEXT).getBytes(StandardCharsets.ISO_8859_1);
  }
}
