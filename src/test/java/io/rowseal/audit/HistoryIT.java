package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.store;
import static io.rowseal.testing.rows.Documents.tamper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories, their branches and their gaps. */
@OnEachHost
class HistoryIT extends DocumentDatabase {
  @Test
  void historyIsInOrderWithTipDepthAndValidity() throws SQLException {
    twoTablesWithThreeHistories();
    String history =
        "SELECT string_agg(concat_ws(' ', \"row\" ->> 'body', owner_timestamp, depth, is_tip, valid, deleted), ', ') FROM rowseal.history('doc', "
            + key(ada, first)
            + ")";
    assertEquals(
        "one 1700000001 0 f t f, two 1700000002 1 f t f, three 1700000003 2 t t f",
        database.value(history));
    tamper(database, "UPDATE doc_versions SET body = 'x'" + old("one"));
    assertEquals(
        "x 1700000001 0 f f f, two 1700000002 1 f t f, three 1700000003 2 t t f",
        database.value(history));
    assertEquals(
        "t",
        database.value(
            "SELECT bool_and(\"row\" ->> 'id' = ? AND \"row\" ?? 'sign_b64' AND NOT \"row\" ?? 'doc_id') FROM rowseal.history('doc', "
                + key(ada, first)
                + ")",
            first.toString()));
    assertEquals("RS006", database.refusal("SELECT * FROM rowseal.history('doc', '{\"id\": 1}')"));
    assertEquals("RS012", database.refusal("SELECT * FROM rowseal.history('pg_class', '{}')"));
  }

  @Test
  void mermaidShowsTheGraph() throws SQLException {
    twoTablesWithThreeHistories();
    String text = database.value("SELECT rowseal.history_mermaid('doc', " + key(ada, first) + ")");
    assertTrue(
        text.contains("v1 --> v2\n")
            && text.contains("v2 --> v3\n")
            && text.contains("class v3 tip"),
        text);
  }

  @Test
  void ownersOddDatesAndBranchesAreTold() throws SQLException {
    Documents.twoTables(database, "doc");
    Row one = Documents.version(ada, first, 10, "one", null);
    Row two = Documents.version(ada, first, 20, "two", one.signature());
    storeAll(
        "doc",
        List.of(
            two,
            Documents.version(ada, first, 5, "before its parent", two.signature()),
            Documents.tombstone(ada, first, 30, "other branch", one.signature()),
            one,
            Documents.version(bob, first, 1, "a beginning", null),
            Documents.version(bob, first, 2, "another", null)));
    assertEquals("data fork, versions fork, versions parent_not_older", sorted());
    assertEquals(
        "notice",
        database.value("SELECT DISTINCT severity FROM rowseal.verify('doc') WHERE code = 'fork'"));
    assertEquals(
        "t",
        database.value(
            "SELECT version_id = ? FROM rowseal.verify('doc') WHERE code = 'fork' AND row_key = "
                + key(ada, first),
            one.signature()));
    assertEquals(
        "2 20,30 t",
        database.value(
            "SELECT branches || ' ' || array_to_string(owner_timestamps, ',') || ' ' || CASE WHEN parent = ? THEN 't' END FROM rowseal.forks('doc') WHERE row_key = "
                + key(ada, first),
            one.signature()));
    assertEquals("2", database.value("SELECT count(*) FROM rowseal.forks('doc')"));
  }

  /** Where a fork is told depends on which branch is archived; that there are two does not. */
  private String sorted() throws SQLException {
    return findings("doc").replace("versions fork, versions fork", "data fork, versions fork");
  }

  @Test
  void missingParentsAreTold() throws SQLException {
    Documents.twoTables(database, "doc");
    List<Row> versions = history(ada, first);
    store(database, "doc", versions.get(2));
    assertEquals("data missing_parent", findings("doc"));
    assertEquals(
        "t",
        database.value(
            "SELECT row_key = "
                + key(ada, first)
                + " AND parent = ? AND version_id = ? FROM rowseal.missing_parents('doc')",
            versions.get(1).signature(),
            versions.get(2).signature()));
    store(database, "doc", versions.get(1));
    store(database, "doc", versions.get(0));
    assertEquals("", findings("doc"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.missing_parents('doc')"));
  }
}
