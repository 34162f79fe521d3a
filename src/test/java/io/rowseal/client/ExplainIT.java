package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What helps whoever writes a client. */
@OnEachHost
class ExplainIT extends NoteDatabase {
  @Test
  void payloadAndExplainTellAClientAuthorWhatIsWrong() throws SQLException {
    Row row = note(1, "one");
    database.run("CREATE TABLE given AS SELECT * FROM note");
    database.run(Insert.into("given").row(row));
    String json = database.value("SELECT to_jsonb(given) FROM given");
    assertEquals(
        "t",
        database.value(
            "SELECT rowseal.check_signature('Ed25519', (SELECT sign_pkey FROM card), rowseal.payload('note', to_jsonb(given)), sign_b64) FROM given"));
    assertEquals(
        "t", database.value("SELECT bool_and(ok) FROM rowseal.explain('note', ?::jsonb)", json));
    String wrong = json.replace("\"one\"", "\"two\"");
    assertTrue(
        database
            .value("SELECT finding FROM rowseal.explain('note', ?::jsonb) WHERE NOT ok", wrong)
            .startsWith("RS002"));
    assertEquals("RS006", database.refusal("SELECT rowseal.payload('note', '{\"boddy\": 1}')"));
    assertEquals("0", database.value("SELECT count(*) FROM note"));
  }
}
