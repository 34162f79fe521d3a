package io.rowseal.testing;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/** {@link NoteDatabase} with a versions table; {@code seen} is excluded from signing. */
public abstract class VersionedNotes extends NoteDatabase {
  protected static final String PROTECT_VERSIONED =
      "SELECT rowseal.protect('note', identities => 'card', versions => 'note_versions', exclude => '{seen}')";

  /** The tip, then the older versions, as people read them. */
  protected static final String HISTORY =
      "SELECT concat_ws(', ', (SELECT owner_timestamp || ' ' || body FROM note),"
          + " (SELECT string_agg(owner_timestamp || ' ' || body, ', ' ORDER BY owner_timestamp DESC) FROM note_versions))";

  @BeforeEach
  void keepVersions() throws SQLException {
    makeVersioned(database);
  }

  /** Protects the tables {@code card} and {@code note} anew, with a versions table. */
  protected static void makeVersioned(TestDatabase database) throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("CREATE TABLE note_versions (LIKE note)");
    database.run("ALTER TABLE note_versions ADD PRIMARY KEY (sign_b64)");
    database.run(PROTECT_VERSIONED);
  }

  /** A version of Ada's note that says something else than she signed. */
  protected Object[] forged(long timestamp) {
    Object[] values = note(timestamp, "genuine");
    values[2] = "forged";
    return values;
  }
}
