package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The client for Java with a live table: described, written and verified by JDBC. */
@OnEachHost
class JdbcTableIT {
  @Parameter Host host;

  private final SigningKey key = SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());

  private static void makeTables(TestDatabase database) throws SQLException {
    database.run(
        "CREATE TABLE person (author text PRIMARY KEY, pk bytea, c_key bytea, c_cert bytea, gone boolean, at bigint, seal bytea)");
    database.run("CREATE DOMAIN small AS smallint");
    database.run(
        "CREATE TABLE \"Letter\" (author text, id uuid, n small, day date, moment timestamptz, span interval, addr inet, code char(4),"
            + " price numeric(8,2), about jsonb, tags text[], blob bytea, \"a \"\" b\" text, read_at timestamptz, gone boolean, at bigint,"
            + " seal bytea, sign_hash bytea, PRIMARY KEY (author, id))");
    String names =
        "owner => 'author', signature => 'seal', owner_timestamp => 'at', deleted => 'gone'";
    database.run(
        "SELECT rowseal.protect_identities('person', algorithm => 'SPKI', allowed_algorithms => '{ES256,Ed448}', public_key => 'pk', owner_hash => 'SHA-256', owner_prefix => 'p_',"
            + " certificates => '{\"c_cert\": \"c_key\"}', "
            + names
            + ")");
    database.run(
        "SELECT rowseal.protect('\"Letter\"', identities => 'person', context => 'mail', exclude => '{read_at}', "
            + names
            + ")");
  }

  private static Map<String, Object> letter() {
    Map<String, Object> letter = new HashMap<>();
    letter.put("id", "550e8400-e29b-41d4-a716-446655440000");
    letter.put("n", 7);
    letter.put("day", "0044-03-15 BC");
    letter.put("moment", "2026-01-31 12:00:00.5+00");
    letter.put("span", "-1 days +02:03:04");
    letter.put("addr", "10.0.0.1");
    letter.put("code", "ab  ");
    letter.put("price", "1.10");
    letter.put("about", "{\"a\": 2}");
    letter.put("tags", "{a,NULL}");
    letter.put("blob", new byte[] {0, -1});
    letter.put("a \" b", null);
    letter.put("gone", false);
    letter.put("at", 5L);
    return letter;
  }

  @Test
  void aLiveTableIsDescribedWrittenAndVerified() throws Exception {
    try (TestDatabase database = TestDatabase.create(host)) {
      makeTables(database);
      JdbcTable cards = JdbcTable.open(database.connection(), "person");
      JdbcTable letters = JdbcTable.open(database.connection(), "\"Letter\"");
      assertEquals("mail", letters.description().context());
      Map<String, Object> card =
          new RowSigner(key, cards.description())
              .sign(Map.of("c_key", new byte[] {9}, "gone", false, "at", 1L));
      assertEquals(1, cards.insert(database.connection(), card));
      SigningKey other = SigningKey.generate(SignatureAlgorithm.ES256K, new SecureRandom());
      assertThrows(IllegalArgumentException.class, () -> new RowSigner(other, cards.description()));
      RowSigner signer = new RowSigner(key, letters.description());
      assertEquals(1, letters.insert(database.connection(), signer.sign(letter())));
      assertEquals(0, letters.insert(database.connection(), signer.sign(letter())));

      // Whatever the session prints, and however the driver transfers it.
      database.run("SET DateStyle = 'ISO, DMY'");
      database.run("SET TimeZone = 'Asia/Tokyo'");
      database.run("SET IntervalStyle = 'iso_8601'");
      database.run("SET extra_float_digits = -15");
      database.run("SET bytea_output = 'escape'");
      RowVerifier verifier = new RowVerifier(letters.description());
      RowVerifier.Card owner =
          new RowVerifier(cards.description()).card(read(database, cards, "person"));
      for (int i = 0; i < 8; i++) {
        Map<String, Object> row = read(database, letters, "\"Letter\"");
        Map<String, Object> verified = verifier.verify(row, owner);
        assertEquals("2026-01-31 12:00:00.5+00", verified.get("moment"));
        assertNull(verified.get("a \" b"));
        row.put("price", "1.1");
        assertEquals(
            Refusal.SIGNATURE_INVALID,
            assertThrows(RefusedException.class, () -> verifier.verify(row, owner)).refusal());
      }
    }
  }

  private static Map<String, Object> read(TestDatabase database, JdbcTable table, String name)
      throws SQLException {
    try (Statement statement = database.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT " + table.selectList() + " FROM " + name)) {
      assertTrue(rows.next());
      return table.row(rows);
    }
  }

  @Test
  void aTableThatIsNotProtectedIsNamed() throws Exception {
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("CREATE TABLE plain (id int)");
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class,
                  () -> JdbcTable.open(database.connection(), "plain"))
              .getMessage()
              .contains("plain"));
      assertThrows(SQLException.class, () -> JdbcTable.open(database.connection(), "nowhere"));
    }
  }
}
