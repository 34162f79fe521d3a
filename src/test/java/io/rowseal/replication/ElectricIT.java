package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.clients.ForeignClient.Outcome;
import io.rowseal.testing.clients.PeerProgram;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * A database is filled from a running Electric: {@code ELECTRIC_URL} says where it is, {@code
 * ELECTRIC_JDBC_URL} which database it reads, where the tables are made anew.
 */
@OnEachHost
class ElectricIT extends RenamedVersions {
  private static void insert(Connection connection, Insert insert) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(insert.text())) {
      int place = 1;
      for (Object value : insert.parameters()) {
        if (value instanceof String) {
          statement.setObject(place++, value, Types.OTHER);
        } else {
          statement.setObject(place++, value);
        }
      }
      statement.execute();
    }
  }

  @Test
  void endsEqual() throws Exception {
    String electric = System.getenv("ELECTRIC_URL");
    String source = System.getenv("ELECTRIC_JDBC_URL");
    Assumptions.assumeTrue(
        electric != null && source != null,
        "a running Electric, for which ELECTRIC_URL and ELECTRIC_JDBC_URL are not set");
    PeerProgram.install();
    String digest;
    try (Connection connection = DriverManager.getConnection(source);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION IF NOT EXISTS rowseal CASCADE");
      statement.execute("DROP TABLE IF EXISTS note, note_versions, card CASCADE");
      for (String sql :
          List.of(
              Cards.TABLE.text(),
              Notes.TABLE.text(),
              Notes.VERSIONS.text(),
              Cards.PROTECTION.text(),
              Notes.VERSIONED.text())) {
        statement.execute(sql);
      }
      insert(connection, Cards.insert(ada.card(2, "Ada")));
      for (long timestamp : new long[] {2, 4, 1, 3}) {
        insert(connection, insert(note(timestamp, "version " + timestamp)));
      }
      try (ResultSet row =
          statement.executeQuery("SELECT digest::text FROM rowseal.digest('note')")) {
        row.next();
        digest = row.getString(1);
      }
    }
    try (PeerProgram program =
        PeerProgram.follow(electric, database, "--once", "--table", "note")) {
      Outcome outcome = program.end();
      assertEquals(0, outcome.status(), outcome.output());
    }
    assertEquals(digest, database.value("SELECT digest::text FROM rowseal.digest('note')"));
  }
}
