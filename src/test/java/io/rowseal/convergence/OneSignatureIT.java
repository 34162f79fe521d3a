package io.rowseal.convergence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rows that share a signature, although each is authentic: no format and no algorithm that Rowseal
 * takes makes such, so Java is told a format for this table that {@code protect} would refuse. They
 * are versions like any other; in whatever order they come, all peers end with the same.
 */
@OnEachHost
class OneSignatureIT {
  private static final String COLUMNS =
      "(a_b64 bytea NOT NULL, deleted_flag boolean NOT NULL, eb text NOT NULL, f_id text NOT NULL,"
          + " owner_timestamp bigint NOT NULL, rest text NOT NULL, sign_b64 bytea";

  /**
   * What is signed of body, id, timestamp and rest, one after the other: it can be cut anywhere.
   */
  private static final String SIGNED = "11111111111112";

  private static final long EARLY = 1_111_111_111L;
  private static final long LATE = 1_111_111_112L;

  @Parameter Host host;
  private final Owner owner = new Owner(SignatureAlgorithm.ED25519);
  private final byte[] signature = signature(SIGNED);
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run(Cards.TABLE);
    database.run(Cards.PROTECTION);
    database.run(Cards.insert(owner.card(1, "Mallory")));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private byte[] signature(String signed) {
    String message = Base64.getEncoder().encodeToString(owner.id()) + "false" + signed;
    return owner.signature(message.getBytes(StandardCharsets.UTF_8));
  }

  /** The row that begins with so many characters of body, and as many of id. */
  private Row row(int body, int id) {
    int timestamp = body + id;
    return row(
        SIGNED.substring(0, body),
        SIGNED.substring(body, timestamp),
        Long.parseLong(SIGNED.substring(timestamp, timestamp + 10)),
        SIGNED.substring(timestamp + 10),
        signature);
  }

