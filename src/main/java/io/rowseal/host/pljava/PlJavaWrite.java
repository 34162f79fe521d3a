package io.rowseal.host.pljava;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.Relation;
import io.rowseal.database.TableColumn;
import io.rowseal.database.Write;
import io.rowseal.encoding.ValueKind;
import io.rowseal.host.Rendered;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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

  private static final int LAYOUTS_KEPT = 256;

  /**
   * By what a table is known again. Name and number of columns would not do: a table made anew
   * under the same name may have its columns in other places, and then a value other than the one
   * that is stored would be verified.
   *
   * @param columns names as the host tells them, in upper case, dropped columns too
   */
  private record Layout(Relation relation, List<String> columns) {

    static Layout of(Relation relation, ResultSetMetaData columns) throws SQLException {
      List<String> names = new ArrayList<>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        names.add(columns.getColumnName(i));
      }
      return new Layout(relation, names);
    }

    /** False where columns differ in case alone, so that their order cannot be told. */
    boolean isDistinct() {
      return new HashSet<>(columns).size() == columns.size();
    }
  }

  private static final Map<Layout, Map<String, Integer>> PLACES_OF = new HashMap<>();

  private final TriggerData trigger;
  private final Database database;
  private final Rendered rendered = Rendered.latest();
  private final Relation relation;
  private final Layout layout;
  private Map<String, Integer> places;

  PlJavaWrite(TriggerData trigger, Database database) throws SQLException {
    this.trigger = trigger;
    this.database = database;
    this.relation = new Relation(trigger.getSchemaName(), trigger.getTableName());
    this.layout = Layout.of(relation, trigger.getNew().getMetaData());
    this.places = PLACES_OF.get(layout);
    if (places == null) {
      lookUpPlaces();
    }
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
    if (!places.containsKey(column.name())) {
      lookUpPlaces(); // renamed, but for the case of its letters as before
    }
    Integer place = places.get(column.name());
    if (place == null) {
      throw new SQLException(
          "column " + column.name() + " is gone; call rowseal.protect again", "RS012");
    }
    return place;
  }

  private void lookUpPlaces() {
    Map<String, Integer> found = new HashMap<>();
    database.scan(
        PLACES, row -> found.put((String) row[0], ((Long) row[1]).intValue()), relation.sql());
    places = found;
    if (layout.isDistinct()) {
      if (PLACES_OF.size() >= LAYOUTS_KEPT) {
        PLACES_OF.clear();
      }
      PLACES_OF.put(layout, places);
    }
  }
}
