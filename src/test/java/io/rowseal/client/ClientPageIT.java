package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.testing.clients.ForeignClient;
import io.rowseal.testing.clients.ForeignClient.Outcome;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Sql;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bouncycastle.crypto.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** What the pages for client authors print works as printed. */
@OnEachHost
class ClientPageIT {
  private static final Path PAGE = Path.of("docs/clients.md");
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin");

  @Parameter Host host;
  @TempDir Path directory;

  private static String snippet(Path page, String language) throws IOException {
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(Files.readString(page))
        .results()
        .map(match -> match.group(1))
        .findFirst()
        .orElseThrow();
  }

  /** The tables of the README. */
  private TestDatabase database() throws SQLException, IOException {
    TestDatabase database = TestDatabase.create(host);
    database.run(
        snippet(Path.of("README.md"), "sql").replace("CREATE EXTENSION rowseal CASCADE;", ""));
    return database;
  }

  @Test
  void theQuickStartInJavaScript() throws Exception {
    ForeignClient.JAVASCRIPT.install();
    Path program =
        Files.writeString(
            ForeignClient.JAVASCRIPT.directory().resolve("test/quickstart.mjs"),
            snippet(PAGE, "js"));
    Map<String, List<Map<String, String>>> rows =
        new ObjectMapper()
            .readValue(
                ForeignClient.run(
                    ForeignClient.JAVASCRIPT.directory(),
                    "",
                    "node",
                    program.toAbsolutePath().toString()),
                new TypeReference<>() {});
    try (TestDatabase database = database()) {
      for (String table : List.of("user_cards", "notes")) {
        for (Map<String, String> row : rows.get(table)) {
          database.run(Insert.into(table).row(row));
        }
      }
      assertEquals(
          "hello again true", database.value("SELECT body || ' ' || deleted_flag FROM notes"));
      assertEquals("2", database.value("SELECT count(*) FROM notes_versions"));
    }
  }

  /** By the artifact for applications and Bouncy Castle alone; the driver is there when it runs. */
  @Test
  void theQuickStartInJava() throws Exception {
    String client =
        Path.of("target/rowseal-" + version() + "-client.jar").toAbsolutePath().toString();
    String needed = String.join(File.pathSeparator, client, location(Digest.class));
    Files.writeString(directory.resolve("QuickStart.java"), snippet(PAGE, "java"));
    ForeignClient.run(
        directory,
        "",
        JAVA.resolve("javac").toString(),
        "-Xlint:all",
        "-Werror",
        "-cp",
        needed,
        "QuickStart.java");
    try (TestDatabase database = database()) {
      Outcome outcome =
          ForeignClient.attempt(
              directory,
              "",
              List.of(
                  JAVA.resolve("java").toString(),
                  "-cp",
                  String.join(
                      File.pathSeparator, ".", needed, location(org.postgresql.Driver.class)),
                  "QuickStart",
                  database.url()));
      assertEquals("hello", outcome.output().strip());
      assertEquals("1", database.value("SELECT count(*) FROM notes"));
    }
  }

  /** Whoever depends on the artifact gets nothing of the extension. */
  @Test
  void theArtifactHoldsTheClientAlone() throws Exception {
    String listed =
        ForeignClient.run(
            directory,
            "",
            JAVA.resolve("jar").toString(),
            "tf",
            Path.of("target/rowseal-" + version() + "-client.jar").toAbsolutePath().toString());
    assertEquals(
        "client, encoding, error, signature",
        listed
            .lines()
            .filter(name -> name.endsWith(".class"))
            .map(name -> name.split("/")[2])
            .distinct()
            .sorted()
            .collect(Collectors.joining(", ")));
    String extension =
        ForeignClient.run(
            directory,
            "",
            JAVA.resolve("jar").toString(),
            "tf",
            Path.of("target/extension/rowseal.jar").toAbsolutePath().toString());
    assertTrue(extension.contains("io/rowseal/enforcement/"));
    assertTrue(!extension.contains("io/rowseal/client/"));
  }

  /** The table "sent, stored and signed" of the page about the format. */
  @Test
  void whatIsSentIsSignedAsThePageSays() throws Exception {
    String page = Files.readString(Path.of("docs/signing-format.md"));
    String table =
        page.substring(
            page.indexOf("| column | sent |"), page.indexOf("So sign the right-hand side"));
    List<MatchResult> lines =
        Pattern.compile("^\\| `(.*)` \\| `(.*)` \\| `(.*)` \\|$", Pattern.MULTILINE)
            .matcher(table)
            .results()
            .toList();
    assertTrue(lines.size() > 15);
    try (TestDatabase database = TestDatabase.create(host)) {
      for (MatchResult line : lines) {
        database.run("CREATE TEMP TABLE sent (x " + line.group(1) + ")");
        database.run("INSERT INTO sent VALUES (" + Sql.literal(line.group(2)) + ")");
        assertEquals(
            line.group(3), database.value("SELECT rowseal.text(x) FROM sent"), line.group());
        database.run("DROP TABLE sent");
      }
    }
  }

