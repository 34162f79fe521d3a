package io.rowseal.testing;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.util.PSQLException;

/** A fresh database with the extension, and a connection to it. */
public final class TestDatabase implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Server server;
  private final String name;
  private final Connection connection;
  private final boolean drop;

  private TestDatabase(Server server, String name, String user, boolean drop) throws SQLException {
    this.server = server;
    this.name = name;
    this.connection = server.connect(name, user);
    this.drop = drop;
  }

  public static TestDatabase create(Host host) throws SQLException {
    return create(Server.shared(), host);
  }

  /** A database of a server of the test's own. */
  public static TestDatabase create(Server server, Host host) throws SQLException {
    String name = "test_" + host.name().toLowerCase(Locale.ROOT) + "_" + COUNT.incrementAndGet();
    server.createDatabase(name, host);
    return new TestDatabase(server, name, "postgres", true);
  }

  /**
   * A database without tables into which a dump with the extension can be restored. CREATE
   * EXTENSION in a dump means the server's default host, so another host's extension is there
   * already.
   */
  public static TestDatabase empty(Server server, Host host) throws SQLException {
    String name = "empty_" + host.name().toLowerCase(Locale.ROOT) + "_" + COUNT.incrementAndGet();
    server.createDatabase(name);
    TestDatabase database = new TestDatabase(server, name, "postgres", true);
    String standard =
        database.value(
            "SELECT default_version FROM pg_available_extensions WHERE name = 'rowseal'");
    if (!host.extensionVersion().equals(standard)) {
      database.run("CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "' CASCADE");
    }
    return database;
  }

  public Connection connection() {
    return connection;
  }

  public String name() {
    return name;
  }

  /** Another connection to the same database. */
  public TestDatabase as(String user) throws SQLException {
    return new TestDatabase(server, name, user, false);
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
    if (drop) {
      server.dropDatabase(name);
    }
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
