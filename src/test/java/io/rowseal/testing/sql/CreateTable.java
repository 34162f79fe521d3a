package io.rowseal.testing.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** CREATE TABLE; a table much like another is made from it. */
public final class CreateTable implements Sql {
  private record Column(String name, String type) {}

  private final String table;
  private final List<Column> columns;
  private final List<String> key;
  private final String more;

  private CreateTable(String table, List<Column> columns, List<String> key, String more) {
    this.table = table;
    this.columns = columns;
    this.key = key;
    this.more = more;
  }

  public static CreateTable named(String table) {
    return new CreateTable(table, List.of(), List.of(), "");
  }

  /** The same under another name, as SQL writes it. */
  public CreateTable as(String other) {
    return new CreateTable(other, columns, key, more);
  }

  /** One more column, after the others. */
  public CreateTable column(String name, String type) {
    return inserted(columns.size(), name, type);
  }

  public CreateTable columnBefore(String other, String name, String type) {
    return inserted(place(other), name, type);
  }

  public CreateTable columnAfter(String other, String name, String type) {
    return inserted(place(other) + 1, name, type);
  }

  public CreateTable without(String name) {
    List<Column> fewer = new ArrayList<>(columns);
    fewer.remove(place(name));
    return new CreateTable(table, fewer, key, more);
  }

  public CreateTable renamed(String from, String to) {
    List<Column> other = new ArrayList<>(columns);
    other.set(place(from), new Column(to, columns.get(place(from)).type()));
    return new CreateTable(table, other, key, more);
  }

  /** With a primary key, in the place of the one that there may be. */
  public CreateTable key(String... names) {
    return new CreateTable(table, columns, List.of(names), more);
  }

  /** With a clause after the columns. */
  public CreateTable clause(String sql) {
    return new CreateTable(table, columns, key, " " + sql);
  }

  @Override
  public String text() {
    return columns.stream()
        .map(column -> Sql.identifier(column.name()) + " " + column.type() + ", ")
        .collect(
            Collectors.joining(
                "",
                "CREATE TABLE " + table + " (",
                "PRIMARY KEY (" + Sql.identifiers(key.toArray(String[]::new)) + "))" + more));
  }

  private CreateTable inserted(int place, String name, String type) {
    List<Column> other = new ArrayList<>(columns);
    other.add(place, new Column(name, type));
    return new CreateTable(table, other, key, more);
  }

  private int place(String name) {
    return IntStream.range(0, columns.size())
        .filter(i -> columns.get(i).name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
