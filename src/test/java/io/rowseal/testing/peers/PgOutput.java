package io.rowseal.testing.peers;

import io.rowseal.testing.server.TestDatabase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** What a publication sends, as subscribers and Electric get it: PostgreSQL's {@code pgoutput}. */
public final class PgOutput implements AutoCloseable {
  /** A change of a row; values are texts, and of a column that it leaves out there is none. */
  public record Change(String operation, String table, Map<String, String> row) {}

  private record Relation(String table, List<String> columns) {}

  private final TestDatabase database;
  private final String slot;
  private final Connection connection;
  private final PGReplicationStream stream;
  private final Map<Integer, Relation> relations = new HashMap<>();

  /** Publishes tables as Electric does, and begins to read. */
  public PgOutput(TestDatabase database, String... tables) throws SQLException {
    this.database = database;
    this.slot = "read_" + database.name();
    database.run("CREATE PUBLICATION " + slot + " FOR TABLE " + String.join(", ", tables));
    database.value("SELECT pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
    Properties properties = new Properties();
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "15");
    connection = DriverManager.getConnection(database.url(), properties);
    stream =
        connection
            .unwrap(PGConnection.class)
            .getReplicationAPI()
            .replicationStream()
            .logical()
            .withSlotName(slot)
            .withSlotOption("proto_version", 1)
            .withSlotOption("publication_names", slot)
            .start();
  }

  /** The changes that have come since the last call. */
  public List<Change> next() throws SQLException {
    List<Change> changes = new ArrayList<>();
    for (ByteBuffer message = stream.readPending();
        message != null;
        message = stream.readPending()) {
      read(message, changes);
      stream.setFlushedLSN(stream.getLastReceiveLSN());
    }
    return changes;
  }

  private void read(ByteBuffer message, List<Change> changes) {
    switch (message.get()) {
      case 'R' -> {
        int id = message.getInt();
        text(message); // The schema.
        String table = text(message);
        message.get();
        List<String> columns = new ArrayList<>();
        for (int i = message.getShort(); i > 0; i--) {
          message.get();
          columns.add(text(message));
          message.getInt();
          message.getInt();
        }
        relations.put(id, new Relation(table, columns));
      }
      case 'I' -> {
        Relation relation = relations.get(message.getInt());
        message.get();
        changes.add(new Change("insert", relation.table(), row(relation, message)));
      }
      case 'U' -> {
        Relation relation = relations.get(message.getInt());
        if (message.get() != 'N') {
          row(relation, message); // The old row, or its key.
          message.get();
        }
        changes.add(new Change("update", relation.table(), row(relation, message)));
      }
      case 'D' -> {
        Relation relation = relations.get(message.getInt());
        message.get();
        changes.add(new Change("delete", relation.table(), row(relation, message)));
      }
      default -> {
        // Begin, commit, origin, type.
      }
    }
  }

  private static Map<String, String> row(Relation relation, ByteBuffer message) {
    Map<String, String> row = new LinkedHashMap<>();
    message.getShort();
    for (String column : relation.columns()) {
      switch (message.get()) {
        case 't' -> {
          byte[] text = new byte[message.getInt()];
          message.get(text);
          row.put(column, new String(text, StandardCharsets.UTF_8));
        }
        case 'n' -> row.put(column, null);
        default -> {
          // An unchanged large value, left out.
        }
      }
    }
    return row;
  }

  private static String text(ByteBuffer message) {
    int start = message.position();
    while (message.get() != 0) {
      // On to the end.
    }
    return new String(
        message.array(),
        message.arrayOffset() + start,
        message.position() - start - 1,
        StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    // Once the server has noticed.
    database.run(
        "DO $$BEGIN WHILE EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '"
            + slot
            + "' AND active) LOOP PERFORM pg_sleep(0.02); END LOOP; END$$");
    database.value("SELECT pg_drop_replication_slot('" + slot + "')");
    database.run("DROP PUBLICATION " + slot);
  }
}
