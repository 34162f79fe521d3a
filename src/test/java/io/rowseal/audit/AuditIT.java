package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.store;
import static io.rowseal.testing.rows.Documents.tamper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.ForeignRow;
import io.rowseal.testing.rows.SeedTables;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Audit and report, of tables of every kind, for whoever may read them. */
@OnEachHost
class AuditIT extends DocumentDatabase {
  @Test
  void auditCounts() throws SQLException {
    Documents.twoTables(database, "doc");
    Documents.oneTable(database, "page");
    storeAll("doc", history(ada, first));
    store(database, "doc", Documents.tombstone(bob, second, 1_700_000_001, "gone", null));
    storeAll("page", history(ada, first));
    store(database, "page", Documents.tombstone(ada, first, 1_700_000_004, "gone", null));
    tamper(database, "UPDATE doc SET body = 'x'" + tip());
    String counts =
        "SELECT string_agg(concat_ws(' ', \"table\", rows, versions, tombstones, owners, invalid, forks, missing_parents, deferred, quarantined, errors), ', ' ORDER BY \"table\"::text) FROM rowseal.audit(%s)";
    assertEquals(
        "card 2 2 0 2 0 0 0 0 0 0, doc 2 4 1 2 1 0 0 0 0 1, page 1 4 1 1 0 1 0 0 0 0",
        database.value(counts.formatted("")));
    assertEquals("doc 2 4 1 2 1 0 0 0 0 1", database.value(counts.formatted("'doc'")));
    assertEquals(
        "t",
        database.value("SELECT seconds > 0 AND rows_per_second > 0 FROM rowseal.audit('doc')"));
  }

  @Test
  void reportShowsTablesProblemsAndGraphs() throws SQLException {
    twoTablesWithThreeHistories();
    tamper(database, "UPDATE doc SET body = 'x'" + tip());
    String html = database.value("SELECT rowseal.report()");
    for (String part :
        List.of(
            "<th>public.card</th>",
            ">public.doc</a>",
            "<code>RS002</code>",
            "class=\"graph\"",
            "class=\"growth\"",
            "2023-11")) {
      assertTrue(html.contains(part), part);
    }
    assertFalse(html.contains("<script"));
  }

  @Test
  void partitionsAreAudited() throws SQLException {
    database.run(Documents.TABLE.clause("PARTITION BY HASH (user_hash, id)"));
    for (int i = 0; i < 3; i++) {
      database.run(
          "CREATE TABLE doc_%1$d PARTITION OF doc FOR VALUES WITH (MODULUS 3, REMAINDER %1$d)"
              .formatted(i));
    }
    database.run(Documents.protection("doc"));
    for (int i = 1; i <= 20; i++) {
      store(database, "doc", Documents.version(ada, UUID.randomUUID(), i, "body", null));
    }
    assertEquals("", findings("doc"));
    assertEquals("20", database.value("SELECT versions FROM rowseal.digest('doc')"));
    tamper(database, "UPDATE doc SET body = 'x' WHERE owner_timestamp IN (3, 7)");
    assertEquals(
        "t t",
        database.value(
            "SELECT string_agg((row_key ->> 'id' = id::text AND version_id = sign_b64)::text::char, ' ')"
                + " FROM rowseal.verify('doc') AS v JOIN doc ON doc.sign_b64 = v.version_id WHERE doc.body = 'x' AND v.code = 'RS002'"));
    assertEquals("2", database.value("SELECT count(*) FROM rowseal.verify('doc')"));
  }

  @Test
  void foreignRowsWithTextIdsAreAudited() throws SQLException {
    SeedTables.buckitUp(database);
    for (ForeignRow row : ForeignRow.read("buckitup.ML-DSA-87")) {
      database.refusal(SeedTables.insert(row.table()), row.columns().toString());
    }
    assertEquals("t", database.value("SELECT count(*) > 3 FROM user_storage"));
    assertEquals("", findings("user_cards"));
    assertEquals("", findings("user_storage"));
    assertEquals(
        "t",
        database.value(
            "SELECT bool_and('uss_' || encode(version_id, 'hex') = \"row\" ->> 'sign_hash') FROM user_storage AS s, LATERAL rowseal.history('user_storage',"
                + " jsonb_build_object('user_hash', s.user_hash, 'uuid', s.uuid))"));
    tamper(database, "UPDATE user_storage SET sign_hash = 'uss_00'");
    assertEquals(
        "RS006", database.value("SELECT DISTINCT code FROM rowseal.verify('user_storage')"));
  }

  @Test
  void hostileNamesAreShownAndNotObeyed() throws SQLException {
    String name = "\"<script>alert('x')</script>\"\"; DROP TABLE card; --\"";
    Documents.oneTable(database, name);
    storeAll(name, history(ada, first));
    tamper(database, "UPDATE " + name + " SET body = '<b>x</b>' WHERE body = 'two'");
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.verify(?::regclass)", name));
    String html = database.value("SELECT rowseal.report()");
    assertFalse(html.contains("<script"));
    assertTrue(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    String mermaid =
        database.value(
            "SELECT rowseal.history_mermaid(?::regclass, " + key(ada, first) + ")", name);
    assertFalse(mermaid.contains("<script"), mermaid);
  }

  @Test
  void auditNeedsNoMoreThanSelect() throws SQLException {
    twoTablesWithThreeHistories();
    database.run("DROP ROLE IF EXISTS audit_reader");
    database.run("CREATE ROLE audit_reader");
    try {
      database.run("GRANT SELECT ON card, doc TO audit_reader");
      database.connection().setAutoCommit(false);
      database.run("SET LOCAL ROLE audit_reader");
      assertEquals("42501", database.refusal("SELECT * FROM rowseal.verify('doc')"));
      database.connection().rollback();
      database.run("GRANT SELECT ON doc_versions TO audit_reader");
      database.run("SET LOCAL ROLE audit_reader");
      assertEquals("", findings("doc"));
      assertEquals(
          "3",
          database.value("SELECT count(*) FROM rowseal.history('doc', " + key(ada, first) + ")"));
      assertEquals("9", database.value("SELECT versions FROM rowseal.digest('doc')"));
      assertEquals("9", database.value("SELECT versions FROM rowseal.audit('doc')"));
      assertEquals("0", database.value("SELECT count(*) FROM rowseal.forks('doc')"));
      assertEquals("0", database.value("SELECT count(*) FROM rowseal.missing_parents('doc')"));
      assertTrue(database.value("SELECT rowseal.report()").contains(">public.doc</a>"));
    } finally {
      database.connection().rollback();
      database.connection().setAutoCommit(true);
      database.run("DROP OWNED BY audit_reader");
      database.run("DROP ROLE audit_reader");
    }
  }
}
