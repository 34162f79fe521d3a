package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A cluster moves to another one by pg_upgrade, whose server does not run Java yet. */
@OnEachHost
class UpgradeIT extends VersionedNotes {
  @AutoClose private final Server server = Server.start();

  @Override
  protected Server server() {
    return server;
  }

  @Test
  void protectionGoesAlong() throws SQLException {
    database.run(insert(note(1, "one")));
    database.run(insert(note(3, "three")));
    database.run(insert(note(2, "two")));
    database.connection().close();
    assumeTrue(server.upgrade(), "pg_upgrade, where the server runs in Docker");
    try (TestDatabase upgraded = database.as("postgres")) {
      assertEquals("3 three, 2 two, 1 one", upgraded.value(HISTORY));
      assertEquals(null, upgraded.value("SELECT string_agg(finding, '; ') FROM rowseal.doctor()"));
      assertEquals("0", upgraded.value("SELECT count(*) FROM rowseal.verify('note')"));
      assertEquals(
          host.extensionVersion(),
          upgraded.value("SELECT extversion FROM pg_extension WHERE extname = 'rowseal'"));
      upgraded.run(insert(note(4, "four")));
      assertEquals("RS002", upgraded.refusal(insert(forged(5))));
      assertEquals("RS011", upgraded.refusal("ALTER TABLE note DISABLE TRIGGER ALL"));
    }
  }
}
