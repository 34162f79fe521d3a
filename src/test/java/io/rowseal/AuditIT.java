package io.rowseal;

import static io.rowseal.testing.Documents.store;
import static io.rowseal.testing.Documents.tamper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.HashAlgorithm;
import io.rowseal.testing.Documents;
import io.rowseal.testing.ForeignRow;
import io.rowseal.testing.Host;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.Tables;
import io.rowseal.testing.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What the audit says of stored rows, whoever changed them and however. */
@OnEachHost
class AuditIT {
  @Parameter private Host host;
  private final Documents ada = new Documents();
  private final Documents bob = new Documents();
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    Documents.cards(database);
    ada.storeCard(database);
    bob.storeCard(database);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** Three versions, one after the other. */
  private static List<Map<String, Object>> history(Documents owner, UUID id) {
    Map<String, Object> one = owner.version(id, 1_700_000_001, "one", false, null);
    Map<String, Object> two = owner.version(id, 1_700_000_002, "two", false, one);
    return List.of(one, two, owner.version(id, 1_700_000_003, "three", false, two));
  }

  private void storeAll(String table, List<Map<String, Object>> versions) throws SQLException {
    for (Map<String, Object> version : versions) {
      store(database, table, version);
    }
  }

  /** Where each problem is, and what it is. */
  private String findings(String table) throws SQLException {
    return database.value(
        "SELECT coalesce(string_agg(source || ' ' || code, ', ' ORDER BY source, code), '') FROM rowseal.verify('"
            + table
            + "')");
  }

  /** Tampers with doc, looks, and undoes it. */
  private void assertFound(String expected, String sql) throws SQLException {
    assertFound(expected, "doc", sql);
  }

  private void assertFound(String expected, String table, String sql) throws SQLException {
    database.connection().setAutoCommit(false);
    int rows = tamper(database, sql);
    assertTrue(rows != 0, "nothing was changed by " + sql);
    assertEquals(expected, findings(table), sql);
    database.connection().rollback();
    database.connection().setAutoCommit(true);
  }

  private static String is(Documents owner) {
    return "user_hash = " + literal(owner);
  }

  private static String literal(Documents owner) {
    return "'\\x" + HexFormat.of().formatHex(owner.ownerId()) + "'";
  }

  private static String key(Documents owner, UUID id) {
    return "jsonb_build_object('user_hash', " + literal(owner) + "::bytea, 'id', '" + id + "')";
  }

  private void twoTablesWithThreeHistories() throws SQLException {
    Documents.twoTables(database, "doc");
    storeAll("doc", history(ada, first));
    storeAll("doc", history(ada, second));
    storeAll("doc", history(bob, first));
    assertEquals("", findings("doc"));
    assertEquals("6", database.value("SELECT count(*) FROM doc_versions"));
  }

  private String tip() {
    return " WHERE " + is(ada) + " AND id = '" + first + "'";
  }

  private String old(String body) {
    return " WHERE " + is(ada) + " AND doc_id = '" + first + "' AND body = '" + body + "'";
  }

  @Test
  void changedValuesTimestampsAndParentsAreFoundAndNothingElse() throws SQLException {
    twoTablesWithThreeHistories();
    for (String change :
        List.of(
            "body = 'forged'",
            "body = NULL",
            "deleted_flag = true",
            "owner_timestamp = 1700000009",
            "owner_timestamp = 1",
            "parent_sign_b64 = NULL",
            "parent_sign_b64 = '\\x00'",
            "parent_sign_b64 = sign_b64")) {
      assertFound("data RS002", "UPDATE doc SET " + change + tip());
      assertFound("versions RS002", "UPDATE doc_versions SET " + change + old("two"));
    }
    assertFound("data RS006", "UPDATE doc SET deleted_flag = NULL" + tip());
    assertFound("data RS006", "UPDATE doc SET owner_timestamp = NULL" + tip());
    assertFound("data RS002, data RS002, data RS002", "UPDATE doc SET body = body || '!'");
  }

  @Test
  void changedSignaturesAreFoundAndNothingElse() throws SQLException {
    twoTablesWithThreeHistories();
    String flip = "sign_b64 = set_byte(sign_b64, 40, 255 - get_byte(sign_b64, 40))";
    assertFound("data RS001", "UPDATE doc SET sign_b64 = NULL" + tip());
    assertFound("data RS001", "UPDATE doc SET sign_b64 = ''" + tip());
    assertFound("data RS006", "UPDATE doc SET sign_b64 = substr(sign_b64, 2)" + tip());
    assertFound("data RS002", "UPDATE doc SET " + flip + tip());
    // The version that the tip names is not here any more.
    assertFound(
        "data missing_parent, versions RS002", "UPDATE doc_versions SET " + flip + old("two"));
  }

