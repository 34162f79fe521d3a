package io.rowseal.testing.peers;

import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shapes of the tables of a real database: what is there, then what {@code pgoutput} says. */
public final class DatabaseShapes implements AutoCloseable {
  private final Shapes shapes = new Shapes();
  private final PgOutput output;
  private final TestDatabase connection;
  private final Thread feeder;
  private volatile boolean ends;

  public DatabaseShapes(TestDatabase database, String... tables) throws SQLException, IOException {
    connection = database.as("postgres");
    for (String table : tables) {
      connection.run("ALTER TABLE " + table + " REPLICA IDENTITY FULL");
    }
    output = new PgOutput(connection, tables);
    connection.run("SET IntervalStyle = 'iso_8601'");
    for (String table : tables) {
      shapes.append(table, snapshot(table));
    }
    feeder = new Thread(this::feed, "shapes of " + database.name());
    feeder.start();
  }

  public Shapes shapes() {
    return shapes;
  }

  /** As Electric's snapshots: casts to text. */
  private String[] snapshot(String table) throws SQLException {
    List<String> messages = new ArrayList<>();
    try (Statement statement = connection.connection().createStatement();
        ResultSet rows = statement.executeQuery("SELECT * FROM " + table)) {
      while (rows.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.put(rows.getMetaData().getColumnName(i), rows.getString(i));
        }
        messages.add(Shapes.change("insert", table, row));
      }
    }
    return messages.toArray(String[]::new);
  }

  /** A log of its own in the place of the old one. */
  public void rebuild(String table) throws SQLException {
    shapes.rebuild(table, snapshot(table));
  }

  private void feed() {
    try {
      while (!ends) {
        for (PgOutput.Change change : output.next()) {
          shapes.append(
              change.table(), Shapes.change(change.operation(), change.table(), change.row()));
        }
        Thread.sleep(20);
      }
    } catch (SQLException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    ends = true;
    try {
      feeder.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    shapes.close();
    output.close();
    connection.close();
  }
}
