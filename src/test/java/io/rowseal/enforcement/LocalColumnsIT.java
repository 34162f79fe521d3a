package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.NotesInLayouts;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Update;
import java.io.IOException;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/**
 * Columns that are not signed are set by UPDATE, and by the INSERT that makes the row. Nothing else
 * touches them.
 */
@OnEachHost
class LocalColumnsIT extends NotesInLayouts {
  private final Row two = note(2, "two").with("seen", 2);

  @ParameterizedTest
  @EnumSource(Layout.class)
  void theInsertThatMakesTheRowSetsThem(Layout layout) throws Exception {
    keep(layout);
    database.run(insert(two));
    assertSeen(2, 2);
    Row other = Notes.note(ada, java.util.UUID.randomUUID(), 5, "copied").with("seen", 5);
    copy(other);
    assertSeen(5, 5);
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void noInsertThatFindsTheRowTouchesThem(Layout layout) throws Exception {
    keep(layout);
    String[] key =
        layout == Layout.ONE_TABLE
            ? new String[] {"user_hash", "id", "sign_b64"}
            : new String[] {"user_hash", "id"};
    for (String role : new String[] {"origin", "replica"}) {
      database.run("SET session_replication_role = " + role);
      database.run(insert(two));
      assertEquals(0, database.run(insert(two.with("seen", 9))));
      assertEquals(0, database.run(insert(two.with("seen", 9)).onConflictDoUpdate(key)));
      copy(two.with("seen", 9));
      assertSeen(2, 2);
    }
  }

  @ParameterizedTest
  @EnumSource(value = Layout.class, mode = EnumSource.Mode.EXCLUDE, names = "ONE_TABLE")
  void noInsertOfAnotherVersionTouchesThem(Layout layout) throws Exception {
    keep(layout);
    database.run(insert(two));
    database.run(insert(note(3, "three").with("seen", 9)));
    assertSeen(2, 3);
    database.run(insert(note(4, "four").with("seen", 9)).onConflictDoUpdate("user_hash", "id"));
    assertSeen(2, 4);
    database.run(insert(note(1, "one").with("seen", 9)));
    database.run(insert(note(1, "one").with("seen", 9)).onConflictDoUpdate("user_hash", "id"));
    copy(note(5, "five").with("seen", 9));
    assertSeen(2, 5);
    if (layout == Layout.TWO_TABLES) {
      database.run(Notes.insertVersion(note(6, "six")));
      assertSeen(2, 6);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void anUpdateSetsThem(Layout layout) throws SQLException {
    keep(layout);
    database.run(insert(two));
    assertEquals(1, database.run("UPDATE note SET seen = 3"));
    assertSeen(3, 2);
    assertEquals(
        1, database.run(update(two.with("seen", 4), "body", "owner_timestamp", "sign_b64")));
    assertSeen(4, 2);
  }

  @ParameterizedTest
  @EnumSource(value = Layout.class, mode = EnumSource.Mode.EXCLUDE, names = "ONE_TABLE")
  void anUpdateSetsThemWhateverBecomesOfItsVersion(Layout layout) throws SQLException {
    keep(layout);
    database.run(insert(two));
    String[] signed = {"body", "owner_timestamp", "sign_b64"};
    assertEquals(1, database.run(update(note(3, "three").with("seen", 3), signed)));
    assertSeen(3, 3);
    assertEquals(1, database.run(update(note(1, "one").with("seen", 4), signed)), "it is older");
    assertEquals("3 three", database.value(STORED));
    assertSeen(4, 3);
    assertEquals(0, database.run(update(note(1, "one").with("seen", 4), signed)));
    if (layout == Layout.TWO_TABLES) {
      assertEquals("2", database.value("SELECT count(*) FROM note_versions"));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Layout.class, mode = EnumSource.Mode.EXCLUDE, names = "ONE_TABLE")
  void aRefusedUpdateSetsNothing(Layout layout) throws SQLException {
    keep(layout);
    database.run(insert(two));
    assertEquals("RS002", database.refusal("UPDATE note SET body = 'forged', seen = 9"));
    assertSeen(2, 2);
    keep(layout, t -> t, p -> p.with("on_invalid", "quarantine"));
    database.run(insert(two));
    assertEquals(0, database.run("UPDATE note SET body = 'forged', seen = 9"));
    database.value("SELECT rowseal.retry('note')");
    assertSeen(2, 2);
  }

  /** As the apply worker of logical replication does it. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void anAppliedUpdateSetsThemWithANewVersionOnly(Layout layout) throws SQLException {
    keep(layout);
    database.run(insert(two));
    String before = database.value("SELECT ctid::text || xmin FROM note");
    database.run("SET session_replication_role = replica");
    assertEquals(0, database.run("UPDATE note SET seen = 9"));
    assertEquals(
        0, database.run(update(two.with("seen", 9), "body", "owner_timestamp", "sign_b64")));
    if (layout != Layout.ONE_TABLE) {
      database.run(update(note(1, "one").with("seen", 9), "body", "owner_timestamp", "sign_b64"));
    }
    assertEquals(before, database.value("SELECT ctid::text || xmin FROM note"));
    if (layout != Layout.ONE_TABLE) {
      Row three = note(3, "three").with("seen", 3);
      assertEquals(1, database.run(update(three, "body", "owner_timestamp", "sign_b64")));
      assertSeen(3, 3);
    }
  }

  /** The versions table may have local columns too: each table's are its own. */
  @Test
  void theyDoNotMoveBetweenTheTables() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("ALTER TABLE note ALTER seen SET DEFAULT 7");
    database.run(Notes.VERSIONS.column("seen", "int DEFAULT 8"));
    database.run(Notes.VERSIONED);
    Insert version = Insert.into("note_versions").row(two.renamed("id", "note_id").with("seen", 9));
    database.run(version);
    assertSeen(7, 2);
    database.run("UPDATE note SET seen = 1");
    database.run(insert(note(3, "three").with("seen", 9)));
    assertSeen(1, 3);
    assertEquals("8", database.value("SELECT seen FROM note_versions"));
    database.run(version);
    assertEquals("8", database.value("SELECT seen FROM note_versions"));
    assertEquals(1, database.run("UPDATE note_versions SET seen = 3"));
  }

  /** A tip that comes by the versions table has the data table's defaults. */
  @Test
  void theDataTableMustHaveADefaultForEach() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("ALTER TABLE note ALTER seen SET NOT NULL");
    database.run(Notes.VERSIONS);
    assertEquals("RS012", database.refusal(Notes.VERSIONED));
    database.run("ALTER TABLE note ALTER seen SET DEFAULT 0");
    database.run(Notes.VERSIONED);
    database.run(Notes.insertVersion(two));
    assertSeen(0, 2);
    assertEquals("RS011", database.refusal("ALTER TABLE note ALTER seen DROP DEFAULT"));
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void aRowThatWaitedSetsThemAsItsInsertSaid(Layout layout) throws SQLException {
    keep(layout, t -> t, p -> p.with("on_unknown_owner", "defer"));
    var bob = new io.rowseal.testing.rows.Owner(io.rowseal.signature.SignatureAlgorithm.ED25519);
    database.run(insert(Notes.note(bob, id, 1, "one").with("seen", 6)));
    database.run(Cards.insert(bob.card(1, "Bob")));
    assertSeen(6, 1);
  }

  private static Update update(Row row, String... signed) {
    return Update.of("note").to(row, signed).to(row, "seen");
  }

  private void assertSeen(int seen, long timestamp) throws SQLException {
    assertEquals(
        String.valueOf(seen),
        database.value("SELECT seen FROM note WHERE owner_timestamp = ?", timestamp));
  }

  private void copy(Row row) throws SQLException, IOException {
    StringBuilder line = new StringBuilder();
    for (Object value : row.values()) {
      String text =
          value instanceof byte[] bytes
              ? "\\x" + HexFormat.of().formatHex(bytes)
              : value.toString();
      line.append(line.isEmpty() ? "" : "\t").append(text.replace("\\", "\\\\"));
    }
    database
        .connection()
        .unwrap(PGConnection.class)
        .getCopyAPI()
        .copyIn(
            "COPY note (" + String.join(", ", row.keySet()) + ") FROM STDIN",
            new StringReader(line.append('\n').toString()));
  }
}
