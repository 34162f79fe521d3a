package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.tamper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.HashAlgorithm;
import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The audit finds what somebody changed past the triggers, and nothing else. */
@OnEachHost
class TamperingIT extends DocumentDatabase {
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
    database.run(Documents.TABLE.column("sign_hash", "bytea").key("user_hash", "id", "sign_hash"));
    database.run(Documents.protection("doc").with("layout", "one-table"));
    Row one = Documents.version(ada, first, 1, "one", null);
    // A parent may be named by its id or by its signature.
    Row two =
        Documents.version(ada, first, 2, "two", HashAlgorithm.SHA_256.digest(one.signature()));
    Row three = Documents.version(ada, first, 3, "three", two.signature());
    storeAll("doc", List.of(one, two, three));
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
}
