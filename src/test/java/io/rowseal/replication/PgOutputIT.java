package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.model.Layout;
import io.rowseal.testing.peers.PgOutput;
import io.rowseal.testing.peers.PgOutput.Change;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.NotesInLayouts;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What whoever reads {@code pgoutput}, such as Electric, sees of writes to a protected table. */
@OnEachHost
class PgOutputIT extends NotesInLayouts {
  /**
   * Changes so far, as "table operation timestamp"; a row of an unprotected table marks the end.
   */
  private List<String> changes(PgOutput output) throws Exception {
    database.run("INSERT INTO mark DEFAULT VALUES");
    List<String> seen = new ArrayList<>();
    for (int i = 0; ; i++) {
      assertTrue(i < 1000, "the mark does not come");
      for (Change change : output.next()) {
        if (change.table().equals("mark")) {
          return seen;
        }
        assertEquals(
            change.table().equals("note_versions") ? 11 : 12, change.row().size(), "the whole row");
        seen.add(
            String.join(
                " ", change.table(), change.operation(), change.row().get("owner_timestamp")));
      }
      Thread.sleep(10);
    }
  }

  private PgOutput publish(Layout layout) throws SQLException {
    keep(layout);
    database.run("CREATE TABLE mark (at timestamptz DEFAULT clock_timestamp())");
    String[] tables =
        layout == Layout.TWO_TABLES
            ? new String[] {"note", "note_versions", "mark"}
            : new String[] {"note", "mark"};
    for (String table : tables) {
      database.run("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
    return new PgOutput(database, tables);
  }

  @ParameterizedTest
  @EnumSource
  void verifiedRowsAndNothingElse(Layout layout) throws Exception {
    String merged = layout == Layout.ONE_TABLE ? "note insert " : "note update ";
    try (PgOutput output = publish(layout)) {
      database.run(insert(note(2, "two")));
      assertEquals(List.of("note insert 2"), changes(output), "a new key");
      database.run(insert(note(2, "two")));
      assertEquals(List.of(), changes(output), "a redelivery");
      for (String rows : List.of("forged", "unsigned")) {
        assertTrue(
            database
                .refusal(
                    insert(rows.equals("forged") ? forged(5) : note(5, "x").with("sign_b64", null)))
                .startsWith("RS00"));
        assertEquals(List.of(), changes(output), rows);
      }
      database.run(insert(note(3, "three")));
      List<String> expected = new ArrayList<>();
      if (layout == Layout.TWO_TABLES) {
        expected.add("note_versions insert 2");
      }
      expected.add(merged + "3");
      assertEquals(expected, changes(output), "a merge is one change of the data table");
      database.run(insert(note(1, "one")));
      assertEquals(
          switch (layout) {
            case UNVERSIONED -> List.of();
            case TWO_TABLES -> List.of("note_versions insert 1");
            case ONE_TABLE -> List.of("note insert 1");
          },
          changes(output),
          "a late row");
      database.run(insert(Notes.tombstone(ada, id, 4, "gone")));
      assertEquals(
          merged + "4",
          changes(output).stream().filter(c -> c.startsWith("note ")).findFirst().orElseThrow(),
          "a tombstone");
      database.refusal("DELETE FROM note");
      database.refusal("TRUNCATE note");
      assertEquals(List.of(), changes(output), "what is refused");
    }
  }

  @Test
  void aVersionThatComesThroughTheVersionsTable() throws Exception {
    try (PgOutput output = publish(Layout.TWO_TABLES)) {
      database.run(Notes.insertVersion(note(1, "one")));
      assertEquals(List.of("note insert 1"), changes(output));
      database.run(Notes.insertVersion(note(2, "two")));
      assertEquals(List.of("note_versions insert 1", "note update 2"), changes(output));
    }
  }
}
