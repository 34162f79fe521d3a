package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.CreateTable;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** Each column is found in its place, wherever the table has it. */
@OnEachHost
class ColumnsIT extends NoteDatabase {
  @Test
  void droppedColumnsMoveNoOther() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run(
        Notes.TABLE.columnBefore("user_hash", "gone_first", "int").column("gone_last", "int"));
    database.run("ALTER TABLE note DROP gone_first, DROP gone_last");
    database.run(Notes.PROTECTION);
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
  }

  /** Name and number of columns are the same as before, and the backend has seen them. */
  @Test
  void tableMadeAnewWithColumnsInOtherPlacesIsReadAnew() throws SQLException {
    Row one = note(1, "one").with("remark", "a remark");
    makeAnew(Notes.TABLE.columnAfter("body", "remark", "text"), "remark");
    String settings = settings();
    database.run(insert(one));

    makeAnew(Notes.TABLE.columnBefore("body", "remark", "text"), "remark");

    assertEquals(settings, settings());
    Row swapped = one.with("body", "a remark").with("remark", "one");
    assertEquals("RS002", database.refusal(insert(swapped)));
    database.run(insert(one));
    assertEquals("1 one", database.value(STORED));
  }

  @Test
  void columnsThatDifferInCaseAloneAreToldApart() throws SQLException {
    for (String other : new String[] {"Body", "BODY"}) {
      for (CreateTable table :
          new CreateTable[] {
            Notes.TABLE.columnBefore("body", other, "text"),
            Notes.TABLE.columnAfter("body", other, "text")
          }) {
        makeAnew(table, other);
        assertEquals("00000", database.refusal(insert(note(1, "one").with(other, "other"))));
        assertEquals("1 one", database.value(STORED));
      }
    }
  }

  private void makeAnew(CreateTable table, String excluded) throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run(table);
    database.run(Notes.PROTECTION.with("exclude", "{seen, " + excluded + "}"));
  }

  private String settings() throws SQLException {
    return database.value(
        "SELECT encode(tgargs, 'escape') FROM pg_trigger WHERE tgrelid = 'note'::regclass AND tgnargs = 1 LIMIT 1");
  }
}
