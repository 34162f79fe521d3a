package io.rowseal.testing.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.testing.sql.Protection;
import io.rowseal.testing.sql.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A card that signs itself, made by {@code src/test/vectors/generate.mjs} without any code of
 * Rowseal.
 *
 * @param json its entry in {@code vectors.json}
 */
public record Vector(JsonNode json) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  public static List<Vector> all() {
    try (var in = Vector.class.getResourceAsStream("/vectors/vectors.json")) {
      return elements(MAPPER.readTree(in)).map(Vector::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of its key; what {@code protect_identities} is told may be SPKI. */
  public String algorithm() {
    return json.get("algorithm").asText();
  }

  public boolean isSpki() {
    return json.get("protect").get("algorithm").asText().equals("SPKI");
  }

  public byte[] message() {
    return HexFormat.of().parseHex(json.get("message").asText());
  }

  public byte[] publicKey() {
    return HexFormat.of().parseHex(json.get("public_key").asText());
  }

  public byte[] signature() {
    return HexFormat.of().parseHex(json.get("signature").asText());
  }

  /** Statements that make the types of its columns. */
  public List<String> create() {
    return elements(json.path("create")).map(JsonNode::asText).toList();
  }

  /** Its columns, as CREATE TABLE takes them. */
  public String definitions() {
    boolean required = json.get("protect").path("format").asText().equals("buckitup");
    return joined(
        column ->
            Sql.identifier(column.get("name").asText())
                + " "
                + type(column)
                + (required ? " NOT NULL" : ""));
  }

  /** The call that protects a table of such cards. */
  public Protection protection(String table) {
    Protection protection = Protection.ofIdentities(table);
    for (var setting : json.get("protect").properties()) {
      protection = protection.with(setting.getKey(), setting.getValue().asText());
    }
    return protection;
  }

  /** Its values without the signature, as INSERT takes them. */
  public String values() {
    return joined(column -> "CAST(" + text(column) + " AS " + type(column) + ")");
  }

  /**
   * Whether the row survives {@link #row()}: jsonb keeps no spelling of a json value, and its null
   * becomes NULL.
   */
  public boolean fitsJsonb() {
    return columns()
        .noneMatch(
            column ->
                type(column).equals("json")
                    || type(column).equals("jsonb") && column.get("value").asText().equals("null"));
  }

  /** Its values without the signature as a JSON object. */
  public String row() {
    return columns()
        .map(
            column ->
                quoted(column.get("name"))
                    + ": "
                    + (type(column).equals("jsonb")
                        ? column.get("value").asText()
                        : quoted(column.get("value"))))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  @Override
  public String toString() {
    return json.get("name").asText();
  }

  private Stream<JsonNode> columns() {
    return elements(json.get("columns"));
  }

  private String joined(Function<JsonNode, String> part) {
    return columns().map(part).collect(Collectors.joining(", "));
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static String type(JsonNode column) {
    return column.get("type").asText();
  }

  private static String text(JsonNode column) {
    JsonNode value = column.get("value");
    return value.isNull() ? "NULL" : Sql.literal(value.asText()) + "::text";
  }

  private static String quoted(JsonNode value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
