package io.rowseal.host.pljava;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.encoding.ValueKind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * SQL through PL/Java's own JDBC driver. Connection and statements outlive a call, so a query that
 * runs for every row is prepared once.
 */
final class PlJavaDatabase implements Database {
  private static final int STATEMENTS_KEPT = 256;

  /** A name or a string in quotes. */
  private static final Pattern QUOTED =
      Pattern.compile("\"[^\"]*+(?:\"\"[^\"]*+)*+\"|'[^']*+(?:''[^']*+)*+'");

  /** Statements that no call is using at the moment. */
  private final Map<Query, PreparedStatement> idle =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Query, PreparedStatement> eldest) {
          return size() > STATEMENTS_KEPT;
        }
      };

  private Connection connection;

  @Override
  public void scan(Query query, Consumer<Object[]> row, Object... parameters) {
    try {
      PreparedStatement statement = prepare(query, parameters);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          row.accept(values(found, query.results()));
        }
      }
      idle.put(query, statement);
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  @Override
  public long execute(Query query, Object... parameters) {
    try {
      PreparedStatement statement = prepare(query, parameters);
      long count = statement.executeUpdate();
      idle.put(query, statement);
      return count;
    } catch (SQLException e) {
      throw new SqlFailure(e);
    }
  }

  private static Object value(ResultSet row, int index, ValueKind kind) throws SQLException {
    return switch (kind) {
      case BYTES -> row.getBytes(index);
      case TEXT -> row.getString(index);
      case BOOLEAN -> {
        boolean truth = row.getBoolean(index);
        yield row.wasNull() ? null : truth;
      }
      case INTEGER -> {
        long number = row.getLong(index);
        yield row.wasNull() ? null : number;
      }
    };
  }

  /** A statement is taken out while it runs: what it fires may run the same query again. */
  private PreparedStatement prepare(Query query, Object... parameters) throws SQLException {
    PreparedStatement statement = idle.remove(query);
    if (statement == null) {
      if (connection == null) {
        connection = DriverManager.getConnection("jdbc:default:connection");
      }
      statement = connection.prepareStatement(withoutBackslashes(query.withQuestionMarks()));
    }
    for (int i = 0; i < parameters.length; i++) {
      set(statement, i + 1, query.parameters().get(i), parameters[i]);
    }
    return statement;
  }

  /**
   * PL/Java takes a backslash in a name for an escape, and then a quote for none. So it is spelled
   * in another way that PostgreSQL knows.
   */
  private static String withoutBackslashes(String sql) {
    return QUOTED
        .matcher(sql)
        .replaceAll(
            quoted -> {
              String token = quoted.group();
              String spelled = token.replace("!", "!!").replace("\\", "!005C");
              return Matcher.quoteReplacement(
                  token.contains("\\") ? "U&" + spelled + " UESCAPE '!'" : token);
            });
  }

  private static void set(PreparedStatement statement, int index, ValueKind kind, Object value)
      throws SQLException {
    if (value == null) {
      statement.setNull(index, sqlType(kind));
      return;
    }
    switch (kind) {
      case BYTES -> statement.setBytes(index, (byte[]) value);
      case TEXT -> statement.setString(index, (String) value);
      case BOOLEAN -> statement.setBoolean(index, (Boolean) value);
      case INTEGER -> statement.setLong(index, (Long) value);
    }
  }

  private static int sqlType(ValueKind kind) {
    return switch (kind) {
      case BYTES -> Types.BINARY;
      case TEXT -> Types.VARCHAR;
      case BOOLEAN -> Types.BOOLEAN;
      case INTEGER -> Types.BIGINT;
    };
  }

  private static Object[] values(ResultSet row, List<ValueKind> kinds) throws SQLException {
    Object[] values = new Object[kinds.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(row, i + 1, kinds.get(i));
    }
    return values;
  }
}
