package io.rowseal.testing.sql;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** UPDATE of all rows of a table. */
public final class Update implements Sql {
  private final String table;
  private final Map<String, Object> values;

  private Update(String table, Map<String, Object> values) {
    this.table = table;
    this.values = values;
  }

  /** Of a table as SQL names it. */
  public static Update of(String table) {
    return new Update(table, Map.of());
  }

  /** Some of the columns, to what they are in the row. */
  public Update to(Map<String, ?> row, String... columns) {
    Map<String, Object> more = new LinkedHashMap<>(values);
    Arrays.stream(columns).forEach(column -> more.put(column, row.get(column)));
    return new Update(table, more);
  }

  @Override
  public String text() {
    return values.keySet().stream()
        .map(column -> Sql.identifier(column) + " = ?")
        .collect(Collectors.joining(", ", "UPDATE " + table + " SET ", ""));
  }

  @Override
  public List<Object> parameters() {
    return Collections.unmodifiableList(Arrays.asList(values.values().toArray()));
  }
}
