package io.rowseal.testing.rows;

import io.rowseal.testing.model.Layout;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Protection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;

/** {@link NoteDatabase} whose notes a test keeps in the layout that it names. */
public abstract class NotesInLayouts extends NoteDatabase {
  /** Makes the tables anew. */
  protected void keep(Layout layout) throws SQLException {
    keep(layout, table -> table, protection -> protection);
  }

  /**
   * Makes the tables anew.
   *
   * @param change of the data table and of the versions table
   * @param settings besides those of the layout
   */
  protected void keep(
      Layout layout, UnaryOperator<CreateTable> change, UnaryOperator<Protection> settings)
      throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE IF EXISTS note, note_versions");
    CreateTable table = change.apply(Notes.TABLE);
    switch (layout) {
      case UNVERSIONED -> {
        database.run(table);
        database.run(settings.apply(Notes.PROTECTION));
      }
      case TWO_TABLES -> {
        database.run(table);
        database.run(change.apply(Notes.VERSIONS));
        database.run(settings.apply(Notes.VERSIONED));
      }
      case ONE_TABLE -> {
        database.run(table.key("user_hash", "id", "sign_b64"));
        database.run(settings.apply(Notes.PROTECTION.with("layout", "one-table")));
      }
    }
  }
}
