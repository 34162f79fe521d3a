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

/**
 * A table's settings as they stand in its trigger's argument. PostgreSQL itself takes the JSON
 * apart, so no JSON library is needed in the backend.
 *
 * @param values the plain settings by name
 * @param certificates certificate column to certified key column
 * @param key the primary key's columns in order
 * @param columns signed columns in table order
 * @param others columns that are excluded from signing
 */
public record Settings(
    Map<String, String> values,
    Map<String, String> certificates,
    List<String> key,
    List<TableColumn> columns,
    List<TableColumn> others) {

  private static final Query VALUES =
      textQuery(
          "SELECT key, value FROM pg_catalog.jsonb_each_text(",
          "::pg_catalog.jsonb) WHERE value IS NOT NULL",
          2);
  private static final Query CERTIFICATES =
      textQuery(
          "SELECT key, value FROM pg_catalog.jsonb_each_text(",
          "::pg_catalog.jsonb -> 'certificates')",
          2);
  private static final Query KEY =
      textQuery(
          "SELECT value FROM pg_catalog.jsonb_array_elements_text(",
          "::pg_catalog.jsonb -> 'key')",
          1);
  private static final Query COLUMNS = columnQuery("columns");
  private static final Query OTHERS = columnQuery("exclude");

  /** Reads the settings from the JSON text of a trigger's argument. */
  public static Settings read(Database database, String json) {
    return new Settings(
        pairs(database, VALUES, json),
        pairs(database, CERTIFICATES, json),
        database.rows(KEY, json).stream().map(row -> (String) row[0]).toList(),
        columns(database, COLUMNS, json),
        columns(database, OTHERS, json));
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

  private static Map<String, String> pairs(Database database, Query query, String json) {
    Map<String, String> pairs = new LinkedHashMap<>();
    database.scan(query, row -> pairs.put((String) row[0], (String) row[1]), json);
    return pairs;
  }

  private static List<TableColumn> columns(Database database, Query query, String json) {
    List<TableColumn> columns = new ArrayList<>();
    database.scan(
        query,
        row ->
            columns.add(
                new TableColumn(
                    (String) row[0],
                    ValueKind.valueOf((String) row[1]),
                    (String) row[2],
                    (Boolean) row[3],
                    (Boolean) row[4])),
        json);
    return List.copyOf(columns);
  }

  private static Query columnQuery(String setting) {
    return Query.builder()
        .text(
            "SELECT pg_catalog.jsonb_extract_path_text(c, 'name'),"
                + " pg_catalog.upper(pg_catalog.jsonb_extract_path_text(c, 'kind')),"
                + " pg_catalog.jsonb_extract_path_text(c, 'type'),"
                + " pg_catalog.jsonb_extract_path_text(c, 'rendered')::pg_catalog.bool,"
                + " pg_catalog.jsonb_extract_path_text(c, 'not_null')::pg_catalog.bool"
                + " FROM pg_catalog.jsonb_array_elements(")
        .parameter(ValueKind.TEXT)
        .text("::pg_catalog.jsonb -> '" + setting + "') AS c")
        .result(ValueKind.TEXT)
        .result(ValueKind.TEXT)
        .result(ValueKind.TEXT)
        .result(ValueKind.BOOLEAN)
        .result(ValueKind.BOOLEAN)
        .build();
  }

  private static Query textQuery(String before, String after, int results) {
    Query.Builder query = Query.builder().text(before).parameter(ValueKind.TEXT).text(after);
    for (int i = 0; i < results; i++) {
      query.result(ValueKind.TEXT);
    }
    return query.build();
  }
}
