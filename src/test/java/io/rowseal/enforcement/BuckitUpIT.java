package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.ForeignRow;
import io.rowseal.testing.rows.SeedTables;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The format without delimiters is taken only where a message has one reading. */
@OnEachHost
class BuckitUpIT {
  private static final String TIPS =
      "SELECT string_agg(name || ' ' || owner_timestamp, ',') FROM user_cards";

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

  private String store(ForeignRow card) {
    return database.refusal(SeedTables.insert("user_cards"), card.columns().toString());
  }

  private static ForeignRow card(String kind) {
    return ForeignRow.read("buckitup.ML-DSA-87").stream()
        .filter(row -> row.meta().path("kind").asText().equals(kind))
        .findFirst()
        .orElseThrow();
  }

  /** Two cards with one message and one signature: the owner signed the first. */
  @Test
  void theForgedOneOfAPairIsRefusedWheneverItComes() throws SQLException {
    SeedTables.buckitUp(database);
    ForeignRow original = card("forged-original");
    ForeignRow forged = card("forged");
    assertEquals(original.columns().get("sign_b64"), forged.columns().get("sign_b64"));
    assertEquals("RS006", store(forged));
    assertEquals("00000", store(original));
    String tip = database.value(TIPS);
    assertEquals("RS006", store(forged));
    assertEquals(
        "RS006",
        database.refusal(
            "UPDATE user_cards SET name = ?, owner_timestamp = ?",
            forged.columns().get("name").asText(),
            forged.columns().get("owner_timestamp").asLong()));
    assertEquals(tip, database.value(TIPS));
  }

  /**
   * In an array the elements would stand one after the other: {@code {010203,04}} and {@code
   * {01020304}} would have one message.
   */
  @ParameterizedTest
  @CsvSource({
    "parts bytea[] NOT NULL, parts (bytea[]), no encoding",
    "tags text[] NOT NULL, tags, no encoding",
    "at timestamptz NOT NULL, at, no encoding",
    "'first text NOT NULL, last text NOT NULL', 'first, last', two different rows",
    "nick text, nick, two different rows",
    "picture bytea NOT NULL, picture, _b64",
    "name_b64 text NOT NULL, name_b64, _b64"
  })
  void whatIsNotDecodableIsNamed(String columns, String named, String why) {
    SQLException refused =
        assertThrows(
            SQLException.class,
            () ->
                database.run(
                    "CREATE TABLE t (user_hash text PRIMARY KEY, sign_pkey bytea NOT NULL, "
                        + columns
                        + ", deleted_flag boolean NOT NULL, owner_timestamp bigint NOT NULL, sign_b64 bytea);"
                        + " SELECT rowseal.protect_identities('t', format => 'buckitup', owner_prefix => 'u_')"));
    assertEquals("RS012", refused.getSQLState());
    assertTrue(refused.getMessage().contains(named), refused.getMessage());
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
  }

  /**
   * A certificate that comes behind what it certifies, or that fits two keys, lets an owner certify
   * both readings of a message.
   */
  @ParameterizedTest
  @CsvSource({"Ed25519, z_cert", "ES256, a_cert", "ES256K, a_cert", "SPKI, a_cert"})
  void certificatesThatDoNotBindAreNamed(String algorithm, String certificate) throws SQLException {
    assertEquals("00000", database.refusal(protectedCards("taken", "Ed25519", "a_cert")));
    SQLException refused =
        assertThrows(
            SQLException.class,
            () -> database.run(protectedCards("refused", algorithm, certificate)));
    assertEquals("RS012", refused.getSQLState());
    assertTrue(refused.getMessage().contains("key_pkey"), refused.getMessage());
    assertTrue(refused.getMessage().contains("sorts behind"), refused.getMessage());
  }

  private static String protectedCards(String table, String algorithm, String certificate) {
    return """
        CREATE TABLE %1$s (user_hash text PRIMARY KEY, sign_pkey bytea NOT NULL, key_pkey bytea NOT NULL,
            %3$s bytea NOT NULL, name text NOT NULL, deleted_flag boolean NOT NULL, owner_timestamp bigint NOT NULL, sign_b64 bytea);
        SELECT rowseal.protect_identities('%1$s', format => 'buckitup', owner_prefix => 'u_', algorithm => '%2$s',
            certificates => '{"%3$s":"key_pkey"}')"""
        .formatted(table, algorithm, certificate);
  }
}
