package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.ForeignRow;
import io.rowseal.testing.rows.SeedTables;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows signed by other people's code are let in or refused as their authors say. */
@OnEachHost
class ForeignRowsIT {
  @Parameter Host host;
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "ES256K", "ML-DSA-87"})
  void inFileOrder(String algorithm) throws SQLException {
    SeedTables.seed(database, algorithm);
    deliver(ForeignRow.read("rowseal-v1." + algorithm));
    expectTips(ForeignRow.read("rowseal-v1." + algorithm));
  }

  @ParameterizedTest
  @CsvSource({"Ed25519,1", "Ed25519,2", "ES256K,3", "ML-DSA-87,4"})
  void shuffled(String algorithm, long seed) throws SQLException {
    SeedTables.seed(database, algorithm);
    List<ForeignRow> rows = new ArrayList<>(ForeignRow.read("rowseal-v1." + algorithm));
    Collections.shuffle(rows, new Random(seed));
    // A row cannot be judged before its owner's card is here: cards first, in whatever order among
    // themselves.
    rows.sort(Comparator.comparing(row -> !row.table().equals("user_cards")));
    deliver(rows);
    expectTips(rows);
  }

  @Test
  void buckitUp() throws SQLException {
    SeedTables.buckitUp(database);
    for (ForeignRow row : ForeignRow.read("buckitup.ML-DSA-87")) {
      String code = database.refusal(SeedTables.insert(row.table()), row.columns().toString());
      String faults = row.meta().path("faults").toString();
      boolean forged = row.what().startsWith("last digit");
      if (row.isValid() && !forged) {
        assertEquals("00000", code, row.what());
      } else if (forged
          || faults.contains("signature")
          || faults.contains("self:")
          || faults.contains("owner:")
          || faults.contains("derived:")) {
        assertTrue(code.startsWith("RS00"), row.what() + " got " + code);
      }
    }
    assertEquals("0", database.value("SELECT count(*) FROM user_storage WHERE sign_hash IS NULL"));
  }

  private void deliver(List<ForeignRow> rows) {
    for (ForeignRow row : rows) {
      String code = database.refusal(SeedTables.insert(row.table()), row.columns().toString());
      String expected = row.isValid() ? "00000" : row.meta().get("sqlstate").asText();
      assertTrue(
          code.matches(expected), () -> row.what() + ": expected " + expected + ", got " + code);
    }
  }

  /**
   * Of each key the valid version with the greatest (timestamp, signature) is stored, and nothing
   * else.
   */
  private void expectTips(List<ForeignRow> rows) throws SQLException {
    for (String table : List.of("user_cards", "user_storage")) {
      TreeSet<String> tips = new TreeSet<>();
      rows.stream()
          .filter(row -> row.isValid() && row.table().equals(table))
          .collect(
              java.util.stream.Collectors.toMap(
                  row -> row.columns().get("user_hash") + "" + row.columns().get("uuid"),
                  row -> row,
                  java.util.function.BinaryOperator.maxBy(
                      Comparator.comparingLong(
                              (ForeignRow row) -> row.columns().get("owner_timestamp").asLong())
                          .thenComparing(row -> row.columns().get("sign_b64").asText()))))
          .values()
          .forEach(row -> tips.add(row.columns().get("sign_b64").asText()));
      assertEquals(
          String.join(",", tips),
          database.value(
              "SELECT string_agg(sign_b64::text, ',' ORDER BY sign_b64::text COLLATE \"C\") FROM "
                  + table));
    }
  }
}