  @Test
  void swappedRowsAndChangedKeysAreFoundAndNothingElse() throws SQLException {
    twoTablesWithThreeHistories();
    assertFound(
        "data RS002, data RS002",
        "UPDATE doc AS a SET sign_b64 = b.sign_b64 FROM doc AS b WHERE a.user_hash = b.user_hash AND a.id <> b.id");
    assertFound(
        "versions RS002, versions RS002",
        "UPDATE doc_versions AS a SET body = b.body FROM doc_versions AS b WHERE a.body <> b.body"
            + " AND (a.user_hash, a.doc_id) = (b.user_hash, b.doc_id) AND a.doc_id = '"
            + second
            + "'");
    assertFound(
        "data RS002, versions not_the_tip", "UPDATE doc SET id = gen_random_uuid()" + tip());
    assertFound("data RS003, versions not_the_tip", "UPDATE doc SET user_hash = '\\x01'" + tip());
    assertFound(
        "data RS002, versions not_the_tip",
        "UPDATE doc SET user_hash = " + literal(bob) + " WHERE id = '" + second + "'");
  }

  @Test
  void removedAndDuplicatedVersionsAreFoundAndNothingElse() throws SQLException {
    twoTablesWithThreeHistories();
    assertFound("data missing_parent", "DELETE FROM doc_versions" + old("two"));
    assertFound("versions missing_parent", "DELETE FROM doc_versions" + old("one"));
    assertFound("versions not_the_tip", "DELETE FROM doc" + tip());
    assertFound("versions duplicate_version", "INSERT INTO doc_versions SELECT * FROM doc" + tip());
    assertFound(
        "versions duplicate_version",
        "UPDATE pg_index SET indisready = false WHERE indrelid = 'doc_versions'::regclass;"
            + " INSERT INTO doc_versions SELECT * FROM doc_versions"
            + old("one"));
  }

  @Test
  void olderVersionPutBackAsTipIsFoundAndNothingElse() throws SQLException {
    twoTablesWithThreeHistories();
    String columns = "body, deleted_flag, parent_sign_b64, owner_timestamp, sign_b64";
    String putBack =
        "UPDATE doc SET (%1$s) = (SELECT %1$s FROM doc_versions%2$s)%3$s;"
            .formatted(columns, old("two"), tip());
    assertFound(
        "data not_the_tip",
        "CREATE TEMP TABLE lost AS SELECT * FROM doc"
            + tip()
            + ";"
            + putBack
            + "DELETE FROM doc_versions"
            + old("two")
            + "; INSERT INTO doc_versions SELECT * FROM lost");
    // Beside itself, and the real tip is gone, so nothing newer is here to betray it.
    assertFound("versions duplicate_version", putBack);
  }

  @Test
  void findingSaysWhereAndWhat() throws SQLException {
    twoTablesWithThreeHistories();
    tamper(database, "UPDATE doc_versions SET body = 'x'" + old("one"));
    assertEquals(
        "versions t t RS002 error",
        database.value(
            "SELECT concat_ws(' ', source, row_key = "
                + key(ada, first)
                + ", version_id = (SELECT sign_b64 FROM doc_versions"
                + old("x")
                + "), code, severity) FROM rowseal.verify('doc')"));
    assertEquals(
        "1",
        database.value(
            "SELECT count(*) FROM rowseal.verify('doc_versions') WHERE problem LIKE 'signature does not verify%'"));
  }

  @Test
  void tamperedCardsAreFound() throws SQLException {
    String card = " WHERE " + is(ada);
    assertEquals("", findings("card"));
    assertFound("data RS002", "card", "UPDATE card SET name = 'Eve'" + card);
    assertFound("data RS004", "card", "UPDATE card SET user_hash = '\\x01'" + card);
    assertFound(
        "data RS004",
        "card",
        "UPDATE card SET sign_pkey = (SELECT c.sign_pkey FROM card AS c WHERE "
            + is(bob)
            + ")"
            + card);
    assertFound("data RS006", "card", "UPDATE card SET sign_pkey = NULL" + card);
    assertFound("data RS005", "card", "UPDATE card SET contact_pkey = '\\x04'" + card);
    assertFound("data RS006", "card", "UPDATE card SET contact_cert = NULL" + card);
  }

  @Test
  void rowsWhoseCardIsGoneOrChangedAreFound() throws SQLException {
    twoTablesWithThreeHistories();
    assertFound("data RS003, versions RS003, versions RS003", "DELETE FROM card WHERE " + is(bob));
    assertFound(
        "data RS004, versions RS004, versions RS004",
        "UPDATE card SET sign_pkey = '\\x01' WHERE " + is(bob));
  }

