package io.rowseal.testing.rows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * A signed row that was not made by Rowseal.
 *
 * @param json the line it stands in
 */
public record ForeignRow(JsonNode json) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public static List<ForeignRow> read(String file) {
    try (var in = ForeignRow.class.getResourceAsStream("/foreign/" + file + ".jsonl")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(ForeignRow::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String table() {
    return json.get("table").asText();
  }

  public JsonNode columns() {
    return json.get("columns");
  }

  public JsonNode meta() {
    return json.get("meta");
  }

  public boolean isValid() {
    return meta().get("valid").asBoolean();
  }

  public String what() {
    return meta().path("what").asText(meta().path("kind").asText(""));
  }

  /** The bytes of a {@code bytea} column, null for NULL. */
  public byte[] bytes(String column) {
    JsonNode value = columns().path(column);
    return value.isTextual() ? HexFormat.of().parseHex(value.asText().substring(2)) : null;
  }

  public byte[] message() {
    return HexFormat.of().parseHex(json.get("message").asText());
  }

  private static ForeignRow parse(String line) {
    try {
      return new ForeignRow(MAPPER.readTree(line));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
