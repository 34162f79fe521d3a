package io.rowseal.testing.sql;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The call that protects a table. */
public final class Protection implements Sql {
  private final String function;
  private final String table;
  private final Map<String, Object> settings;

  private Protection(String function, String table, Map<String, Object> settings) {
    this.function = function;
    this.table = table;
    this.settings = settings;
  }

  public static Protection ofIdentities(String table) {
    return new Protection("rowseal.protect_identities", table, Map.of());
  }

  public static Protection of(String table, String identities) {
    return new Protection("rowseal.protect", table, Map.of("identities", identities));
  }

  /** The same for another table. */
  public Protection named(String other) {
    return new Protection(function, other, settings);
  }

  /** With a setting, in the place of the one that there may be. */
  public Protection with(String setting, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(settings);
    more.put(setting, value);
    return new Protection(function, table, more);
  }

  @Override
  public String text() {
    return settings.entrySet().stream()
        .map(setting -> ", " + setting.getKey() + " => " + value(setting.getValue()))
        .collect(Collectors.joining("", "SELECT " + function + "(" + Sql.literal(table), ")"));
  }

  /** For texts that hold several statements. */
  @Override
  public String toString() {
    return text();
  }

  private static String value(Object value) {
    if (value instanceof Expression expression) {
      return expression.sql();
    }
    return value instanceof String text ? Sql.literal(text) : value.toString();
  }
}
