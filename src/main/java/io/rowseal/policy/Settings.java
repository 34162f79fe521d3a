package io.rowseal.policy;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A table's settings as they stand in its trigger's argument. PostgreSQL itself takes the JSON
 * apart, so no JSON library is needed in the backend.
 *
 * @param values the plain settings by name
 * @param certificates certificate column to certified key column
 * @param key the row key's columns in order
 * @param primaryKey the data table's primary key: the row key, and where all versions lie in one
 *     table the version id
 * @param versionsKey the versions table's primary key, by the data table's names
 * @param versionsColumns columns that the versions table calls otherwise
 * @param columns signed columns in table order
 * @param dataImage SQL expression of the image of a row {@code r} of the data table
 * @param versionsImage the same for the versions table
 */
public record Settings(
    Map<String, String> values,
    Map<String, String> certificates,
    List<String> key,
    List<String> primaryKey,
    List<String> versionsKey,
    Map<String, String> versionsColumns,
    List<TableColumn> columns,
    String dataImage,
    String versionsImage) {

  private static final Query VALUES =
      textQuery(
          "SELECT key, value FROM pg_catalog.jsonb_each_text(",
          "::pg_catalog.jsonb) WHERE value IS NOT NULL",
          2);
  private static final Query CERTIFICATES = pairQuery("certificates");
  private static final Query VERSIONS_COLUMNS = pairQuery("versions_columns");
  private static final Query KEY = listQuery("key");
  private static final Query PRIMARY_KEY = listQuery("primary_key");
  private static final Query VERSIONS_KEY = listQuery("versions_key");
  private static final Query IMAGE =
      Query.builder()
          .text("SELECT rowseal._image(")
          .parameter(ValueKind.TEXT)
          .text("::pg_catalog.jsonb, ")
          .parameter(ValueKind.BOOLEAN)
          .text(", 'r')")
          .result(ValueKind.TEXT)
          .build();
  private static final Query COLUMNS =
      Query.builder()
          .text(
              "SELECT pg_catalog.jsonb_extract_path_text(c, 'name'),"
                  + " pg_catalog.upper(pg_catalog.jsonb_extract_path_text(c, 'kind')),"
                  + " pg_catalog.jsonb_extract_path_text(c, 'type'),"
                  + " pg_catalog.jsonb_extract_path_text(c, 'rendered')::pg_catalog.bool,"
                  + " pg_catalog.jsonb_extract_path_text(c, 'not_null')::pg_catalog.bool"
                  + " FROM pg_catalog.jsonb_array_elements(")
          .parameter(ValueKind.TEXT)
          .text("::pg_catalog.jsonb -> 'columns') AS c")
          .result(ValueKind.TEXT)
          .result(ValueKind.TEXT)
          .result(ValueKind.TEXT)
          .result(ValueKind.BOOLEAN)
          .result(ValueKind.BOOLEAN)
          .build();

  /** Reads the settings from the JSON text of a trigger's argument. */
  public static Settings read(Database database, String json) {
    return new Settings(
        pairs(database, VALUES, json),
        pairs(database, CERTIFICATES, json),
        list(database, KEY, json),
        list(database, PRIMARY_KEY, json),
        list(database, VERSIONS_KEY, json),
        pairs(database, VERSIONS_COLUMNS, json),
        columns(database, json),
        (String) database.rows(IMAGE, json, false).get(0)[0],
        (String) database.rows(IMAGE, json, true).get(0)[0]);
  }

  /** All of them as a text, but for whose of two tables they are. */
  String subject() {
    Map<String, String> common = new TreeMap<>(values);
    common.remove("role");
    return common.toString();
  }

  /** A setting that must be there. */
  public String required(String name) {
    String value = values.get(name);
    if (value == null) {
      throw Refusal.CONFIGURATION.because("setting '" + name + "' is missing; call protect again");
    }
    return value;
  }

  /** A setting that may be absent: null then. */
  public String optional(String name) {
    return values.get(name);
  }

  private static List<String> list(Database database, Query query, String json) {
    return database.rows(query, json).stream().map(row -> (String) row[0]).toList();
  }

  private static Map<String, String> pairs(Database database, Query query, String json) {
    Map<String, String> pairs = new LinkedHashMap<>();
    database.scan(query, row -> pairs.put((String) row[0], (String) row[1]), json);
    return pairs;
  }

  private static List<TableColumn> columns(Database database, String json) {
    List<TableColumn> columns = new ArrayList<>();
    database.scan(
        COLUMNS,
        row ->
            columns.add(
                new TableColumn(
                    (String) row[0],
                    (String) row[0],
                    ValueKind.valueOf((String) row[1]),
                    (String) row[2],
                    (Boolean) row[3],
                    (Boolean) row[4])),
        json);
    return List.copyOf(columns);
  }

  private static Query pairQuery(String setting) {
    return textQuery(
        "SELECT key, value FROM pg_catalog.jsonb_each_text(",
        "::pg_catalog.jsonb -> '" + setting + "')",
        2);
  }

  private static Query listQuery(String setting) {
    return textQuery(
        "SELECT value FROM pg_catalog.jsonb_array_elements_text(",
        "::pg_catalog.jsonb -> '" + setting + "')",
        1);
  }

  private static Query textQuery(String before, String after, int results) {
    Query.Builder query = Query.builder().text(before).parameter(ValueKind.TEXT).text(after);
    for (int i = 0; i < results; i++) {
      query.result(ValueKind.TEXT);
    }
    return query.build();
  }
}
