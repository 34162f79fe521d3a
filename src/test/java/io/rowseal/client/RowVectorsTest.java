package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Vector;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cards that another implementation signed verify, from text alone and without a database. */
class RowVectorsTest {

  private static TableDescription description(Vector vector) {
    JsonNode protect = vector.json().get("protect");
    TableDescription description =
        TableDescription.of(protect.get("context").asText())
            .format(MessageFormat.named(protect.path("format").asText("rowseal-v1")).orElseThrow())
            .owner(
                "user_hash",
                HashAlgorithm.named(protect.path("owner_hash").asText("SHA3-512")).orElseThrow(),
                protect.path("owner_prefix").asText(""))
            .publicKey("sign_pkey");
    description =
        vector.isSpki()
            ? description.spki()
            : description.algorithm(SignatureAlgorithm.named(vector.algorithm()).orElseThrow());
    for (JsonNode column : vector.json().get("columns")) {
      description =
          description.column(
              column.get("name").asText(),
              ValueKind.valueOf(column.get("kind").asText().toUpperCase(Locale.ROOT)));
    }
    return description;
  }

  private static Map<String, String> row(Vector vector) {
    Map<String, String> row = new HashMap<>();
    for (JsonNode column : vector.json().get("columns")) {
      JsonNode value = column.get("value");
      row.put(column.get("name").asText(), value.isNull() ? null : value.asText());
    }
    row.put("sign_b64", "\\x" + vector.json().get("signature").asText());
    return row;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.rowseal.testing.rows.Vector#all")
  void verifies(Vector vector) {
    RowVerifier verifier = new RowVerifier(description(vector));
    Map<String, String> row = row(vector);
    RowMessages messages = new RowMessages(description(vector));
    assertArrayEquals(vector.message(), messages.message(messages.values(row)));
    verifier.card(row);
    row.put("owner_timestamp", "1700000001");
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        assertThrows(RefusedException.class, () -> verifier.card(row)).refusal());
  }
}
