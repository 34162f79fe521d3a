package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.store;
import static io.rowseal.testing.rows.Documents.tamper;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Digests are equal exactly where the versions are. */
@OnEachHost
class DigestIT extends DocumentDatabase {
  @Test
  void digestsAreEqualWhereTheVersionsAre() throws SQLException {
    Documents.twoTables(database, "doc");
    Documents.twoTables(database, "peer");
    List<Row> versions = new ArrayList<>();
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
}
