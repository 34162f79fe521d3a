package io.rowseal.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.util.PSQLException;

/** A fresh database with the extension, and a connection to it. */
public final class TestDatabase implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name;
  private final Connection connection;

  private TestDatabase(String name, Connection connection) {
    this.name = name;
    this.connection = connection;
  }

  public static TestDatabase create(Host host) throws SQLException {
    String name = "test_" + host.name().toLowerCase(Locale.ROOT) + "_" + COUNT.incrementAndGet();
    try (Connection maintenance = Server.shared().connect("postgres", "postgres");
        Statement statement = maintenance.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    TestDatabase database = new TestDatabase(name, Server.shared().connect(name, "postgres"));
    database.run("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "' CASCADE");
    return database;
  }

  public Connection connection() {
    return connection;
  }

  /** Another connection to the same database. */
  public TestDatabase as(String user) throws SQLException {
    return new TestDatabase(name, Server.shared().connect(name, user));
  }

  /** Runs a statement and says how many rows it changed. */
  public int run(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
      return statement.getUpdateCount();
    }
  }

  /** The first column of the first row as text; null if there is no row. */
  public String value(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** The SQLSTATE with which a statement is refused; "00000" if it is not. */
  public String refusal(String sql, Object... parameters) {
    try {
      run(sql, parameters);
      return "00000";
    } catch (PSQLException e) {
      return e.getSQLState();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
