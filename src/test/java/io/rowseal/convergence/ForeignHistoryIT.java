package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.ForeignRow;
import io.rowseal.testing.rows.SeedTables;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rows signed by other people's code, in a hundred orders, good and bad ones among each other: in
 * the end each key has its tip and its history, and nothing else.
 */
@OnEachHost
class ForeignHistoryIT {
  private static final int ORDERS = 100;
  private static final Comparator<ForeignRow> ORDER =
      Comparator.comparingLong((ForeignRow row) -> row.columns().get("owner_timestamp").asLong())
          .thenComparing(row -> row.columns().get("sign_b64").asText());

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
  @CsvSource({
    "rowseal-v1.Ed25519, reject",
    "rowseal-v1.Ed25519, defer",
    "rowseal-v1.ES256K, reject",
    "rowseal-v1.ES256K, defer",
    "rowseal-v1.ML-DSA-87, reject",
    "rowseal-v1.ML-DSA-87, defer",
    "buckitup.ML-DSA-87, reject",
    "buckitup.ML-DSA-87, defer"
  })
  void endsInTipAndHistory(String file, String onUnknownOwner) throws SQLException {
    create(file, onUnknownOwner);
    List<ForeignRow> rows = ForeignRow.read(file);
    Contents expected = expected(rows);
    Connection connection = database.connection();
    connection.setAutoCommit(false);
    for (int seed = 0; seed < ORDERS; seed++) {
      List<ForeignRow> order = new ArrayList<>(rows);
      Collections.shuffle(order, new Random(seed));
      if (onUnknownOwner.equals("reject")) {
        // A row cannot be judged before its owner's card is here.
        order.sort(Comparator.comparing(row -> !row.table().equals("user_cards")));
      }
      for (ForeignRow row : order) {
        deliver(connection, row, onUnknownOwner.equals("defer"));
      }
      assertEquals(expected, stored(), "order " + seed);
      // The next order starts from empty tables: rows cannot be deleted.
      connection.rollback();
    }
  }

  private record Contents(TreeSet<String> cards, TreeSet<String> tips, TreeSet<String> history) {}

  private void deliver(Connection connection, ForeignRow row, boolean mayWait) throws SQLException {
    Savepoint before = connection.setSavepoint();
    String code = database.refusal(SeedTables.insert(row.table()), row.columns().toString());
    if (isGood(row)) {
      assertEquals("00000", code, row.what());
    } else {
      assertTrue(code.startsWith("RS") || (mayWait && code.equals("00000")), row + " got " + code);
    }
    if (code.equals("00000")) {
      connection.releaseSavepoint(before);
    } else {
      connection.rollback(before);
    }
  }

  /** Authentic, even if it breaks a rule of the application that it comes from. */
  private static boolean isGood(ForeignRow row) {
    boolean forged = row.what().startsWith("last digit");
    boolean authentic =
        row.what().contains("re-signed")
            && row.meta().path("faults").toString().matches("\\[\"missing:[a-z_0-9]+\"]");
    return (row.isValid() && !forged) || authentic;
  }

  private static Contents expected(List<ForeignRow> rows) {
    Map<String, List<ForeignRow>> versions =
        rows.stream()
            .filter(ForeignHistoryIT::isGood)
            .collect(
                Collectors.groupingBy(
                    row -> row.table() + row.columns().get("user_hash") + row.columns().get("uuid"),
                    TreeMap::new,
                    Collectors.toList()));
    Contents contents = new Contents(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    for (List<ForeignRow> ofKey : versions.values()) {
      ForeignRow tip = Collections.max(ofKey, ORDER);
      boolean card = tip.table().equals("user_cards");
      for (ForeignRow row : ofKey) {
        String signature = row.columns().get("sign_b64").asText();
        if (row == tip) {
          (card ? contents.cards() : contents.tips()).add(signature);
        } else if (!card) {
          contents.history().add(signature);
        }
      }
    }
    return contents;
  }

  private Contents stored() throws SQLException {
    return new Contents(
        signatures("user_cards"), signatures("user_storage"), signatures("user_storage_versions"));
  }

  private TreeSet<String> signatures(String table) throws SQLException {
    String all = database.value("SELECT string_agg(sign_b64::text, ' ') FROM " + table);
    return all == null ? new TreeSet<>() : new TreeSet<>(List.of(all.split(" ")));
  }

  private void create(String file, String onUnknownOwner) throws SQLException {
    boolean buckitUp = file.startsWith("buckitup");
    String algorithm = file.substring(file.indexOf('.') + 1);
    String bytes = buckitUp ? "bytea NOT NULL" : "bytea";
    String owner = buckitUp ? "user_hash text" : "user_hash bytea";
    String parent = buckitUp ? "parent_sign_hash text" : "parent_sign_b64 bytea";
    String notNull = buckitUp ? " NOT NULL" : "";
    String hash = buckitUp || algorithm.startsWith("ML") ? "sign_hash" : "sign_b64";
    database.run(
        "CREATE TABLE user_cards (%1$s PRIMARY KEY, sign_pkey %2$s, contact_pkey %2$s, contact_cert %2$s, crypt_pkey %2$s, crypt_cert %2$s, name text%3$s, deleted_flag boolean%3$s, owner_timestamp bigint%3$s, sign_b64 bytea)"
            .formatted(owner, bytes, notNull));
    String columns =
        "%s, %%s uuid, value_b64 %s, deleted_flag boolean%s, %s, owner_timestamp bigint%s, sign_b64 bytea%s"
            .formatted(
                owner,
                bytes,
                notNull,
                parent,
                notNull,
                hash.equals("sign_b64") ? "" : ", sign_hash " + (buckitUp ? "text" : "bytea"));
    database.run(
        "CREATE TABLE user_storage (%s, PRIMARY KEY (user_hash, uuid))"
            .formatted(columns.formatted("uuid")));
    database.run(
        "CREATE TABLE user_storage_versions (%s, PRIMARY KEY (user_hash, storage_uuid, %s))"
            .formatted(columns.formatted("storage_uuid"), hash));
    String format = buckitUp ? ", format => 'buckitup'" : "";
    database.run(
        "SELECT rowseal.protect_identities('user_cards', algorithm => '%s'%s%s)"
            .formatted(algorithm, buckitUp ? ", owner_prefix => 'u_'" : "", format));
    database.run(
        "SELECT rowseal.protect('user_storage', identities => 'user_cards', versions => 'user_storage_versions',"
            + " versions_columns => '{\"uuid\":\"storage_uuid\"}', on_unknown_owner => '%s'%s%s)"
                .formatted(
                    onUnknownOwner,
                    buckitUp ? ", version_hash => 'SHA3-512', version_prefix => 'uss_'" : "",
                    format));
  }
}
