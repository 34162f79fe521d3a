package io.rowseal.testing.model;

import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** A way in which versions come into a table. */
public enum Way {
  INSERT,
  INSERT_OR_NOTHING,
  UPSERT,
  /** Changes rows that are there, so it delivers nothing for a key that is not. */
  UPDATE,
  MERGE,
  COPY,
  /** As the apply worker of logical replication does it. */
  REPLICA,
  VERSIONS_INSERT,
  VERSIONS_COPY;

  public boolean appliesTo(Layout layout) {
    return switch (this) {
      case VERSIONS_INSERT, VERSIONS_COPY -> layout == Layout.TWO_TABLES;
      case UPDATE -> layout != Layout.ONE_TABLE;
      default -> true;
    };
  }

  /** Whether SQL itself wants each key only once in a statement. */
  public boolean wantsDistinctKeys() {
    return this == UPDATE || this == MERGE;
  }

  /** Delivers versions in one statement. */
  public void deliver(Connection connection, EntryTables tables, List<Entry> rows, boolean withIds)
      throws SQLException {
    switch (this) {
      case COPY -> copy(connection, tables, tables.data(), tables.columns(), rows, withIds);
      case VERSIONS_COPY ->
          copy(connection, tables, tables.versions(), tables.versionsColumns(), rows, withIds);
      case REPLICA -> replicate(connection, tables, rows, withIds);
      default -> run(connection, tables, sql(tables, rows.size()), rows, withIds);
    }
  }

  private String sql(EntryTables tables, int rows) {
    List<String> columns = tables.columns();
    List<String> key = tables.primaryKey();
    String insert = insert(tables.data(), columns, rows);
    String equal =
        key.stream().map(c -> "t." + c + " = s." + c).collect(Collectors.joining(" AND "));
    String source =
        "(VALUES %s) AS s (%s)"
            .formatted(
                values(
                    rows,
                    "(?::bytea, ?::uuid, ?::bytea, ?::boolean, ?::bytea, ?::bigint, ?::bytea%s)"
                        .formatted(columns.size() > 7 ? ", ?::bytea" : "")),
                String.join(", ", columns));
    return switch (this) {
      case INSERT -> insert;
      case INSERT_OR_NOTHING -> insert + " ON CONFLICT DO NOTHING";
      case UPSERT ->
          insert
              + " ON CONFLICT (%s) DO UPDATE SET %s"
                  .formatted(String.join(", ", key), assignments(tables, "excluded."));
      case UPDATE ->
          "UPDATE %s AS t SET %s FROM %s WHERE %s"
              .formatted(tables.data(), assignments(tables, "s."), source, equal);
      case MERGE ->
          "MERGE INTO %s AS t USING %s ON %s %s WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
              .formatted(
                  tables.data(),
                  source,
                  equal,
                  tables.layout() == Layout.ONE_TABLE
                      ? ""
                      : "WHEN MATCHED THEN UPDATE SET " + assignments(tables, "s."),
                  String.join(", ", columns),
                  columns.stream().map(c -> "s." + c).collect(Collectors.joining(", ")));
      case VERSIONS_INSERT -> insert(tables.versions(), tables.versionsColumns(), rows);
      default -> throw new IllegalStateException(name());
    };
  }

  private static String assignments(EntryTables tables, String source) {
    return tables.columns().stream()
        .skip(2)
        .map(column -> column + " = " + source + column)
        .collect(Collectors.joining(", "));
  }

  private static String insert(String table, List<String> columns, int rows) {
    String row = "(" + String.join(", ", Collections.nCopies(columns.size(), "?")) + ")";
    return "INSERT INTO %s (%s) VALUES %s"
        .formatted(table, String.join(", ", columns), values(rows, row));
  }

  private static String values(int rows, String row) {
    return String.join(", ", Collections.nCopies(rows, row));
  }

  private static void run(
      Connection connection, EntryTables tables, String sql, List<Entry> rows, boolean withIds)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      int place = 1;
      for (Entry row : rows) {
        for (Object value : tables.values(row, withIds)) {
          statement.setObject(place++, value);
        }
      }
      statement.execute();
    }
  }

  private static void replicate(
      Connection connection, EntryTables tables, List<Entry> rows, boolean withIds)
      throws SQLException {
    execute(connection, "SET session_replication_role = replica");
    boolean done = false;
    try {
      run(connection, tables, INSERT.sql(tables, rows.size()), rows, withIds);
      done = true;
    } finally {
      // A transaction that fails takes the setting back itself, and lets nobody else do so.
      if (done || connection.getAutoCommit()) {
        execute(connection, "RESET session_replication_role");
      }
    }
  }

  private static void copy(
      Connection connection,
      EntryTables tables,
      String table,
      List<String> columns,
      List<Entry> rows,
      boolean withIds)
      throws SQLException {
    StringBuilder lines = new StringBuilder();
    for (Entry row : rows) {
      String separator = "";
      for (Object value : tables.values(row, withIds)) {
        lines.append(separator).append(copyText(value));
        separator = "\t";
      }
      lines.append('\n');
    }
    try {
      connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn(
              "COPY %s (%s) FROM STDIN".formatted(table, String.join(", ", columns)),
              new StringReader(lines.toString()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String copyText(Object value) {
    if (value == null) {
      return "\\N";
    }
    return value instanceof byte[] bytes
        ? "\\\\x" + HexFormat.of().formatHex(bytes)
        : value.toString();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.execute();
    }
  }
}
