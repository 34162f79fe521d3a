package io.rowseal.testing.sql;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** INSERT of rows whose values are bound, but for {@link Expression}s. */
public final class Insert implements Sql {
  private final String table;
  private final List<Map<String, ?>> rows;
  private final String conflict;

  private Insert(String table, List<Map<String, ?>> rows, String conflict) {
    this.table = table;
    this.rows = rows;
    this.conflict = conflict;
  }

  /** Into a table as SQL names it. */
  public static Insert into(String table) {
    return new Insert(table, List.of(), "");
  }

  /** One more row; the columns are those of the first. */
  public Insert row(Map<String, ?> row) {
    List<Map<String, ?>> more = new ArrayList<>(rows);
    more.add(row);
    return new Insert(table, more, conflict);
  }

  /** With every column but the key's taken from the row that was to be inserted. */
  public Insert onConflictDoUpdate(String... key) {
    List<String> keys = List.of(key);
    String assignments =
        columns().stream()
            .filter(column -> !keys.contains(column))
            .map(Sql::identifier)
            .map(column -> column + " = excluded." + column)
            .collect(Collectors.joining(", "));
    return new Insert(
        table, rows, " ON CONFLICT (" + Sql.identifiers(key) + ") DO UPDATE SET " + assignments);
  }

  @Override
  public String text() {
    String names = columns().stream().map(Sql::identifier).collect(Collectors.joining(", "));
    String values = rows.stream().map(this::values).collect(Collectors.joining(", "));
    return "INSERT INTO " + table + " (" + names + ") VALUES " + values + conflict;
  }

  @Override
  public List<Object> parameters() {
    List<Object> parameters = new ArrayList<>();
    for (Map<String, ?> row : rows) {
      for (String column : columns()) {
        Object value = row.get(column);
        if (!(value instanceof Expression)) {
          parameters.add(value);
        }
      }
    }
    return parameters;
  }

  private Collection<String> columns() {
    return rows.get(0).keySet();
  }

  private String values(Map<String, ?> row) {
    return columns().stream()
        .map(column -> row.get(column) instanceof Expression e ? e.sql() : "?")
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
