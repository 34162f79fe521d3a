package io.rowseal.database;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.ValueKind;

/**
 * A column of a protected table.
 *
 * @param name under which it is signed: its name in the data table
 * @param column its name in the table at hand; a versions table may call it otherwise
 * @param kind how its values reach Java
 * @param type its PostgreSQL type, as SQL writes it in a cast
 * @param rendered whether PostgreSQL must print the value to turn it into text
 * @param notNull whether NULL is refused
 */
public record TableColumn(
    String name, String column, ValueKind kind, String type, boolean rendered, boolean notNull) {

  /** The same column in a table that calls it otherwise. */
  public TableColumn called(String otherColumn) {
    return new TableColumn(name, otherColumn, kind, type, rendered, notNull);
  }

  /** The column as the message encoder knows it. */
  public Column signed() {
    return new Column(name, kind);
  }

  /** The column's name, quoted. */
  public String quoted() {
    return Identifier.quoted(column);
  }

  /** Appends a parameter that becomes a value of this column's type. */
  public void write(Query.Builder query) {
    query.parameter(kind).text("::" + type);
  }
}
