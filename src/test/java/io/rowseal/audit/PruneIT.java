package io.rowseal.audit;

import static io.rowseal.testing.rows.Documents.store;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Documents;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The one sanctioned way to remove history. */
@OnEachHost
class PruneIT {
  private static final long DAY = 86_400;

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final UUID id = UUID.randomUUID();
  private final long now = System.currentTimeMillis() / 1000;
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    Documents.cards(database);
    Documents.storeCard(database, ada);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  /** Stores a version for each timestamp, each following the one before; the last may delete. */
  private List<Row> history(String table, UUID row, boolean deleted, long... timestamps)
      throws SQLException {
    List<Row> versions = new ArrayList<>();
    for (int i = 0; i < timestamps.length; i++) {
      boolean last = i == timestamps.length - 1;
      byte[] parent = i == 0 ? null : versions.get(i - 1).signature();
      versions.add(
          deleted && last
              ? Documents.tombstone(ada, row, timestamps[i], "v" + i, parent)
              : Documents.version(ada, row, timestamps[i], "v" + i, parent));
      store(database, table, versions.get(i));
    }
    return versions;
  }

  private String bodies(String table) throws SQLException {
    return database.value(
        "SELECT coalesce(string_agg(body, ' ' ORDER BY owner_timestamp), '') FROM " + table);
  }

  private String findings() throws SQLException {
    return database.value(
        "SELECT coalesce(string_agg(code, ' ' ORDER BY code), '') FROM rowseal.verify('doc')");
  }

  @Test
  void newestVersionsStayAndTheRemovedAreRecorded() throws SQLException {
    Documents.twoTables(database, "doc");
    Documents.twoTables(database, "removed");
    List<Row> versions = history("doc", id, false, 1, 2, 3, 4, 5);
    history("doc", UUID.randomUUID(), false, 1, 2);
    for (Row version : versions.subList(0, 3)) {
      store(database, "removed", version);
    }

    assertEquals("3", database.value("SELECT rowseal.prune('doc', versions => 2)"));

    assertEquals("v0 v3", bodies("doc_versions"));
    assertEquals("v1 v4", bodies("doc"));
    assertEquals("", findings());
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.missing_parents('doc')"));
    assertEquals(
        "postgres public.doc 2 3 0 t",
        database.value(
            "SELECT concat_ws(' ', pruned_by, \"table\", p.keep, p.versions, p.removed, p.removed_rows, p.digest = d.digest)"
                + " FROM rowseal.pruned AS p, rowseal.digest('removed') AS d"));
    assertEquals("0", database.value("SELECT rowseal.prune('doc', versions => 2)"));

    // What was pruned is known; what somebody else takes away is still found.
    Documents.tamper(database, "DELETE FROM doc_versions WHERE body = 'v3'");
    assertEquals("missing_parent", findings());
    assertEquals("1", database.value("SELECT rowseal.prune('doc', versions => 1)"));
    assertEquals("missing_parent", findings());
  }

  @Test
  void youngVersionsStayAndOldTombstonesLeaveWithAllTheyEnded() throws SQLException {
    Documents.twoTables(database, "doc");
    history("doc", id, false, now - 90 * DAY, now - 60 * DAY, now - 20 * DAY, now - 10 * DAY);
    history("doc", UUID.randomUUID(), true, now - 90 * DAY, now - 60 * DAY, now - 40 * DAY);
    history("doc", UUID.randomUUID(), true, now - 91 * DAY, now - DAY);
    history("doc", UUID.randomUUID(), false, 1, 2); // counted, not dated
    history("doc", UUID.randomUUID(), false, (now - 80 * DAY) * 1000, (now - 70 * DAY) * 1000);

    assertEquals("7", database.value("SELECT rowseal.prune('doc', '30 days')"));

    assertEquals("v0 v2", bodies("doc_versions"));
    assertEquals("v1 v3 v1 v1", bodies("doc"));
    assertEquals("", findings());
    assertEquals(
        "7 1", database.value("SELECT removed || ' ' || removed_rows FROM rowseal.pruned"));
  }

  @Test
  void eitherLimitKeeps() throws SQLException {
    Documents.twoTables(database, "doc");
    history("doc", id, false, now - 90 * DAY, now - 80 * DAY, now - 70 * DAY, now - DAY, now);
    assertEquals(
        "2",
        database.value("SELECT rowseal.prune('doc', keep => interval '30 days', versions => 3)"));
    assertEquals("v2 v3", bodies("doc_versions"));
  }

