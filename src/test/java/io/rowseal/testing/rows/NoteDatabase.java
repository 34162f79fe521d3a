package io.rowseal.testing.rows;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Update;
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
    database.run(Cards.TABLE);
    database.run(Notes.TABLE);
    database.run(Cards.PROTECTION);
    database.run(Notes.PROTECTION);
    database.run(Cards.insert(ada.card(1, "Ada")));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** A version of Ada's note. */
  protected Row note(long timestamp, String body) {
    return Notes.note(ada, id, timestamp, body);
  }

  /** A version of Ada's note that says something else than she signed. */
  protected Row forged(long timestamp) {
    return note(timestamp, "genuine").with("body", "forged");
  }

  protected static Insert insert(Row note) {
    return Notes.insert(note);
  }

  /** Makes the only note another version of itself. */
  protected static Update update(Row note) {
    return Update.of("note").to(note, "body", "owner_timestamp", "sign_b64");
  }
}
