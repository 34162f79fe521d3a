package io.rowseal.testing.server;

import io.rowseal.testing.sql.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.PGConnection;
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

  /** A database with nothing in it, into which a dump can be restored. */
  public static TestDatabase empty(Server server, Host host) throws SQLException {
    String name = "empty_" + host.name().toLowerCase(Locale.ROOT) + "_" + COUNT.incrementAndGet();
    server.createDatabase(name);
    return new TestDatabase(server, name, "postgres", true);
  }

  public Connection connection() {
    return connection;
  }

  public String name() {
    return name;
  }

  /** How a program that uses JDBC reaches it as a superuser. */
  public String url() {
    return server.url(name);
  }

  /** Another connection to the same database. */
  public TestDatabase as(String user) throws SQLException {
    return new TestDatabase(server, name, user, false);
  }

  /** The database of the same name that another server has. */
  public TestDatabase on(Server other) throws SQLException {
    return new TestDatabase(other, name, "postgres", false);
  }

  /** Runs a statement and says how many rows it changed. */
  public int run(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
      return statement.getUpdateCount();
    }
  }

  /** Runs a statement and says how many rows it changed. */
  public int run(Sql sql) throws SQLException {
    try (PreparedStatement statement = prepare(sql)) {
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
    return refusal(() -> run(sql, parameters));
  }

  /** The SQLSTATE with which a statement is refused; "00000" if it is not. */
  public String refusal(Sql sql) {
    return refusal(() -> run(sql));
  }

  private interface Attempt {
    void run() throws SQLException;
  }

  private static String refusal(Attempt attempt) {
    try {
      attempt.run();
      return "00000";
    } catch (PSQLException e) {
      return e.getSQLState();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until another connection to this database waits for somebody's lock. */
  public void awaitBlocked(TestDatabase other) throws SQLException, InterruptedException {
    int backend = other.connection.unwrap(PGConnection.class).getBackendPID();
    String waits = "SELECT cardinality(pg_blocking_pids(" + backend + ")) > 0";
    for (int i = 0; !"t".equals(value(waits)); i++) {
      if (i == 3000) {
        throw new AssertionError("it does not wait");
      }
      Thread.sleep(20);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    if (drop) {
      server.dropDatabase(name);
    }
  }

  private PreparedStatement prepare(Sql sql) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql.text());
    int place = 1;
    for (Object value : sql.parameters()) {
      if (value instanceof String) {
        // Of no type yet, as a quoted literal: it becomes what its column is.
        statement.setObject(place++, value, Types.OTHER);
      } else {
        statement.setObject(place++, value);
      }
    }
    return statement;
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