  @Test
  void oneTableIsPrunedToo() throws SQLException {
    Documents.oneTable(database, "doc");
    history("doc", id, false, 1, 2, 3);
    history("doc", UUID.randomUUID(), true, now - 60 * DAY, now - 50 * DAY);
    assertEquals("2", database.value("SELECT rowseal.prune('doc', keep => '30 days')"));
    assertEquals("2", database.value("SELECT rowseal.prune('doc', versions => 1)"));
    assertEquals("v2", bodies("doc"));
    assertEquals("", findings());
  }

  @Test
  void onlyTombstonesLeaveAnUnversionedTable() throws SQLException {
    database.run(Documents.TABLE);
    database.run(Documents.protection("doc"));
    history("doc", id, false, now - 60 * DAY);
    history("doc", UUID.randomUUID(), true, now - 60 * DAY);
    history("doc", UUID.randomUUID(), true, now);
    assertEquals("RS012", database.refusal("SELECT rowseal.prune('doc', versions => 1)"));
    assertEquals("1", database.value("SELECT rowseal.prune('doc', keep => '30 days')"));
    assertEquals("v0 v0", bodies("doc"));
  }

  @Test
  void cardsStayForTheirOwnersRowsNeedThem() throws SQLException {
    Owner owner = new Owner(SignatureAlgorithm.ED25519);
    Documents.storeCard(database, owner, now - 60 * DAY, true);
    assertEquals("0", database.value("SELECT rowseal.prune('card', keep => '30 days')"));
    assertEquals("2", database.value("SELECT count(*) FROM card"));
  }

  @Test
  void nobodyElseRemovesAnything() throws SQLException {
    Documents.twoTables(database, "doc");
    history("doc", id, false, 1, 2, 3);
    database.run("DROP ROLE IF EXISTS prune_stranger, prune_admin");
    database.run("CREATE ROLE prune_stranger; CREATE ROLE prune_admin IN ROLE rowseal_admin");
    try {
      database.run("GRANT ALL ON doc, doc_versions, card TO prune_stranger");
      for (String role : List.of("prune_stranger", "prune_admin")) {
        database.run("SET ROLE " + role);
        assertEquals(
            "42501",
            database.refusal(
                "INSERT INTO rowseal_internal.pruning SELECT tableoid, ctid FROM doc"));
        assertEquals("42501", database.refusal("INSERT INTO rowseal.pruned DEFAULT VALUES"));
      }
      database.run("SET ROLE prune_stranger");
      assertEquals("42501", database.refusal("SELECT rowseal.prune('doc', versions => 1)"));
      assertEquals("RS008", database.refusal("DELETE FROM doc_versions"));
      database.run("SET ROLE prune_admin");
      assertEquals("2", database.value("SELECT rowseal.prune('doc', versions => 1)"));
    } finally {
      database.run("RESET ROLE");
      database.run("DROP OWNED BY prune_stranger, prune_admin");
      database.run("DROP ROLE prune_stranger, prune_admin");
    }
    assertEquals("RS008", database.refusal("DELETE FROM doc"));
    assertEquals("RS008", database.refusal("TRUNCATE doc_versions"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.pruning"));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.pruned"));
  }

  @Test
  void whatWouldHarmIsRefused() throws SQLException {
    Documents.twoTables(database, "doc");
    history("doc", id, false, 1, 2, 3);
    for (String arguments :
        List.of("", ", versions => 0", ", keep => '-1 day'", ", versions => -1")) {
      assertEquals(
          "22023", database.refusal("SELECT rowseal.prune('doc'" + arguments + ")"), arguments);
    }
    assertEquals("RS012", database.refusal("SELECT rowseal.prune('pg_class', versions => 1)"));
    database.run("CREATE PUBLICATION all_of_it FOR TABLE doc_versions");
    assertEquals("RS012", database.refusal("SELECT rowseal.prune('doc', versions => 1)"));
    database.run("ALTER PUBLICATION all_of_it SET (publish = 'insert, update')");
    database.run(
        "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'");
    database.run(
        "CREATE TRIGGER spy AFTER DELETE ON doc_versions FOR EACH ROW EXECUTE FUNCTION spy()");
    assertEquals("2", database.value("SELECT rowseal.prune('doc', versions => 1)"));
  }
}
