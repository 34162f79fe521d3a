package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import java.util.HexFormat;
import java.util.List;

/** Puts refused rows aside, where settings say so, instead of failing the statement. */
final class Parking {
  /** Parameters of {@code rowseal._park} in front of the row. */
  private static final int FACTS = 6;

  private Parking() {}

  static void park(
      Database database,
      ProtectedTable table,
      ProtectedRows rows,
      Object[] row,
      String others,
      RefusedException refusal) {
    List<TableColumn> columns = table.columns();
    Object[] parameters = new Object[FACTS + columns.size()];
    parameters[0] = table.name();
    parameters[1] = rows.policy().identities().map(Policy.IdentitySource::table).orElse(null);
    parameters[2] = printed(row[rows.policy().owner()]);
    parameters[3] = refusal.refusal().sqlState();
    parameters[4] = refusal.getMessage();
    parameters[5] = others;
    for (int i = 0; i < columns.size(); i++) {
      parameters[FACTS + i] = printed(row[i]);
    }
    database.rows(query(columns), parameters); // rare enough to be put together each time
  }

  /** A value as PostgreSQL reads it. */
  private static String printed(Object value) {
    return value instanceof byte[] bytes
        ? "\\x" + HexFormat.of().formatHex(bytes)
        : value == null ? null : value.toString();
  }

  private static Query query(List<TableColumn> columns) {
    Query.Builder query = Query.builder().text("SELECT rowseal._park(");
    for (int i = 0; i < FACTS; i++) {
      query.parameter(ValueKind.TEXT).text(", ");
    }
    query.text("ARRAY[");
    String separator = "";
    for (TableColumn column : columns) {
      query.text(separator + "'" + column.column().replace("'", "''") + "'");
      separator = ", ";
    }
    query.text("]::pg_catalog.text[], ARRAY[");
    separator = "";
    for (int i = 0; i < columns.size(); i++) {
      query.text(separator).parameter(ValueKind.TEXT);
      separator = ", ";
    }
    return query.text("]::pg_catalog.text[])").result(ValueKind.TEXT).build();
  }
}
