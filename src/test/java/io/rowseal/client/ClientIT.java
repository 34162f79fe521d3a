package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * The documentation of the signing format is enough: rows of a client that was written from it are
 * let in.
 */
@OnEachHost
class ClientIT {
  private static final String CLIENT = "src/test/clients/node/client.mjs";

  @Parameter Host host;

  private static List<String> statements() throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory, "node"))),
        "a client in Node, which this machine does not have");
    Process node =
        new ProcessBuilder("node", CLIENT).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, node.waitFor());
    return output.lines().toList();
  }

  private static void tables(TestDatabase database) throws SQLException {
    database.run(
        "CREATE TABLE person (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea,"
            + " name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "CREATE TABLE member (user_hash text PRIMARY KEY, sign_pkey bytea, deleted_flag boolean,"
            + " owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "CREATE TABLE document (user_hash bytea, id uuid, title text, \"Gr\u00f6\u00dfe\" bigint, content bytea,"
            + " at timestamptz, price numeric, tags text[], about jsonb, code char(4), note text, deleted_flag boolean,"
            + " owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id))");
    database.run("SELECT rowseal.protect_identities('person', algorithm => 'SPKI')");
    database.run(
        "SELECT rowseal.protect_identities('member', algorithm => 'ES256', owner_hash => 'SHA-256', owner_prefix => 'm_')");
    database.run("SELECT rowseal.protect('document', identities => 'person')");
  }

  @Test
  void rowsOfAClientFromTheDocumentationAreLetIn() throws Exception {
    List<String> statements = statements();
    try (TestDatabase database = TestDatabase.create(host)) {
      tables(database);
      for (String statement : statements) {
        assertEquals(
            statement.startsWith("INSERT INTO document") ? "RS002" : "00000",
            forged(database, statement));
        assertEquals("00000", database.refusal(statement), statement);
      }
      assertEquals("4", database.value("SELECT count(*) FROM person"));
      assertEquals("1", database.value("SELECT count(*) FROM member"));
      assertEquals(
          "deleted t x4, final f x4",
          database.value(
              "SELECT string_agg(format('%s %s x%s', title, deleted_flag, n), ', ' ORDER BY title)"
                  + " FROM (SELECT title, deleted_flag, count(*) AS n FROM document GROUP BY 1, 2) AS d"));
    }
  }

  /** What becomes of a document whose price somebody has changed. */
  private static String forged(TestDatabase database, String statement) {
    String changed = statement.replace("'1.10'", "'1.1'");
    return changed.equals(statement) ? "00000" : database.refusal(changed);
  }
}
