package io.rowseal.testing;

import io.rowseal.signature.SignatureAlgorithm;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/**
 * For each test a fresh database with the protected tables {@code card} and {@code note}, and Ada's
 * card in it.
 */
public abstract class NoteDatabase {
  /** The only note, as people read it. */
  protected static final String STORED = "SELECT owner_timestamp || ' ' || body FROM note";

  @Parameter protected Host host;
  protected final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  protected final UUID id = UUID.randomUUID();
  protected TestDatabase database;

  /** Where the databases are; a test may have its own. */
  protected Server server() {
    return Server.shared();
  }

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(server(), host);
    database.run(Owner.CARD_TABLE);
    database.run("CREATE TABLE note (" + Owner.NOTE_COLUMNS + ")");
    database.run(Owner.PROTECT_CARDS);
    database.run(Owner.PROTECT_NOTES);
    database.run(Owner.INSERT_CARD, Owner.cardValues(ada.card(1, "Ada")));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** A version of Ada's note, as the values of {@link Owner#INSERT_NOTE}. */
  protected Object[] note(long timestamp, String body) {
    return Owner.noteValues(ada.note(id, timestamp, body, false));
  }
}