  private Row row(String body, String id, long timestamp, String rest, byte[] signed) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("a_b64", owner.id());
    values.put("deleted_flag", false);
    values.put("eb", body);
    values.put("f_id", id);
    values.put("owner_timestamp", timestamp);
    values.put("rest", rest);
    values.put("sign_b64", signed);
    return Row.of(values);
  }

  /** A version that shares nothing. */
  private Row ordinary(String id, long timestamp) {
    return row("", id, timestamp, "ordinary", signature(id + timestamp + "ordinary"));
  }

  private void create(Layout layout) throws SQLException {
    String key = layout == Layout.ONE_TABLE ? "a_b64, f_id, sign_b64" : "a_b64, f_id";
    database.run("CREATE TABLE t " + COLUMNS + ", PRIMARY KEY (" + key + "))");
    database.run("CREATE TABLE t_versions " + COLUMNS + ", PRIMARY KEY (sign_b64))");
    protect(layout);
    teach(database);
  }

  private void protect(Layout layout) throws SQLException {
    String kept =
        switch (layout) {
          case UNVERSIONED -> "";
          case TWO_TABLES -> ", versions => 't_versions'";
          case ONE_TABLE -> ", layout => 'one-table'";
        };
    database.run(
        "SELECT rowseal.protect('t', identities => 'card', owner => 'a_b64', validate => false"
            + kept
            + ")");
  }

  /** Tells Java, for this connection alone, that the table has the format without delimiters. */
  private static void teach(TestDatabase connection) throws SQLException {
    connection.run(
        """
        SELECT rowseal_internal.learn_policy(rowseal_internal.policy_id(settings), rowseal_internal.policy_fields(
            settings || '{"format": "buckitup"}' || jsonb_build_object('columns', (
                SELECT jsonb_agg(c || CASE c ->> 'type' WHEN 'text' THEN '{"type": "uuid"}'::jsonb ELSE '{}' END ORDER BY n)
                FROM jsonb_array_elements(settings -> 'columns') WITH ORDINALITY AS x(c, n)))))
        FROM unnest(ARRAY['t', 't_versions']::regclass[]) AS r, LATERAL rowseal_internal.settings_of(r) AS settings
        WHERE settings IS NOT NULL""");
  }

  private String state() throws SQLException {
    return database.value(
        "SELECT concat_ws('; ', 'data: ' || %s, 'versions: ' || %s)"
            .formatted(rows("t"), rows("t_versions")));
  }

  private static String rows(String table) {
    return "(SELECT string_agg(r, ', ' ORDER BY r COLLATE \"C\") FROM (SELECT concat_ws('/', f_id, owner_timestamp, eb, rest) FROM "
        + table
        + ") AS x(r))";
  }

  private static List<List<Row>> orders(List<Row> rows) {
    if (rows.isEmpty()) {
      return List.of(List.of());
    }
    List<List<Row>> all = new ArrayList<>();
    for (Row first : rows) {
      List<Row> others = new ArrayList<>(rows);
      others.remove(first);
      for (List<Row> rest : orders(others)) {
        List<Row> order = new ArrayList<>(List.of(first));
        order.addAll(rest);
        all.add(order);
      }
    }
    return all;
  }

  private void deliver(Row row, Layout layout, Random random) throws SQLException {
    Insert data = Insert.into("t").row(row);
    switch (layout == Layout.ONE_TABLE ? 0 : random.nextInt(3)) {
      case 0 -> database.run(data);
      case 1 -> database.run(data.onConflictDoUpdate("a_b64", "f_id"));
      default ->
          database.run(layout == Layout.TWO_TABLES ? Insert.into("t_versions").row(row) : data);
    }
  }

  /** Same and other timestamps, same and other keys, beside versions that share nothing. */
  @ParameterizedTest
  @EnumSource
  void anyOrderEndsInTheSameTables(Layout layout) throws SQLException {
    create(layout);
    List<Row> rows =
        new ArrayList<>(List.of(row(0, 1), row(1, 1), row(3, 1), row(0, 2), row(2, 2)));
    if (layout == Layout.TWO_TABLES) {
      rows.add(
          ordinary("1", LATE + 1)); // what it supersedes meets the others in the versions table
    }
    assertEquals(EARLY, rows.get(1).get("owner_timestamp"));
    assertEquals(LATE, rows.get(2).get("owner_timestamp"));
    long seed = Long.getLong("rowseal.seed", new Random().nextLong());
    Random random = new Random(seed);
    String expected = null;
    database.connection().setAutoCommit(false);
    for (List<Row> order : orders(rows)) {
      for (Row row : order) {
        deliver(row, layout, random);
      }
      String state = state();
      expected = expected == null ? state : expected;
      String context = "-Drowseal.seed=" + seed + " " + order;
      assertEquals(expected, state, context);
      if (random.nextInt(8) == 0) {
        List<Row> again = new ArrayList<>(order);
        Collections.shuffle(again, random);
        for (Row row : again) {
          deliver(row, layout, random);
        }
        assertEquals(expected, state(), context + ", and again " + again);
      }
      database.connection().rollback();
      database.connection().setAutoCommit(false);
    }
  }

  /** The greater timestamp first, then the greater bytes; what loses goes where versions go. */
  @Test
  void theGreaterOneIsTheTipAndTheOtherIsKept() throws SQLException {
    create(Layout.TWO_TABLES);
    for (Row row : List.of(row(0, 1), row(2, 1), row(1, 1))) {
      database.run(Insert.into("t").row(row));
    }
    assertEquals("data: 1/1111111111/11/2; versions: 1/1111111111/1/12", state());
    database.run(Insert.into("t").row(row(3, 1)));
    assertEquals("data: 1/1111111112/111/; versions: 1/1111111111/11/2", state());
  }

  /** The same where the second one comes to the versions table. */
  @Test
  void theGreaterOneIsTheTipWhereverItComes() throws SQLException {
    create(Layout.TWO_TABLES);
    String expected = "data: 1/1111111111/1/12; versions: 1/1111111111//112";
    database.connection().setAutoCommit(false);
    for (List<Row> order : orders(List.of(row(0, 1), row(1, 1)))) {
      database.run(Insert.into("t").row(order.get(0)));
      database.run(Insert.into("t_versions").row(order.get(1)));
      assertEquals(expected, state(), order.toString());
      database.connection().rollback();
    }
  }

  /** The place of a version among the superseded ones is taken by that of another row. */
  @Test
  void aVersionThatIsSupersededMeetsAnotherRowsVersion() throws SQLException {
    create(Layout.TWO_TABLES);
    for (Row row : List.of(row(0, 2), ordinary("11", LATE), row(3, 1), ordinary("1", LATE + 1))) {
      database.run(Insert.into("t").row(row));
    }
    assertTrue(state().endsWith("versions: 1/1111111112/111/"), state());
  }

  /** Nothing that is not authentic comes in by the way of those that are. */
  @Test
  void anUpdateOfAVersionTakesAuthenticRowsOnly() throws SQLException {
    create(Layout.TWO_TABLES);
    for (Row row : List.of(row(0, 1), ordinary("1", LATE + 1))) {
      database.run(Insert.into("t").row(row));
    }
    String before = state();
    assertEquals("RS009", database.refusal("UPDATE t_versions SET rest = 'forged'"));
    assertEquals("RS007", database.refusal("UPDATE t_versions SET f_id = 'forged'"));
    assertEquals(before, state());
  }

  @Test
  void anAuditTellsOfThemAndFindsNothingWrong() throws SQLException {
    create(Layout.TWO_TABLES);
    for (Row row : List.of(row(0, 1), row(1, 1))) {
      database.run(Insert.into("t").row(row));
    }
    assertEquals(
        "versions shared_signature warning",
        database.value(
            "SELECT string_agg(concat_ws(' ', source, code, severity), ',') FROM rowseal.verify('t')"));
    assertEquals("0", database.value("SELECT errors FROM rowseal.audit('t')"));
    assertEquals("2", database.value("SELECT versions FROM rowseal.digest('t')"));
    assertEquals(
        " f, 1 t",
        database.value(
            "SELECT string_agg(\"row\" ->> 'eb' || ' ' || left(is_tip::text, 1), ', ') FROM rowseal.history('t',"
                + " (SELECT jsonb_build_object('a_b64', a_b64, 'f_id', f_id) FROM t))"));
  }

  @Test
  void anAuditFindsTheLesserOneInThePlaceOfTheGreater() throws SQLException {
    create(Layout.TWO_TABLES);
    for (Row row : List.of(row(0, 1), row(1, 1))) {
      database.run(Insert.into("t").row(row));
    }
    database.run(
        "SELECT rowseal.unprotect('t'); UPDATE t SET eb = '', rest = '112'; UPDATE t_versions SET eb = '1', rest = '12'");
    protect(Layout.TWO_TABLES);
    assertEquals(
        "data not_the_tip,versions shared_signature",
        database.value(
            "SELECT string_agg(concat_ws(' ', source, code), ',' ORDER BY source) FROM rowseal.verify('t')"));
  }
}