  @Test
  void tamperingWithOneTableIsFound() throws SQLException {
    Documents.oneTable(database, "doc");
    storeAll("doc", history(ada, first));
    storeAll("doc", history(bob, first));
    assertEquals("", findings("doc"));
    String version = " WHERE " + is(ada) + " AND body = ";
    assertFound("data RS002", "UPDATE doc SET body = 'x'" + version + "'one'");
    assertFound("data RS002", "UPDATE doc SET owner_timestamp = 1700000009" + version + "'one'");
    assertFound("data missing_parent", "DELETE FROM doc" + version + "'two'");
    assertFound("data RS002", "UPDATE doc SET id = gen_random_uuid()" + version + "'three'");
    assertFound(
        "data RS002, data missing_parent",
        "UPDATE doc SET sign_b64 = set_byte(sign_b64, 0, 255 - get_byte(sign_b64, 0))"
            + version
            + "'two'");
  }

  @Test
  void changedVersionIdsAreFound() throws SQLException {
    database.run(
        Documents.TABLE
            .formatted("doc", "user_hash, id, sign_hash")
            .replace("sign_b64 bytea, PRIMARY", "sign_b64 bytea, sign_hash bytea, PRIMARY"));
    database.run(
        "SELECT rowseal.protect('doc', identities => 'card', layout => 'one-table', context => 'doc')");
    Map<String, Object> parent = null;
    for (String body : List.of("one", "two", "three")) {
      Map<String, Object> version =
          ada.version(
              first, body.equals("one") ? 1 : body.equals("two") ? 2 : 3, body, false, parent);
      store(database, "doc", version);
      // A parent may be named by its id or by its signature.
      parent =
          body.equals("one")
              ? Map.of("sign_b64", HashAlgorithm.SHA_256.digest((byte[]) version.get("sign_b64")))
              : version;
    }
    assertEquals("", findings("doc"));
    assertEquals(
        "0 1 2",
        database.value(
            "SELECT string_agg(depth::text, ' ') FROM rowseal.history('doc', "
                + key(ada, first)
                + ")"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.missing_parents('doc')"));
    assertFound("data RS006", "UPDATE doc SET sign_hash = '\\x00' WHERE body = 'three'");
    assertFound(
        "data RS006",
        "UPDATE pg_attribute SET attnotnull = false WHERE attrelid = 'doc'::regclass AND attname = 'sign_hash';"
            + " UPDATE doc SET sign_hash = NULL WHERE body = 'three'");
  }

  @Test
  void ownersOddDatesAndBranchesAreTold() throws SQLException {
    Documents.twoTables(database, "doc");
    Map<String, Object> one = ada.version(first, 10, "one", false, null);
    Map<String, Object> two = ada.version(first, 20, "two", false, one);
    storeAll(
        "doc",
        List.of(
            two,
            ada.version(first, 5, "before its parent", false, two),
            ada.version(first, 30, "other branch", true, one),
            one,
            bob.version(first, 1, "a beginning", false, null),
            bob.version(first, 2, "another", false, null)));
    assertEquals("data fork, versions fork, versions parent_not_older", sorted());
    assertEquals(
        "notice",
        database.value("SELECT DISTINCT severity FROM rowseal.verify('doc') WHERE code = 'fork'"));
    assertEquals(
        "t",
        database.value(
            "SELECT version_id = ? FROM rowseal.verify('doc') WHERE code = 'fork' AND row_key = "
                + key(ada, first),
            one.get("sign_b64")));
    assertEquals(
        "2 20,30 t",
        database.value(
            "SELECT branches || ' ' || array_to_string(owner_timestamps, ',') || ' ' || CASE WHEN parent = ? THEN 't' END FROM rowseal.forks('doc') WHERE row_key = "
                + key(ada, first),
            one.get("sign_b64")));
    assertEquals("2", database.value("SELECT count(*) FROM rowseal.forks('doc')"));
  }

  /** Where a fork is told depends on which branch is archived; that there are two does not. */
  private String sorted() throws SQLException {
    return findings("doc").replace("versions fork, versions fork", "data fork, versions fork");
  }

  @Test
  void missingParentsAreTold() throws SQLException {
    Documents.twoTables(database, "doc");
    List<Map<String, Object>> versions = history(ada, first);
    store(database, "doc", versions.get(2));
    assertEquals("data missing_parent", findings("doc"));
    assertEquals(
        "t",
        database.value(
            "SELECT row_key = "
                + key(ada, first)
                + " AND parent = ? AND version_id = ? FROM rowseal.missing_parents('doc')",
            versions.get(1).get("sign_b64"),
            versions.get(2).get("sign_b64")));
    store(database, "doc", versions.get(1));
    store(database, "doc", versions.get(0));
    assertEquals("", findings("doc"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.missing_parents('doc')"));
  }

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
            "SELECT bool_and(\"row\" ->> 'id' = ? AND \"row\" ? 'sign_b64' AND NOT \"row\" ? 'doc_id') FROM rowseal.history('doc', "
                    .replace("? 's", "?? 's")
                    .replace("? 'd", "?? 'd")
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
  void digestsAreEqualWhereTheVersionsAre() throws SQLException {
    Documents.twoTables(database, "doc");
    Documents.twoTables(database, "peer");
    List<Map<String, Object>> versions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      versions.addAll(history(i % 2 == 0 ? ada : bob, UUID.randomUUID()));
    }
    storeAll("doc", versions);
    Collections.shuffle(versions, new Random(7));
    storeAll("peer", versions.subList(1, versions.size()));
    String digest = "SELECT digest FROM rowseal.digest('%s')";
    assertNotEquals(
        database.value(digest.formatted("doc")), database.value(digest.formatted("peer")));
    String different =
        "SELECT count(*) FROM rowseal.digest('doc', 1000) AS a JOIN rowseal.digest('peer', 1000) AS b USING (bucket) WHERE a.digest <> b.digest";
    assertEquals("1", database.value(different));
    store(database, "peer", versions.get(0));
    assertEquals(database.value(digest.formatted("doc")), database.value(digest.formatted("peer")));
    assertEquals("0", database.value(different));
    assertEquals("60", database.value("SELECT versions FROM rowseal.digest('doc')"));
    assertEquals(
        "60 7",
        database.value("SELECT sum(versions) || ' ' || count(*) FROM rowseal.digest('doc', 7)"));

    // Where a version lies, and how often, does not matter; each of its bytes does.
    String before = database.value(digest.formatted("peer"));
    tamper(database, "INSERT INTO peer_versions SELECT * FROM peer");
    assertEquals(before, database.value(digest.formatted("peer")));
    for (String change :
        List.of(
            "body = body || ' '",
            "deleted_flag = NULL",
            "parent_sign_b64 = NULL",
            "owner_timestamp = owner_timestamp + 1",
            "sign_b64 = substr(sign_b64, 2)")) {
      database.connection().setAutoCommit(false);
      tamper(database, "UPDATE doc SET " + change);
      assertNotEquals(before, database.value(digest.formatted("doc")), change);
      database.connection().rollback();
      database.connection().setAutoCommit(true);
    }
    assertEquals("22023", database.refusal("SELECT * FROM rowseal.digest('doc', 0)"));
  }

  @Test
  void auditCounts() throws SQLException {
    Documents.twoTables(database, "doc");
    Documents.oneTable(database, "page");
    storeAll("doc", history(ada, first));
    store(database, "doc", bob.version(second, 1_700_000_001, "gone", true, null));
    storeAll("page", history(ada, first));
    store(database, "page", ada.version(first, 1_700_000_004, "gone", true, null));
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
            "<h2>public.card</h2>",
            "<h2>public.doc</h2>",
            "RS002",
            "class=\"graph\"",
            "class=\"growth\"",
            "2023-11")) {
      assertTrue(html.contains(part), part);
    }
    assertFalse(html.contains("<script"));
  }

  @Test
  void partitionsAreAudited() throws SQLException {
    database.run(
        Documents.TABLE.formatted("doc", "user_hash, id") + " PARTITION BY HASH (user_hash, id)");
    for (int i = 0; i < 3; i++) {
      database.run(
          "CREATE TABLE doc_%1$d PARTITION OF doc FOR VALUES WITH (MODULUS 3, REMAINDER %1$d)"
              .formatted(i));
    }
    database.run("SELECT rowseal.protect('doc', identities => 'card')");
    for (int i = 1; i <= 20; i++) {
      store(database, "doc", ada.version(UUID.randomUUID(), i, "body", false, null));
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
    Tables.buckitUp(database);
    for (ForeignRow row : ForeignRow.read("buckitup.ML-DSA-87")) {
      database.refusal(Tables.insert(row.table()), row.columns().toString());
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
    database.run(Documents.TABLE.formatted(name, "user_hash, id, sign_b64"));
    database.run(
        "SELECT rowseal.protect(?::regclass, identities => 'card', layout => 'one-table', context => 'doc')",
        name);
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
      assertTrue(database.value("SELECT rowseal.report()").contains("<h2>public.doc</h2>"));
    } finally {
      database.connection().rollback();
      database.connection().setAutoCommit(true);
      database.run("DROP OWNED BY audit_reader");
      database.run("DROP ROLE audit_reader");
    }
  }
}
