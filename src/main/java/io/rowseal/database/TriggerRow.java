package io.rowseal.database;

/** The row of a {@code BEFORE ROW} trigger, while the trigger function runs. */
public interface TriggerRow {

  /**
   * Replaces a value of the row that is to be stored.
   *
   * @param column its name in the table
   * @param value {@code byte[]} or {@code String}
   */
  void replace(String column, Object value);
}
