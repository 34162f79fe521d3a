package io.rowseal.host.pljava;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.Relation;
import io.rowseal.database.TableColumn;
import io.rowseal.database.Write;
import io.rowseal.encoding.ValueKind;
import io.rowseal.host.Rendered;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.pljava.TriggerData;

/** A write as PL/Java's trigger data tell it. */
final class PlJavaWrite implements Write {
  private static final Query PLACES =
      Query.builder()
          .text(
              "SELECT attname::pg_catalog.text, attnum::pg_catalog.int8 FROM pg_catalog.pg_attribute"
                  + " WHERE attnum > 0 AND NOT attisdropped AND attrelid = ")
          .parameter(ValueKind.TEXT)
          .text("::pg_catalog.regclass")
          .result(ValueKind.TEXT)
          .result(ValueKind.INTEGER)
          .build();

  /** A column's place never changes; a column added later makes the count another. */
  private record Layout(Relation relation, int columnCount) {}

  private static final Map<Layout, Map<String, Integer>> PLACES_OF = new HashMap<>();

  private final TriggerData trigger;
  private final Database database;
  private final Rendered rendered = Rendered.latest();
  private final Relation relation;
  private Map<String, Integer> places;

  PlJavaWrite(TriggerData trigger, Database database) throws SQLException {
    this.trigger = trigger;
    this.database = database;
    this.relation = new Relation(trigger.getSchemaName(), trigger.getTableName());
    this.places =
        PLACES_OF.computeIfAbsent(
            new Layout(relation, trigger.getNew().getMetaData().getColumnCount()),
            layout -> places(database, layout.relation()));
  }

  @Override
  public Relation relation() {
    return relation;
  }

  @Override
  public String settings() {
    try {
      return trigger.getArguments()[0];
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  @Override
  public boolean isUpdate() {
    try {
      return trigger.isFiredByUpdate();
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  @Override
  public Object[] newRow(List<TableColumn> columns) {
    try {
      return values(trigger.getNew(), columns, rendered.newRow());
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  @Override
  public Object[] oldRow(List<TableColumn> columns) {
    try {
      return values(trigger.getOld(), columns, rendered.oldRow());
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  @Override
  public void replace(TableColumn column, Object value) {
    try {
      ResultSet row = trigger.getNew();
      if (value instanceof byte[] bytes) {
        row.updateBytes(place(column), bytes);
      } else {
        row.updateString(place(column), (String) value);
      }
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private Object[] values(ResultSet row, List<TableColumn> columns, Map<String, String> printed)
      throws SQLException {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      TableColumn column = columns.get(i);
      values[i] =
          column.rendered()
              ? printed.get(column.name())
              : PlJavaDatabase.value(row, place(column), column.kind());
    }
    return values;
  }

  private int place(TableColumn column) throws SQLException {
    if (!isPlace(places.get(column.name()), column)) {
      // The table was dropped and made anew under its name since it was looked up.
      places = places(database, relation);
      PLACES_OF.put(new Layout(relation, trigger.getNew().getMetaData().getColumnCount()), places);
    }
    Integer place = places.get(column.name());
    if (place == null) {
      throw new SQLException(
          "column " + column.name() + " is gone; call rowseal.protect again", "RS012");
    }
    return place;
  }

  /** PL/Java's own column names are in upper case, good for a check only. */
  private boolean isPlace(Integer place, TableColumn column) throws SQLException {
    return place != null
        && trigger.getNew().getMetaData().getColumnName(place).equalsIgnoreCase(column.name());
  }

  private static Map<String, Integer> places(Database database, Relation relation) {
    Map<String, Integer> places = new HashMap<>();
    database.scan(
        PLACES, row -> places.put((String) row[0], ((Long) row[1]).intValue()), relation.sql());
    return places;
  }
}
