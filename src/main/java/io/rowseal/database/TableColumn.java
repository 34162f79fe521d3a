package io.rowseal.database;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.ValueKind;

/**
 * A column of a protected table.
 *
 * @param name as the catalogue spells it
 * @param kind how its values reach Java
 * @param type its PostgreSQL type, as SQL writes it in a cast
 * @param rendered whether PostgreSQL must print the value, because a host's own conversion to text
 *     is not exact
 * @param notNull whether NULL is refused
 */
public record TableColumn(
    String name, ValueKind kind, String type, boolean rendered, boolean notNull) {

  /** The column as the message encoder knows it. */
  public Column signed() {
    return new Column(name, kind);
  }

  /** An SQL expression whose value reaches Java in this column's kind. */
  public String read() {
    String column = Relation.quoted(name);
    return rendered ? "rowseal._text(" + column + ")" : column + "::" + passedAs(kind);
  }

  /** Appends a parameter that becomes a value of this column's type. */
  public void write(Query.Builder query) {
    query.parameter(kind).text("::" + type);
  }

  private static String passedAs(ValueKind kind) {
    return switch (kind) {
      case BYTES -> "pg_catalog.bytea";
      case BOOLEAN -> "pg_catalog.bool";
      case INTEGER -> "pg_catalog.int8";
      case TEXT -> "pg_catalog.text";
    };
  }
}