  /** The examples in the table of types: PostgreSQL prints each as it stands there. */
  @Test
  void whatIsSignedLooksAsThePageSays() throws Exception {
    String page = Files.readString(Path.of("docs/signing-format.md"));
    List<String> lines =
        page.substring(
                page.indexOf("| type | text that is signed |"),
                page.indexOf("What is signed is what is *stored*"))
            .lines()
            .filter(line -> line.startsWith("| ") && line.contains("`"))
            .toList();
    assertTrue(lines.size() > 10);
    try (TestDatabase database = TestDatabase.create(host)) {
      for (String line : lines) {
        String[] cells = line.split(" \\| ", 3);
        List<String> types = codes(cells[0]);
        for (String example : types.isEmpty() ? List.<String>of() : codes(cells[1])) {
          String value = example.replace('\u2420', ' ');
          assertTrue(
              types.stream().anyMatch(type -> isPrintedAsItIs(database, type, value)), example);
        }
      }
    }
  }

  /** What the page says of contexts, of names and of tombstones. */
  @Test
  void whatIsSignedIsNamedAsThePageSays() throws Exception {
    String columns =
        " uuid, value_b64 bytea, text_b64 text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea";
    try (TestDatabase database = database()) {
      database.run(
          "CREATE TABLE s (user_hash bytea, uuid" + columns + ", PRIMARY KEY (user_hash, uuid))");
      database.run(
          "CREATE TABLE s_versions (user_hash bytea, storage_uuid"
              + columns
              + ", PRIMARY KEY (sign_b64))");
      database.run(
          "SELECT rowseal.protect('s', identities => 'user_cards', versions => 's_versions',"
              + " versions_columns => '{\"uuid\": \"storage_uuid\"}')");
      String id = "550e8400-e29b-41d4-a716-446655440000";
      String tail = "\\365oowner_timestamp\u0001"; // a tombstone, at the time 1

      // A card's context is the identity table's name; NULL leaves no trace.
      assertEquals(
          "\\203jrowseal-v1juser_cards\\244isign_pkeyA\u0002iuser_hashA\u0001ldeleted_flag" + tail,
          payload(database, "user_cards", "\"sign_pkey\": \"\\\\x02\", \"name\": null"));
      // A row of the versions table is signed under the data table's names.
      String expected =
          "\\203jrowseal-v1as\\246duuidx$"
              + id
              + "htext_b64dAP8=iuser_hashA\u0001ivalue_b64B\\000\\377ldeleted_flag"
              + tail;
      String values = ", \"value_b64\": \"\\\\x00ff\", \"text_b64\": \"AP8=\"";
      assertEquals(expected, payload(database, "s", "\"uuid\": \"" + id + "\"" + values));
      assertEquals(
          expected, payload(database, "s_versions", "\"storage_uuid\": \"" + id + "\"" + values));
      // A tombstone that forgets the rest.
      assertEquals(
          "\\203jrowseal-v1as\\244duuidx$" + id + "iuser_hashA\u0001ldeleted_flag" + tail,
          payload(database, "s", "\"uuid\": \"" + id + "\""));
    }
  }

  private static String payload(TestDatabase database, String table, String more)
      throws SQLException {
    return database.value(
        "SELECT encode(rowseal.payload(?::regclass, ?::jsonb), 'escape')",
        table,
        "{\"user_hash\": \"\\\\x01\", \"deleted_flag\": true, \"owner_timestamp\": 1, %s}"
            .formatted(more));
  }

  private static List<String> codes(String cell) {
    return Pattern.compile("`([^`]*)`")
        .matcher(cell)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  private static boolean isPrintedAsItIs(TestDatabase database, String type, String value) {
    try {
      return value.equals(
          database.value("SELECT rowseal.text(CAST(" + Sql.literal(value) + " AS " + type + "))"));
    } catch (SQLException e) {
      return false; // no value of this type
    }
  }

  private static String version() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target"))) {
      return jars.map(jar -> jar.getFileName().toString())
          .filter(name -> name.matches("rowseal-.*-client\\.jar"))
          .map(name -> name.substring("rowseal-".length(), name.length() - "-client.jar".length()))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String location(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
