package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.testing.Host;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.TestDatabase;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Each test vector is a card that another implementation made and signed: PostgreSQL makes the same
 * message and lets it in.
 */
@OnEachHost
class VectorsIT {
  @Parameter Host host;

  @Test
  void messagesAreEqualAndCardsLetIn() throws SQLException, IOException {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("CREATE DOMAIN positive AS integer CHECK (value > 0)");
      database.run("CREATE TYPE mood AS ENUM ('so so', 'fine')");
      database.run("CREATE TYPE pair AS (n int, t text)");
      JsonNode vectors =
          new ObjectMapper().readTree(getClass().getResourceAsStream("/vectors/rowseal-v1.json"));
      for (JsonNode vector : vectors) {
        check(database, vector);
      }
    }
  }

  private static void check(TestDatabase database, JsonNode vector) throws SQLException {
    List<String> definitions = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> places = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (JsonNode column : vector.get("columns")) {
      String name = "\"" + column.get("name").asText() + "\"";
      String type = column.get("type").asText();
      definitions.add(name + " " + type);
      names.add(name);
      places.add("CAST(?::text AS " + type + ")");
      values.add(column.get("value").isNull() ? null : column.get("value").asText());
    }
    String table = String.join(", ", definitions);
    database.run("CREATE TABLE v (" + table + ", sign_b64 bytea, PRIMARY KEY (user_hash))");
    database.run("CREATE TABLE given (LIKE v)");
    values.add("\\x" + vector.get("signature").asText());
    names.add("sign_b64");
    places.add("CAST(?::text AS bytea)");
    String row = " (" + String.join(", ", names) + ") VALUES (" + String.join(", ", places) + ")";
    database.run(
        "SELECT rowseal.protect_identities('v', algorithm => ?, context => ?)",
        vector.get("algorithm").asText(),
        vector.get("context").asText());
    database.run("INSERT INTO given" + row, values.toArray());
    String name = vector.get("name").asText();
    assertEquals(
        vector.get("message").asText(),
        database.value("SELECT encode(rowseal.payload('v', to_jsonb(given)), 'hex') FROM given"),
        name);
    assertEquals("00000", database.refusal("INSERT INTO v" + row, values.toArray()), name);
    assertEquals("1", database.value("SELECT count(*) FROM v"), name);
    database.run("DROP TABLE v, given");
  }
}
