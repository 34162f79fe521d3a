package io.rowseal.testing.sql;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A statement, and the values that are bound to its question marks. */
public interface Sql {
  String text();

  /** Text among them takes the type of its column, as a quoted literal does. */
  default List<Object> parameters() {
    return List.of();
  }

  /** A name that means itself, whatever its characters. */
  static String identifier(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Names, separated by commas. */
  static String identifiers(String... names) {
    return Arrays.stream(names).map(Sql::identifier).collect(Collectors.joining(", "));
  }

  static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
