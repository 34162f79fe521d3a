package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Expression;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Sql;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever comes in gets a code of its own or PostgreSQL's; the backend is the same afterwards, and
 * so is the transaction from the savepoint before.
 */
@OnEachHost
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
  private static final String FINGERPRINT =
      "(SELECT hashtextextended(settings::text, 0) FROM rowseal.protected WHERE \"table\" = 'note'::regclass)";
  private static final String HUGE = "convert_to(repeat('x', 100000000), 'UTF8')";

  private static final TableDescription CERTIFIED =
      TableDescription.of("cert")
          .column("user_hash", ValueKind.BYTES)
          .column("sign_pkey", ValueKind.BYTES)
          .column("contact_pkey", ValueKind.BYTES)
          .column("contact_cert", ValueKind.BYTES)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER)
          .publicKey("sign_pkey")
          .certificate("contact_cert", "contact_pkey");

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private TestDatabase database;
  private String backend;

  @BeforeParameterizedClassInvocation
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run(Cards.TABLE);
    database.run(Notes.TABLE);
    database.run(
        "CREATE TABLE cert (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea,"
            + " deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run(Cards.PROTECTION);
    database.run(Notes.PROTECTION);
    database.run("SELECT rowseal.protect_identities('cert')");
    database.run(Cards.insert(ada.card(1, "Ada")));
    backend = database.value("SELECT pg_backend_pid()");
    database.connection().setAutoCommit(false);
  }

  @AfterParameterizedClassInvocation
  void close() throws SQLException {
    database.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    database.run("SAVEPOINT here");
  }

  /** After every test, in the same transaction of the same backend, a good row is stored. */
  @AfterEach
  void goOn() throws SQLException {
    assertEquals(backend, database.value("SELECT pg_backend_pid()"));
    assertEquals(1, database.run(Notes.insert(note(1, "good"))));
    assertEquals("good", database.value("SELECT body FROM note"));
    database.connection().rollback();
  }

  private Row note(long timestamp, String body) {
    return Notes.note(ada, new UUID(0, 1), timestamp, body);
  }

  private String refusal(String sql, Object... parameters) throws SQLException {
    String code = database.refusal(sql, parameters);
    database.run("ROLLBACK TO here");
    return code;
  }

  private String refusal(Sql sql) throws SQLException {
    String code = database.refusal(sql);
    database.run("ROLLBACK TO here");
    return code;
  }

  private static byte[] bad(byte[] good, String how) {
    return switch (how) {
      case "NULL" -> null;
      case "empty" -> new byte[0];
      case "one byte short" -> Arrays.copyOf(good, good.length - 1);
      case "one byte long" -> Arrays.copyOf(good, good.length + 1);
      case "one bit flipped" -> {
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 4;
        yield flipped;
      }
      case "zeros" -> new byte[good.length];
      case "10 MB" -> new byte[10_000_000];
      default -> throw new IllegalArgumentException(how);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "NULL, RS001",
    "empty, RS001",
    "one byte short, RS006",
    "one byte long, RS006",
    "one bit flipped, RS002",
    "zeros, RS002",
    "10 MB, RS006"
  })
  void signature(String how, String code) throws SQLException {
    Row note = note(1, "good");
    Row bad = note.with("sign_b64", bad(note.signature(), how));
    assertEquals(code, refusal(Notes.insert(bad)));
  }

  @ParameterizedTest
  @CsvSource({
    "NULL, RS006",
    "empty, RS003",
    "one byte short, RS003",
    "one byte long, RS003",
    "one bit flipped, RS003",
    "zeros, RS003",
    "10 MB, RS003"
  })
  void ownerId(String how, String code) throws SQLException {
    Row note = note(1, "good");
    Row bad = note.with("user_hash", bad(note.owner(), how));
    assertEquals(code, refusal(Notes.insert(bad)));
  }

  @ParameterizedTest
  @CsvSource({"id, RS006", "body, RS002", "deleted_flag, RS006", "owner_timestamp, RS006"})
  void columnsThatAreNull(String column, String code) throws SQLException {
    assertEquals(code, refusal(Notes.insert(note(1, "good").with(column, null))));
  }

  /** The owner id is right, so that what is refused is the key itself. */
  @ParameterizedTest
  @CsvSource({
    "NULL, RS006",
    "empty, RS006",
    "one byte short, RS006",
    "one byte long, RS006",
    "zeros, RS006",
    "10 MB, RS006"
  })
  void publicKey(String how, String code) throws SQLException {
    Row card = new Owner(SignatureAlgorithm.ED25519).card(1, "Bad");
    byte[] key = bad(card.bytes("sign_pkey"), how);
    assertEquals(code, refusal(Cards.insert(withKey(card, key))));
  }

  private static Row withKey(Row card, byte[] key) {
    byte[] id = HashAlgorithm.SHA3_512.digest(key == null ? new byte[0] : key);
    return card.with("sign_pkey", key).with("user_hash", id);
  }

  /**
   * On the curve, and yet no key: of order one, two, four and eight; and a point not on the curve.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "0200000000000000000000000000000000000000000000000000000000000000"
      })
  void pointsThatAreNoKeys(String hex) throws SQLException {
    Row card = new Owner(SignatureAlgorithm.ED25519).card(1, "Bad");
    byte[] key = HexFormat.of().parseHex(hex);
    assertEquals("RS006", refusal(Cards.insert(withKey(card, key))));
  }

  @ParameterizedTest
  @CsvSource({
    "contact_cert, NULL, RS006",
    "contact_cert, empty, RS006",
    "contact_cert, one byte short, RS006",
    "contact_cert, one byte long, RS006",
    "contact_cert, one bit flipped, RS005",
    "contact_cert, zeros, RS005",
    "contact_cert, 10 MB, RS006",
    "contact_pkey, NULL, RS006",
    "contact_pkey, empty, RS005",
    "contact_pkey, one byte short, RS005",
    "contact_pkey, 10 MB, RS005"
  })
  void certificate(String column, String how, String code) throws SQLException {
    Row card =
        new Owner(SignatureAlgorithm.ED25519)
            .sign(
                CERTIFIED,
                Map.of(
                    "contact_pkey",
                    new byte[] {1, 2, 3},
                    "deleted_flag",
                    false,
                    "owner_timestamp",
                    1L));
    assertEquals("00000", refusal(Insert.into("cert").row(card)));
    Row bad = card.with(column, bad(card.bytes(column), how));
    assertEquals(code, refusal(Insert.into("cert").row(bad)));
  }

  /** PostgreSQL refuses what is of another type before Rowseal sees it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "'not bytes', gen_random_uuid(), 'x', false, 1, '\\xzz'; 22023",
        "'\\x00', 'no uuid', 'x', false, 1, '\\x00'; 22P02",
        "'\\x00', gen_random_uuid(), 'x', 'perhaps', 1, '\\x00'; 22P02",
        "'\\x00', gen_random_uuid(), 'x', false, 99999999999999999999, '\\x00'; 22003",
        "'\\x00', gen_random_uuid(), 'x', false, 1.5, 7; 42804",
        "'\\x00', gen_random_uuid(), 'x', 1, 1, '\\x00'; 42804"
      })
  void wrongType(String values, String code) throws SQLException {
    assertEquals(
        code,
        refusal(
            "INSERT INTO note (user_hash, id, body, deleted_flag, owner_timestamp, sign_b64) VALUES ("
                + values
                + ")"));
  }

  /** What Java's heap could not hold is refused before it comes there. */
  @Test
  void hugeValues() throws SQLException {
    Row note = note(1, "good");
    Expression huge = new Expression(HUGE);
    assertEquals("RS006", refusal(Notes.insert(note.with("sign_b64", huge))));
    Expression body = new Expression("repeat('x', 50000000)");
    assertEquals("RS006", refusal(Notes.insert(note.with("body", body))));
    assertEquals("RS006", refusal(Notes.insert(note.with("user_hash", huge))));
  }

  @Test
  void largeValuesAreTaken() throws SQLException {
    Row first = note(-2, "1".repeat(10_000_000));
    Row second = note(-1, "2".repeat(10_000_000));
    assertEquals(1, database.run(Notes.insert(first)));
    assertEquals(0, database.run(Notes.insert(second)));
    assertEquals(0, database.run(Notes.insert(first)));
    assertEquals("2", database.value("SELECT left(body, 1) FROM note"));
    database.run("ROLLBACK TO here");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "SELECT rowseal.owner_id(NULL); RS006",
        "SELECT rowseal.owner_id('\\x00', NULL); RS006",
        "SELECT rowseal.owner_id('\\x00', 'MD5'); RS012",
        "SELECT rowseal.owner_id('\\x00', repeat('SHA', 10000000)); RS006",
        "SELECT rowseal.owner_id(HUGE); RS006",
        "SELECT rowseal.owner_id(decode(repeat('00', 10000000), 'hex')); RS006",
        "SELECT rowseal.check_signature('Ed25519', HUGE, HUGE, HUGE); RS006",
        "SELECT rowseal.payload('note', jsonb_build_object('body', repeat('x', 50000000))); RS006",
        "SELECT rowseal.explain('note', jsonb_build_object('body', repeat('x', 50000000))); RS006",
        "SELECT rowseal.check_signature('Ed25519', NULL, '', ''); RS006",
        "SELECT rowseal.check_signature(NULL, '', '', ''); RS006",
        "SELECT rowseal.check_signature('RSA', '', '', ''); RS012",
        "SELECT rowseal.check_signature('SPKI', '', '', ''); RS012",
        "SELECT rowseal.payload(NULL, '{}'); RS012",
        "SELECT rowseal.payload('note', NULL); RS006",
        "SELECT rowseal.payload('note', '[]'); RS006",
        "SELECT rowseal.payload('note', 'null'); RS006",
        "SELECT rowseal.payload('note', '7'); RS006",
        "SELECT rowseal.payload('note', '{\"nowhere\": 1}'); RS006",
        "SELECT rowseal.payload('note', '{\"id\": \"no uuid\"}'); 22P02",
        "SELECT rowseal.payload('note', '{\"size\": 1e30}'); 22003",
        "SELECT rowseal.payload('note', '{\"deleted_flag\": {}}'); 22P02",
        "SELECT rowseal.payload('note', '{'); 22P02",
        "SELECT rowseal.payload('pg_class', '{}'); RS012",
        "SELECT rowseal.payload('nowhere', '{}'); 42P01",
        "SELECT rowseal.explain('note', '7'); RS006",
        "SELECT rowseal.explain('pg_class', '{}'); RS012",
        "SELECT rowseal.protect('note', identities => NULL); RS012",
        "SELECT rowseal.protect(NULL, identities => 'card'); RS012",
        "SELECT rowseal.protect_identities(NULL); RS012",
        "SELECT rowseal.protect_identities('card', certificates => '[]'); RS012",
        "SELECT rowseal.protect_identities('card', certificates => '{\"name\": \"sign_pkey\"}'); RS012",
        "SELECT rowseal.protect_identities('card', algorithm => 'SPKI', allowed_algorithms => '{RSA}'); RS012",
        "SELECT rowseal.protect_identities('card', algorithm => repeat('x', 1000000)); RS012"
      })
  void calls(String sql, String code) throws SQLException {
    assertEquals(code, refusal(sql.replace("HUGE", HUGE)), sql);
  }

  /** Checked by their lengths before anything is done with them. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT rowseal.check_signature('Ed25519', KEY, 'm', SIGNATURE || '\\x00')",
        "SELECT rowseal.check_signature('Ed25519', KEY, 'm', '')",
        "SELECT rowseal.check_signature('Ed25519', '', 'm', SIGNATURE)",
        "SELECT rowseal.check_signature('ML-DSA-87', KEY, 'm', SIGNATURE)",
        "SELECT rowseal.check_signature('Ed25519', KEY, 'm', decode(repeat('00', 10000000), 'hex'))",
        "SELECT rowseal.check_signature('Ed25519', decode(repeat('00', 10000000), 'hex'), 'm', SIGNATURE)",
        "SELECT rowseal.check_signature('Ed25519', KEY, decode(repeat('00', 10000000), 'hex'), SIGNATURE)"
      })
  void malformedIsFalse(String sql) throws SQLException {
    String filled =
        sql.replace("KEY", "(SELECT sign_pkey FROM card)")
            .replace("SIGNATURE", "(SELECT sign_b64 FROM card)");
    assertEquals("f", database.value(filled));
  }

  /** An explanation is for reading: of a huge message it shows the beginning. */
  @Test
  void explanationsOfHugeRowsAreShort() throws SQLException {
    String longest =
        "SELECT max(octet_length(finding)) FROM rowseal.explain('note',"
            + " jsonb_build_object('body', repeat('x', 5000000)))";
    assertTrue(Integer.parseInt(database.value(longest)) < 100_000);
  }

  /** Row images reach Java from whoever calls what the audits are made of. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "NULL",
        "''",
        "'\\x00'",
        "'\\x0000000b'",
        "'\\x7fffffff'",
        "'\\x0000000b000000117fffffff00'",
        "'\\xffffffff'",
        "decode(repeat('00', 12582913), 'hex')"
      })
  void imagesThatAreNone(String image) throws SQLException {
    String call = "SELECT code FROM rowseal.check_rows('note', ARRAY[" + image + "]::bytea[])";
    assertEquals("RS006", database.value(call));
  }
}
