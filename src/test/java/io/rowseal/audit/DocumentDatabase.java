package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.store;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/**
 * For each test a fresh database with the cards of Ada and Bob, and what their documents are asked
 * for.
 */
abstract class DocumentDatabase {
  @Parameter Host host;
  final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  final Owner bob = new Owner(SignatureAlgorithm.ED25519);
  final UUID first = UUID.randomUUID();
  final UUID second = UUID.randomUUID();
  TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    Documents.cards(database);
    Documents.storeCard(database, ada);
    Documents.storeCard(database, bob);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** Three versions, one after the other. */
  static List<Row> history(Owner owner, UUID id) {
    Row one = Documents.version(owner, id, 1_700_000_001, "one", null);
    Row two = Documents.version(owner, id, 1_700_000_002, "two", one.signature());
    return List.of(one, two, Documents.version(owner, id, 1_700_000_003, "three", two.signature()));
  }

  void storeAll(String table, List<Row> versions) throws SQLException {
    for (Row version : versions) {
      store(database, table, version);
    }
  }

  /** Where each problem is, and what it is. */
  String findings(String table) throws SQLException {
    return database.value(
        "SELECT coalesce(string_agg(source || ' ' || code, ', ' ORDER BY source, code), '') FROM rowseal.verify('"
            + table
            + "')");
  }

  static String is(Owner owner) {
    return "user_hash = " + literal(owner);
  }

  static String literal(Owner owner) {
    return "'\\x" + HexFormat.of().formatHex(owner.id()) + "'";
  }

  static String key(Owner owner, UUID id) {
    return "jsonb_build_object('user_hash', " + literal(owner) + "::bytea, 'id', '" + id + "')";
  }

  void twoTablesWithThreeHistories() throws SQLException {
    Documents.twoTables(database, "doc");
    storeAll("doc", history(ada, first));
    storeAll("doc", history(ada, second));
    storeAll("doc", history(bob, first));
    assertEquals("", findings("doc"));
    assertEquals("6", database.value("SELECT count(*) FROM doc_versions"));
  }

  String tip() {
    return " WHERE " + is(ada) + " AND id = '" + first + "'";
  }

  String old(String body) {
    return " WHERE " + is(ada) + " AND doc_id = '" + first + "' AND body = '" + body + "'";
  }
}
