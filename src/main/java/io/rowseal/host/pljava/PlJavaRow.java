package io.rowseal.host.pljava;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.TriggerRow;
import io.rowseal.encoding.ValueKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.pljava.TriggerData;

/** The row of a trigger as PL/Java hands it over. */
final class PlJavaRow implements TriggerRow {
  /** PL/Java tells column names in upper case, so a column is found by its place. */
  private static final Query PLACE =
      Query.builder()
          .text(
              "SELECT a.attnum::pg_catalog.int8 FROM pg_catalog.pg_attribute AS a"
                  + " JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid"
                  + " JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = ")
          .parameter(ValueKind.TEXT)
          .text(" AND c.relname = ")
          .parameter(ValueKind.TEXT)
          .text(" AND a.attname = ")
          .parameter(ValueKind.TEXT)
          .result(ValueKind.INTEGER)
          .build();

  private final TriggerData trigger;
  private final Database database;

  PlJavaRow(TriggerData trigger, Database database) {
    this.trigger = trigger;
    this.database = database;
  }

  @Override
  public void replace(String column, Object value) {
    try {
      Object place =
          database.rows(PLACE, trigger.getSchemaName(), trigger.getTableName(), column).get(0)[0];
      ResultSet row = trigger.getNew();
      if (value instanceof byte[] bytes) {
        row.updateBytes(((Long) place).intValue(), bytes);
      } else {
        row.updateString(((Long) place).intValue(), (String) value);
      }
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }
}
