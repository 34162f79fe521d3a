package io.rowseal.database;

import java.util.List;

/** One write of one row, as a {@code BEFORE ROW} trigger sees it. */
public interface Write {

  /** The table that the row goes into; of a partitioned table, the partition. */
  Relation relation();

  /** The trigger's only argument: the table's settings as JSON. */
  String settings();

  /** True for an UPDATE, false for an INSERT. */
  boolean isUpdate();

  /** The values of the row that is to be stored. */
  Object[] newRow(List<TableColumn> columns);

  /** The values of the row that an UPDATE replaces. */
  Object[] oldRow(List<TableColumn> columns);

  /** Replaces a value of the row that is to be stored. */
  void replace(TableColumn column, Object value);
}
