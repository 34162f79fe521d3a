package io.rowseal.encoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowseal.encoding.Decodability.Field;
import io.rowseal.encoding.Decodability.Shape;
import io.rowseal.error.RefusedException;
import io.rowseal.testing.rows.ForeignRow;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {

  @ParameterizedTest
  @ValueSource(strings = {"Ed25519", "ES256K", "ML-DSA-87"})
  void messagesAreThoseThatOthersSigned(String algorithm) {
    for (ForeignRow row : ForeignRow.read("rowseal-v1." + algorithm)) {
      assertArrayEquals(row.message(), encode(row), row.what());
    }
  }

  private static byte[] encode(ForeignRow row) {
    List<Column> columns = new ArrayList<>();
    List<Object> image = new ArrayList<>();
    row.columns()
        .properties()
        .forEach(
            field -> {
              if (!field.getKey().equals("sign_b64")) {
                columns.add(new Column(field.getKey(), kind(field.getKey())));
                image.add(value(row, field.getKey(), field.getValue()));
              }
            });
    return MessageFormat.ROWSEAL_V1
        .encoder(row.table(), columns, "owner_timestamp")
        .encode(image.toArray());
  }

  private static ValueKind kind(String column) {
    return switch (column) {
      case "name", "uuid" -> ValueKind.TEXT;
      case "deleted_flag" -> ValueKind.BOOLEAN;
      case "owner_timestamp" -> ValueKind.INTEGER;
      default -> ValueKind.BYTES;
    };
  }

  private static Object value(ForeignRow row, String column, JsonNode value) {
    return switch (kind(column)) {
      case BYTES -> row.bytes(column);
      case BOOLEAN -> value.isNull() ? null : value.asBoolean();
      case INTEGER -> value.isNull() ? null : Long.valueOf(value.asText());
      case TEXT -> value.isNull() ? null : value.asText();
    };
  }

  /** Heads from RFC 8949, appendix A. */
  @ParameterizedTest
  @CsvSource({
    "0,00",
    "23,17",
    "24,1818",
    "255,18ff",
    "256,190100",
    "65536,1a00010000",
    "4294967296,1b0000000100000000",
    "9007199254740993,1b0020000000000001",
    "-1,20",
    "-24,37",
    "-25,3818",
    "-256,38ff",
    "-257,390100",
    "9223372036854775807,1b7fffffffffffffff",
    "-9223372036854775808,3b7fffffffffffffff"
  })
  void integersTakeTheShortestHead(long number, String head) {
    assertEquals(
        "836a726f777365616c2d763161" + "74" + "a16161" + head,
        hex("t", "a", ValueKind.INTEGER, number));
  }

  @Test
  void nullIsAbsentAndNotTheTextNull() {
    assertEquals("836a726f777365616c2d76316174a0", hex("t", "a", ValueKind.TEXT, null));
    assertEquals(
        "836a726f777365616c2d76316174a16161646e756c6c", hex("t", "a", ValueKind.TEXT, "null"));
    assertEquals(
        "836a726f777365616c2d76316174a1616140", hex("t", "a", ValueKind.BYTES, new byte[0]));
  }

  @ParameterizedTest
  @CsvSource({"23,77", "24,7818", "255,78ff", "256,790100"})
  void textsTakeTheShortestHead(int length, String head) {
    assertTrue(
        hex("t", "a", ValueKind.TEXT, "x".repeat(length))
            .startsWith("836a726f777365616c2d76316174a16161" + head));
  }

  @Test
  void shorterNamesComeFirst() {
    List<Column> columns =
        List.of(new Column("aa", ValueKind.BOOLEAN), new Column("b", ValueKind.BOOLEAN));
    byte[] message =
        MessageFormat.ROWSEAL_V1.encoder("t", columns, "").encode(new Object[] {true, false});
    assertEquals("836a726f777365616c2d76316174a26162f4626161f5", HexFormat.of().formatHex(message));
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertThrows(RefusedException.class, () -> hex("t", "a", ValueKind.TEXT, "\ud800"));
  }

  private static String hex(String context, String name, ValueKind kind, Object value) {
    return HexFormat.of()
        .formatHex(
            MessageFormat.ROWSEAL_V1
                .encoder(context, List.of(new Column(name, kind)), "")
                .encode(new Object[] {value}));
  }

  @Test
  void theSeedsTablesHaveOneReadingInBuckitUp() {
    assertEquals(
        List.of(),
        Decodability.ambiguous(
            List.of(
                field("contact_cert", Shape.FIXED, false),
                certified("contact_pkey", "contact_cert"),
                field("crypt_cert", Shape.FIXED, false),
                certified("crypt_pkey", "crypt_cert"),
                field("deleted_flag", Shape.BOOLEAN, false),
                field("name", Shape.FREE, false),
                field("owner_timestamp", Shape.TIMESTAMP, false),
                field("sign_pkey", Shape.FIXED, false),
                field("user_hash", Shape.FIXED, false))));
    assertEquals(
        List.of(),
        Decodability.ambiguous(
            List.of(
                field("deleted_flag", Shape.BOOLEAN, false),
                    field("owner_timestamp", Shape.TIMESTAMP, false),
                field("parent_sign_hash", Shape.FIXED, true),
                    field("user_hash", Shape.FIXED, false),
                field("uuid", Shape.FIXED, false), field("value_b64", Shape.FREE, false))));
  }

  @Test
  void whatHasTwoReadingsIsNamed() {
    assertEquals(List.of("name"), Decodability.ambiguous(List.of(field("name", Shape.FREE, true))));
    assertEquals(
        List.of("a", "b"),
        Decodability.ambiguous(
            List.of(field("b", Shape.FREE, false), field("a", Shape.FREE, false))));
    assertEquals(
        List.of("a", "b"),
        Decodability.ambiguous(
            List.of(field("a", Shape.FREE, false), field("b", Shape.FIXED, true))));
  }

  private static Field field(String name, Shape shape, boolean nullable) {
    return new Field(name, shape, nullable, Set.of());
  }

  private static Field certified(String name, String certificate) {
    return new Field(name, Shape.CERTIFIED, false, Set.of(certificate));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 999_999_999L, 10_000_000_000L, 91_700_082_000L, -1_700_000_000L})
  void buckitUpTakesTimestampsOfTenDigitsOnly(long timestamp) {
    MessageEncoder encoder =
        MessageFormat.BUCKITUP.encoder("t", List.of(new Column("at", ValueKind.INTEGER)), "at");
    assertThrows(RefusedException.class, () -> encoder.encode(new Object[] {timestamp}));
  }
}
