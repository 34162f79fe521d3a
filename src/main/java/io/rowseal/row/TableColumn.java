package io.rowseal.row;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.ValueKind;

/**
 * A column of a protected table.
 *
 * @param name under which it is signed: its name in the data table
 * @param here its name in the table at hand; a versions table may call it otherwise
 * @param kind how its values reach Java
 * @param type its PostgreSQL type, for messages
 * @param rendered whether PostgreSQL must print the value to turn it into text
 * @param notNull whether NULL is refused
 */
public record TableColumn(
    String name, String here, ValueKind kind, String type, boolean rendered, boolean notNull) {

  /** A column that is not signed itself and may be NULL: the signature, or the version id. */
  public static TableColumn unsigned(String name, String here, ValueKind kind) {
    String type = kind == ValueKind.BYTES ? "bytea" : "text";
    return new TableColumn(name, here, kind, type, false, false);
  }

  /** The column as the message encoder knows it. */
  public Column signed() {
    return new Column(name, kind);
  }
}
