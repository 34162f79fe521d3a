package io.rowseal.bench;

import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.Server;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;

/** A database on one host, with the owners' cards, in which the benchmarks make their tables. */
final class Stage implements AutoCloseable {
  /** The table without protection, and the protected one; both are made anew for each run. */
  static final String BARE = "bench_bare";

  static final String OURS = "bench_rowseal";
  private static final int COPIED_AT_ONCE = 1_000;

  final Server server;
  final Host host;
  final Sizes sizes;
  final Material material;
  final TestDatabase database;

  Stage(Server server, Host host, Sizes sizes, Material material) throws SQLException {
    this.server = server;
    this.host = host;
    this.sizes = sizes;
    this.material = material;
    this.database = TestDatabase.create(server, host);
    cards(material.classical);
    cards(material.postQuantum);
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }

  /** A table that holds rows which are to be delivered. */
  void source(String name, List<SignedRow> rows) throws SQLException, IOException {
    database.run("DROP TABLE IF EXISTS " + name);
    database.run("CREATE UNLOGGED TABLE " + name + " (" + SignedRow.COLUMNS + ")");
    copy(name, rows);
    database.run("VACUUM ANALYZE " + name);
  }

  void copy(String table, List<SignedRow> rows) throws SQLException, IOException {
    var copying = database.connection().unwrap(PGConnection.class).getCopyAPI();
    for (int i = 0; i < rows.size(); i += COPIED_AT_ONCE) {
      String text =
          rows.subList(i, Math.min(rows.size(), i + COPIED_AT_ONCE)).stream()
              .map(SignedRow::copyLine)
              .collect(Collectors.joining());
      copying.copyIn("COPY " + table + " FROM STDIN", new StringReader(text));
    }
  }

  /** An empty table in the place of the one of that name. */
  void table(String name) throws SQLException {
    drop(name);
    database.run(
        "CREATE TABLE " + name + " (" + SignedRow.COLUMNS + ", PRIMARY KEY (user_hash, uuid))");
  }

  /** The same with a table for its history. */
  void versionedTable(String name) throws SQLException {
    table(name);
    database.run(
        "CREATE TABLE "
            + versions(name)
            + " ("
            + SignedRow.COLUMNS.replace(" uuid uuid", " storage_uuid uuid")
            + ", PRIMARY KEY (sign_b64))");
  }

  static String versions(String name) {
    return name + "_versions";
  }

  void protect(String name, Owners owners) throws SQLException {
    protect(name, owners, "");
  }

  void protectVersioned(String name, Owners owners) throws SQLException {
    protect(
        name,
        owners,
        ", versions => '%s', versions_columns => '{\"uuid\":\"storage_uuid\"}'"
            .formatted(versions(name)));
  }

  private void protect(String name, Owners owners, String more) throws SQLException {
    database.run(
        "SELECT rowseal.protect('%s', identities => '%s', context => '%s', validate => false%s)"
            .formatted(name, owners.cardTable(), Owners.CONTEXT, more));
  }

  void drop(String name) throws SQLException {
    if (database.value("SELECT to_regclass('" + name + "')") != null) {
      database.run("SELECT rowseal.unprotect('" + name + "')");
      database.run("DROP TABLE " + name + " CASCADE");
    }
    database.run("DROP TABLE IF EXISTS " + versions(name));
  }

  /** What a statement takes, in seconds and in bytes of write-ahead log. */
  record Cost(double seconds, double wal) {}

  /** Measured from a server that has nothing left to write from before. */
  Cost cost(String sql) throws SQLException {
    database.run("CHECKPOINT");
    try (Statement statement = database.connection().createStatement()) {
      double wal = walPosition();
      long start = System.nanoTime();
      statement.execute(sql);
      double seconds = (System.nanoTime() - start) / 1e9;
      return new Cost(seconds, walPosition() - wal);
    }
  }

  double time(String sql) throws SQLException {
    return cost(sql).seconds();
  }

  private double walPosition() throws SQLException {
    return Double.parseDouble(
        database.value("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"));
  }

  static String insert(String table, String source) {
    return "INSERT INTO " + table + " SELECT * FROM " + source;
  }

  /** The INSERT of one row of {@link SignedRow#values}. */
  static PreparedStatement prepareInsert(Connection connection, String table) throws SQLException {
    return connection.prepareStatement("INSERT INTO " + table + " VALUES (?, ?, ?, ?, ?, ?, ?)");
  }

  static double execute(PreparedStatement statement, SignedRow row) throws SQLException {
    Object[] values = row.values();
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        statement.setNull(i + 1, Types.BINARY);
      } else {
        statement.setObject(i + 1, values[i]);
      }
    }
    long start = System.nanoTime();
    statement.executeUpdate();
    return (System.nanoTime() - start) / 1e9;
  }

  void require(String question, String expected) throws SQLException {
    String found = database.value(question);
    if (!expected.equals(found)) {
      throw new IllegalStateException(question + " gave " + found + ", not " + expected);
    }
  }

  private void cards(Owners owners) throws SQLException {
    String table = owners.cardTable();
    database.run(
        "CREATE TABLE "
            + table
            + " (user_hash bytea PRIMARY KEY, sign_pkey bytea, deleted_flag boolean,"
            + " owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "SELECT rowseal.protect_identities('%s', algorithm => '%s')"
            .formatted(table, owners.algorithm().label()));
    for (Row card : owners.cards()) {
      database.run(Insert.into(table).row(card));
    }
  }
}
