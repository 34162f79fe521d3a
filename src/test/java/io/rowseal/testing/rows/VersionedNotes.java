package io.rowseal.testing.rows;

import io.rowseal.testing.sql.Protection;
import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/** {@link NoteDatabase} with a versions table; {@code seen} is excluded from signing. */
public abstract class VersionedNotes extends NoteDatabase {
  protected static final Protection PROTECTION = Notes.PROTECTION.with("versions", "note_versions");

  /** The tip, then the older versions, as people read them. */
  protected static final String HISTORY = history("note_versions");

  @BeforeEach
  void keepVersions() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("CREATE TABLE note_versions (LIKE note)");
    database.run("ALTER TABLE note_versions ADD PRIMARY KEY (sign_b64)");
    database.run(PROTECTION);
  }

  /** {@link #HISTORY} where the versions table has another name. */
  protected static String history(String versions) {
    return "SELECT concat_ws(', ', (SELECT owner_timestamp || ' ' || body FROM note), (SELECT"
        + " string_agg(owner_timestamp || ' ' || body, ', ' ORDER BY owner_timestamp DESC) FROM "
        + versions
        + "))";
  }
}
