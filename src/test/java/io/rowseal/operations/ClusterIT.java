package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A whole cluster, with its roles, is dumped and restored into a new one. */
@OnEachHost
class ClusterIT extends VersionedNotes {
  private static final String ALL_ROWS =
      "SELECT string_agg(t::text, ' ' ORDER BY t::text) FROM (SELECT card::text FROM card UNION ALL SELECT note::text FROM note"
          + " UNION ALL SELECT note_versions::text FROM note_versions UNION ALL SELECT concat(kind, \"table\", row, code) FROM rowseal_internal.parked"
          + " UNION ALL SELECT concat(\"table\", settings) FROM rowseal.protected) AS t";

  @AutoClose private final Server old = Server.start();
  @AutoClose private final Server fresh = Server.start();
  private final Owner eve = new Owner(SignatureAlgorithm.ED25519);

  @Override
  protected Server server() {
    return old;
  }

  @Test
  void everythingGoesAlong() throws SQLException, IOException {
    fill();
    String dump = "/tmp/rowseal-cluster-" + UUID.randomUUID();
    String printed;
    try {
      // With passwords the new cluster's superuser would get the old one's.
      old.program(
          "pg_dumpall", "--no-role-passwords", "-f", dump, "-d", old.connectionString("postgres"));
      printed =
          old.program("psql", "-X", "-q", "-f", dump, "-d", fresh.connectionString("postgres"));
    } finally {
      Files.deleteIfExists(Path.of(dump));
    }
    assertEquals(
        List.of("role \"postgres\" already exists"),
        printed
            .lines()
            .filter(l -> l.contains("ERROR:"))
            .map(l -> l.replaceAll(".*ERROR: +", ""))
            .toList(),
        printed);
    try (TestDatabase restored = database.on(fresh)) {
      assertEquals(database.value(ALL_ROWS), restored.value(ALL_ROWS));
      assertEquals(
          null,
          restored.value("SELECT string_agg(finding, '; ') FROM rowseal.doctor() WHERE NOT ok"));
      assertEquals("0", restored.value("SELECT count(*) FROM rowseal.verify('note')"));
      assertEquals(
          "keeper", restored.value("SELECT tableowner FROM pg_tables WHERE tablename = 'note'"));
      assertProtected();
      restored.run(Cards.insert(eve.card(1, "Eve")));
      assertEquals("0", restored.value("SELECT count(*) FROM rowseal.deferred"));
      assertEquals("2", restored.value("SELECT count(*) FROM note"));
    }
  }

  private void fill() throws SQLException {
    for (String sql :
        new String[] {
          "CREATE ROLE keeper",
          "CREATE ROLE writer LOGIN PASSWORD 'secret'",
          "CREATE ROLE auditor LOGIN IN ROLE rowseal_auditor",
          "ALTER ROLE writer SET search_path = public",
          "ALTER DATABASE " + database.name() + " SET extra_float_digits = 0",
          "ALTER TABLE card OWNER TO keeper",
          "ALTER TABLE note OWNER TO keeper",
          "GRANT SELECT, INSERT, UPDATE ON note TO writer"
        }) {
      database.run(sql);
    }
    database.run(PROTECTION.with("on_unknown_owner", "defer"));
    database.run(insert(note(1, "one")));
    database.run(insert(note(3, "three")));
    database.run(insert(note(2, "two")));
    database.run(insert(Notes.note(eve, id, 1, "deferred")));
  }

  private void assertProtected() throws SQLException {
    try (TestDatabase restored = database.on(fresh);
        TestDatabase writer = restored.as("writer");
        TestDatabase keeper = restored.as("keeper");
        TestDatabase auditor = restored.as("auditor")) {
      assertEquals("RS002", writer.refusal(insert(forged(4))));
      assertEquals("RS001", writer.refusal(insert(note(4, "four").with("sign_b64", null))));
      assertEquals("00000", writer.refusal(insert(note(4, "four"))));
      assertEquals("42501", writer.refusal("SELECT rowseal.unprotect('note')"));
      assertEquals("RS008", keeper.refusal("DELETE FROM note_versions"));
      assertEquals("RS011", keeper.refusal("ALTER TABLE note DISABLE TRIGGER ALL"));
      assertEquals("t", auditor.value("SELECT count(*) > 0 FROM rowseal.doctor()"));
      assertEquals("4 four, 3 three, 2 two, 1 one", restored.value(HISTORY));
    }
  }
}
