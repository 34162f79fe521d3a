package io.rowseal.testing.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rows as Electric sends them: each value is text as PostgreSQL prints it, or null. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  public static Map<String, String> texts(Map<String, ?> row) {
    Map<String, String> texts = new LinkedHashMap<>();
    row.forEach((column, value) -> texts.put(column, text(value)));
    return texts;
  }

  /** An array of rows. */
  public static String array(List<? extends Map<String, ?>> rows) {
    return of(rows.stream().map(Json::texts).toList());
  }

  public static String array(Row... rows) {
    return array(Arrays.asList(rows));
  }

  public static String of(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Object value) {
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    return value == null ? null : value.toString();
  }
}
