package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The SQL of the README and of {@code docs/} runs as it stands. */
@OnEachHost
class DocumentationIT {
  private static final Pattern SNIPPET = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);
  private static final Pattern REFUSAL =
      Pattern.compile("-- ERROR.*?(RS\\d\\d\\d|$)", Pattern.MULTILINE);

  @Parameter Host host;

  @Test
  void readme() throws SQLException, IOException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("DROP EXTENSION rowseal");
      assertTrue(runSnippets(database, Path.of("README.md")) >= 2);
    }
  }

  /** Each file finds the tables that the README makes. */
  @ParameterizedTest
  @MethodSource("documents")
  void document(Path file) throws SQLException, IOException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("DROP EXTENSION rowseal");
      runSnippets(database, Path.of("README.md"));
      runSnippets(database, file);
    }
  }

  static List<Path> documents() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("docs"))) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    }
  }

  /** A snippet with a comment {@code -- ERROR} is refused, with RS001 unless it names a code. */
  private int runSnippets(TestDatabase database, Path file) throws IOException {
    Matcher snippet = SNIPPET.matcher(Files.readString(file));
    int snippets = 0;
    while (snippet.find()) {
      snippets++;
      // The default version is that of the host which was installed; each host is to be tried.
      String sql =
          snippet
              .group(1)
              .replace(
                  "CREATE EXTENSION rowseal",
                  "CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "'");
      Matcher refusal = REFUSAL.matcher(sql);
      String expected =
          !refusal.find() ? "00000" : refusal.group(1).isEmpty() ? "RS001" : refusal.group(1);
      assertEquals(expected, database.refusal(sql), file + ": " + sql);
    }
    return snippets;
  }
}
