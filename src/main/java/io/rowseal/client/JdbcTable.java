package io.rowseal.client;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A protected table as JDBC sees it. Stateless but for its description. */
public final class JdbcTable {
  private static final String SETTINGS =
      "SELECT settings ->> 'context', settings ->> 'format', settings ->> 'algorithm', settings ->> 'owner',"
          + " settings ->> 'owner_hash', settings ->> 'owner_prefix', settings ->> 'signature',"
          + " settings ->> 'owner_timestamp', settings ->> 'deleted', settings ->> 'public_key', settings ->> 'version_id'"
          + " FROM rowseal.protected WHERE \"table\" = CAST(? AS regclass)";
  private static final String COLUMNS =
      "SELECT c ->> 'name', c ->> 'kind' FROM rowseal.protected, jsonb_array_elements(settings -> 'columns')"
          + " WITH ORDINALITY AS x(c, n) WHERE \"table\" = CAST(? AS regclass) ORDER BY n";
  private static final String EXCLUDED =
      "SELECT c ->> 'name', NULL FROM rowseal.protected, jsonb_array_elements(settings -> 'exclude') AS c"
          + " WHERE \"table\" = CAST(? AS regclass)";
  private static final String CERTIFICATES =
      "SELECT key, value FROM rowseal.protected, jsonb_each_text(settings -> 'certificates')"
          + " WHERE \"table\" = CAST(? AS regclass)";

  private final String name;
  private final TableDescription description;

  private JdbcTable(String name, TableDescription description) {
    this.name = name;
    this.description = description;
  }

  /**
   * A protected data or identity table.
   *
   * @param name as SQL names it, with its schema and in quotes where need be
   * @throws IllegalArgumentException if it is not protected
   */
  public static JdbcTable open(Connection connection, String name) throws SQLException {
    return new JdbcTable(name, describe(connection, name));
  }

  /** The description of a protected table, read from its settings. */
  public static TableDescription describe(Connection connection, String name) throws SQLException {
    TableDescription description;
    try (PreparedStatement statement = connection.prepareStatement(SETTINGS)) {
      statement.setString(1, name);
      try (ResultSet s = statement.executeQuery()) {
        if (!s.next()) {
          throw new IllegalArgumentException("table " + name + " is not protected by Rowseal");
        }
        description =
            TableDescription.of(s.getString(1))
                .format(known("format", s.getString(2), MessageFormat.named(s.getString(2))))
                .owner(
                    s.getString(4),
                    known("hash", s.getString(5), HashAlgorithm.named(s.getString(5))),
                    Optional.ofNullable(s.getString(6)).orElse(""))
                .signature(s.getString(7))
                .timestamp(s.getString(8))
                .deleted(s.getString(9))
                .unsigned(s.getString(11));
        String algorithm = s.getString(3);
        description =
            algorithm.equals("SPKI")
                ? description.spki()
                : description.algorithm(
                    known("algorithm", algorithm, SignatureAlgorithm.named(algorithm)));
        if (s.getString(10) != null) {
          description = description.publicKey(s.getString(10));
        }
      }
    }
    for (String[] column : pairs(connection, COLUMNS, name)) {
      description =
          description.column(column[0], ValueKind.valueOf(column[1].toUpperCase(Locale.ROOT)));
    }
    for (String[] excluded : pairs(connection, EXCLUDED, name)) {
      description = description.unsigned(excluded[0]);
    }
    for (String[] certificate : pairs(connection, CERTIFICATES, name)) {
      description = description.certificate(certificate[0], certificate[1]);
    }
    return description;
  }

  private static <T> T known(String what, String label, Optional<T> named) {
    return named.orElseThrow(
        () ->
            new IllegalArgumentException(
                "this client is older than the database: it has no " + what + " " + label));
  }

  private static List<String[]> pairs(Connection connection, String query, String table)
      throws SQLException {
    List<String[]> pairs = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          pairs.add(new String[] {row.getString(1), row.getString(2)});
        }
      }
    }
    return pairs;
  }

  public TableDescription description() {
    return description;
  }

  /**
   * A select list of what is signed and the signature, to be put between SELECT and FROM. Values
   * come as they are signed, whatever the session's DateStyle or TimeZone.
   */
  public String selectList() {
    return description.columns().stream()
            .map(
                column ->
                    column.kind() == ValueKind.TEXT
                        ? "rowseal.text(" + quoted(column.name()) + ") AS " + quoted(column.name())
                        : quoted(column.name()))
            .collect(Collectors.joining(", "))
        + ", "
        + quoted(description.signature());
  }

  /** The present row of a result whose columns are those of {@link #selectList}, to be verified. */
  public Map<String, Object> row(ResultSet result) throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>();
    for (Column column : description.columns()) {
      Object value =
          switch (column.kind()) {
            case BYTES -> result.getBytes(column.name());
            case BOOLEAN -> result.getBoolean(column.name());
            case INTEGER -> result.getLong(column.name());
            case TEXT -> result.getString(column.name());
          };
      row.put(column.name(), result.wasNull() ? null : value);
    }
    row.put(description.signature(), result.getBytes(description.signature()));
    return row;
  }

  /**
   * Stores a signed row by INSERT. Its texts are bound as what their columns are.
   *
   * @return 1 for a new key; 0 where it became an update, was known already or came late
   */
  public int insert(Connection connection, Map<String, ?> row) throws SQLException {
    List<String> columns = new ArrayList<>(row.keySet());
    String sql =
        "INSERT INTO %s (%s) VALUES (%s)"
            .formatted(
                name,
                columns.stream().map(JdbcTable::quoted).collect(Collectors.joining(", ")),
                String.join(", ", Collections.nCopies(columns.size(), "?")));
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < columns.size(); i++) {
        Object value = row.get(columns.get(i));
        if (value instanceof String) {
          statement.setObject(i + 1, value, Types.OTHER);
        } else {
          statement.setObject(i + 1, value);
        }
      }
      return statement.executeUpdate();
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
