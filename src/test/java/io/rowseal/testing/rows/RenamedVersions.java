package io.rowseal.testing.rows;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeEach;

/** {@link NoteDatabase} with the versions table {@link Notes#VERSIONS}. */
public abstract class RenamedVersions extends NoteDatabase {
  /** The older versions, as people read them. */
  protected static final String OLDER =
      "SELECT string_agg(owner_timestamp || ' ' || body, ', ' ORDER BY owner_timestamp, sign_b64)"
          + " FROM note_versions";

  @BeforeEach
  void keepVersions() throws SQLException {
    database.run(Notes.VERSIONS);
    database.run(Notes.VERSIONED);
  }
}
