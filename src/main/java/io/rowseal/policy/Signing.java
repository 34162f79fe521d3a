package io.rowseal.policy;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.row.TableColumn;
import java.util.ArrayList;
import java.util.List;

/**
 * How the owners of a table's rows sign.
 *
 * @param format of the signed message
 * @param context what keeps signatures for one table from being used for another
 * @param algorithm its name, or SPKI where each key names its own
 * @param encoder makes the message
 */
public record Signing(
    MessageFormat format, String context, String algorithm, MessageEncoder encoder) {

  /** The columns as an encoder knows them. */
  public static List<Column> columns(List<TableColumn> columns) {
    List<Column> signed = new ArrayList<>(columns.size());
    for (TableColumn column : columns) {
      signed.add(column.signed());
    }
    return signed;
  }
}
