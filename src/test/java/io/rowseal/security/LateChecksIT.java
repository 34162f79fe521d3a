package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * What PostgreSQL checks after BEFORE triggers it does not check where the row was merged, archived
 * or promoted. So policies of row level security are refused, and CHECK constraints that an older
 * version would escape.
 */
@OnEachHost
class LateChecksIT extends RenamedVersions {
  private static final String FINDING =
      "SELECT finding || ' ' || remedy FROM rowseal.doctor() WHERE NOT ok AND \"table\" = '%s'::regclass AND finding LIKE '%%row level security%%'";

  @Test
  void rowLevelSecurityIsRefusedAndNamed() throws SQLException {
    for (String table : new String[] {"card", "note", "note_versions"}) {
      String enable = "ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY";
      assertEquals("RS011", database.refusal(enable));
      database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
      database.run(enable);
      database.run("ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS");
      String finding = database.value(FINDING.formatted(table));
      assertTrue(finding.contains("DISABLE ROW LEVEL SECURITY"), finding);
      database.run("ALTER TABLE " + table + " DISABLE ROW LEVEL SECURITY");
      assertEquals(null, database.value(FINDING.formatted(table)));
    }
    database.run("SELECT rowseal.unprotect('note')");
    for (String table : new String[] {"note", "note_versions"}) {
      database.run("ALTER TABLE " + table + " ENABLE ROW LEVEL SECURITY");
      assertEquals("RS012", database.refusal(Notes.VERSIONED));
      database.run("ALTER TABLE " + table + " DISABLE ROW LEVEL SECURITY");
    }
  }

  @Test
  void rowLevelSecurityIsRefusedOnPartitions() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note, note_versions");
    database.run(Notes.TABLE.clause("PARTITION BY HASH (user_hash)"));
    String part = "CREATE TABLE %s PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER %d)";
    database.run(part.formatted("note_0", 0));
    database.run(Notes.PROTECTION);
    assertEquals("RS011", database.refusal("ALTER TABLE note_0 ENABLE ROW LEVEL SECURITY"));
    database.run("CREATE TABLE note_1 (LIKE note)");
    database.run("ALTER TABLE note_1 ENABLE ROW LEVEL SECURITY");
    assertEquals(
        "RS011",
        database.refusal(
            "ALTER TABLE note ATTACH PARTITION note_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)"));
  }

  /** A version that arrives late would be kept, one that arrives in time refused. */
  @Test
  void checksThatOlderVersionsWouldEscape() throws SQLException {
    String check = "ALTER TABLE note ADD CONSTRAINT brief CHECK (%s)";
    assertEquals("RS011", database.refusal(check.formatted("length(body) < 10")));
    assertEquals("RS011", database.refusal(check.formatted("note IS NOT NULL")));
    assertEquals("00000", database.refusal(check.formatted("seen >= 0")));
    database.run("SELECT rowseal.unprotect('note')");
    database.run("ALTER TABLE note DROP CONSTRAINT brief");
    database.run(check.formatted("length(body) < 10"));
    assertEquals("RS012", database.refusal(Notes.VERSIONED));
    database.run(Notes.PROTECTION);
    assertEquals("23514", database.refusal(insert(note(1, "much too long"))));
  }
}
