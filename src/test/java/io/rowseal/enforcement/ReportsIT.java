package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.replication.Documentation;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What statements report, and the view of docs/writing.md that reports every row. */
@OnEachHost
class ReportsIT {
  private static final TableDescription NOTES =
      TableDescription.of("notes")
          .column("user_hash", ValueKind.BYTES)
          .column("id", ValueKind.TEXT)
          .column("body", ValueKind.TEXT)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER);
  private static final String COLUMNS =
      "user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea";

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final UUID id = UUID.randomUUID();

  private Row note(long timestamp) {
    return ada.sign(
        NOTES,
        Map.of(
            "id",
            id.toString(),
            "body",
            "at " + timestamp,
            "deleted_flag",
            false,
            "owner_timestamp",
            timestamp));
  }

  @Test
  void everyRowThatIsHandedOn() throws SQLException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run(Cards.TABLE);
      database.run(Cards.PROTECTION);
      database.run(Cards.insert(ada.card(1, "Ada")));
      database.run("CREATE TABLE notes (" + COLUMNS + ", PRIMARY KEY (user_hash, id))");
      database.run("CREATE TABLE notes_versions (" + COLUMNS + ", PRIMARY KEY (sign_b64))");
      database.run(
          "SELECT rowseal.protect('notes', identities => 'card', versions => 'notes_versions')");
      for (String statement : Documentation.statements("docs/writing.md", "view")) {
        database.run(statement);
      }
      String writer = "writer_" + database.name();
      database.run("CREATE ROLE " + writer);
      database.run("GRANT INSERT ON notes TO " + writer);
      try (TestDatabase client = database.as(writer)) {
        Insert view = Insert.into("notes_in").row(note(2)).row(note(3)).row(note(1)).row(note(3));
        assertEquals("42501", client.refusal(view), "nobody gains a right");
        database.run("GRANT INSERT ON notes_in TO " + writer);
        assertEquals(4, client.run(view));
        assertEquals(0, client.run(Insert.into("notes").row(note(4))), "a merge");
        assertEquals(0, client.run(Insert.into("notes").row(note(4))), "a redelivery");
        assertEquals(
            "RS002", client.refusal(Insert.into("notes_in").row(note(9).with("body", ""))));
        database.run("REVOKE INSERT ON notes FROM " + writer);
        assertEquals("42501", client.refusal(Insert.into("notes_in").row(note(5))));
      }
      assertEquals("at 4", database.value("SELECT body FROM notes"));
      assertEquals(
          "at 1,at 2,at 3",
          database.value(
              "SELECT string_agg(body, ',' ORDER BY owner_timestamp) FROM notes_versions"));
      database.run("DROP OWNED BY " + writer + "; DROP ROLE " + writer);
    }
  }
}
