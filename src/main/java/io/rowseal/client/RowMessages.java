package io.rowseal.client;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Rows of one table as values and as messages. What is missing, too much or of another type is not
 * guessed, for it would be a signature over something else: the refusal names the column.
 */
final class RowMessages {
  private static final Pattern HEX = Pattern.compile("\\\\x([0-9a-fA-F]{2})*");
  private static final Pattern DECIMAL = Pattern.compile("-?(0|[1-9][0-9]{0,18})");
  private static final Map<String, Boolean> TRUTH =
      Map.of("t", true, "true", true, "f", false, "false", false);

  private final TableDescription table;
  private final MessageEncoder encoder;
  private final Map<String, ValueKind> kinds = new HashMap<>();
  private final Set<String> known;
  private final Set<String> required = new HashSet<>();

  RowMessages(TableDescription table) {
    this.table = table;
    encoder = table.format().encoder(table.context(), table.columns(), table.timestamp());
    table.columns().forEach(column -> kinds.put(column.name(), column.kind()));
    known = new HashSet<>(kinds.keySet());
    known.add(table.signature());
    known.addAll(table.unsigned());
    required.add(table.owner());
    required.add(table.timestamp());
    required.add(table.deleted());
    table.publicKey().ifPresent(required::add);
    required.addAll(table.certificates().keySet());
    required.addAll(table.certificates().values());
    for (String column : required) {
      if (!kinds.containsKey(column)) {
        throw new IllegalArgumentException(
            "the description of " + table.context() + " has no column " + column);
      }
    }
  }

  /** The signed values by column name, in the order of the description. */
  Map<String, Object> values(Map<String, ?> row) {
    row.forEach(
        (column, value) -> {
          if (value != null && !known.contains(column)) {
            throw refusal("there is no column " + column);
          }
        });
    Map<String, Object> values = new LinkedHashMap<>();
    for (Column column : table.columns()) {
      if (!row.containsKey(column.name())) {
        throw refusal("column " + column.name() + " is missing; put null for NULL");
      }
      values.put(column.name(), value(column.name(), row.get(column.name())));
    }
    return values;
  }

  /** A value as it is signed. */
  Object value(String column, Object given) {
    if (given == null) {
      if (required.contains(column)) {
        throw refusal("column " + column + " is NULL");
      }
      return null;
    }
    ValueKind kind = kinds.get(column);
    return read(kind, given)
        .orElseThrow(
            () ->
                refusal(
                    "column "
                        + column
                        + " must be "
                        + expected(kind)
                        + ", not the "
                        + given.getClass().getName()
                        + " "
                        + shortened(given)));
  }

  byte[] message(Map<String, Object> values) {
    return encoder.encode(values.values().toArray());
  }

  byte[] signature(Map<String, ?> row) {
    Object signature = row.get(table.signature());
    if (signature == null) {
      throw Refusal.NOT_SIGNED.because("column " + table.signature() + " is empty");
    }
    return (byte[])
        read(ValueKind.BYTES, signature)
            .orElseThrow(
                () ->
                    refusal(
                        "column " + table.signature() + " must be " + expected(ValueKind.BYTES)));
  }

  /** The owner id of a public key, as the owner column holds it. */
  Object ownerId(byte[] publicKey) {
    byte[] digest = table.ownerHash().digest(publicKey);
    return kinds.get(table.owner()) == ValueKind.TEXT
        ? table.ownerPrefix() + HexFormat.of().formatHex(digest)
        : digest;
  }

  RefusedException refusal(String why) {
    return Refusal.MALFORMED.because("row of " + table.context() + ": " + why);
  }

  private static Optional<Object> read(ValueKind kind, Object given) {
    String text = given instanceof String string ? string : null;
    return Optional.ofNullable(
        switch (kind) {
          case BYTES ->
              given instanceof byte[]
                  ? given
                  : text != null && HEX.matcher(text).matches()
                      ? HexFormat.of().parseHex(text, 2, text.length())
                      : null;
          case BOOLEAN -> given instanceof Boolean ? given : text == null ? null : TRUTH.get(text);
          case INTEGER ->
              given instanceof Long || given instanceof Integer || given instanceof Short
                  ? (Object) ((Number) given).longValue()
                  : text != null && DECIMAL.matcher(text).matches() ? parsed(text) : null;
          case TEXT -> text;
        });
  }

  private static Long parsed(String decimal) {
    try {
      return Long.valueOf(decimal);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static String expected(ValueKind kind) {
    return switch (kind) {
      case BYTES -> "byte[] or text like \\x00ff";
      case BOOLEAN -> "Boolean or t, f, true, false";
      case INTEGER -> "Long, Integer, Short or decimal text of 64 bits";
      case TEXT -> "text as PostgreSQL prints it";
    };
  }

  private static String shortened(Object given) {
    String text = String.valueOf(given);
    return text.length() <= 100 ? text : text.substring(0, 100) + "\u2026";
  }
}
