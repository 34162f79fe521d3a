package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.Host;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The SQL of the README runs as it stands. */
@OnEachHost
class DocumentationIT {
  private static final Pattern SNIPPET = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

  @Parameter Host host;

  @Test
  void readme() throws SQLException, IOException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("DROP EXTENSION rowseal");
      Matcher snippet = SNIPPET.matcher(Files.readString(Path.of("README.md")));
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
        assertEquals(sql.contains("-- ERROR") ? "RS001" : "00000", database.refusal(sql));
      }
      assertTrue(snippets >= 2);
    }
  }

  @Test
  void theExtensionLeavesNothingBehind() throws SQLException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("DROP EXTENSION rowseal");
      assertEquals(
          "0",
          database.value(
              "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'rowseal'"));
      database.run("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "'");
      assertTrue(database.value("SELECT rowseal.version()").contains(host.label()));
      assertEquals(
          "0",
          database.value(
              "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'rowseal'"
                  + " AND (obj_description(p.oid, 'pg_proc') IS NULL"
                  + " OR NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search_path=%'))"));
    }
  }
}
