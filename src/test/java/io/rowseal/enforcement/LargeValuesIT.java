package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The value that goes to Java beside a row's image counts as much as the image itself. */
@OnEachHost
class LargeValuesIT {
  private static final int MOST = 12 * 1024 * 1024;
  private static final EntryTables TABLES =
      new EntryTables("peer", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private static final String WRITTEN_BY = "SELECT xmin FROM peer.entry";

  @Parameter Host host;
  private TestDatabase database;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private final UUID id = UUID.randomUUID();

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    TABLES.create(database);
    TABLES.protect(database, SignatureAlgorithm.ED25519);
    TABLES.storeCard(database, ada.card(1, "Ada"));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void versionsOfTenMegabytes() throws SQLException {
    Entry first = TABLES.entry(ada, id, 1, bytes(10_000_000));
    Entry second = TABLES.entry(ada, id, 2, bytes(10_000_000), false, first.signature());
    store(second);
    String writer = database.value(WRITTEN_BY);
    store(second);
    assertEquals(writer, database.value(WRITTEN_BY), "a redelivered row was written again");
    store(first);
    store(first);
    store(TABLES.entry(ada, id, 3, null, true, second.signature()));
    assertEquals(
        "2",
        database.value(
            "SELECT count(*) FROM peer.entry_versions WHERE octet_length(value_b64) = 10000000"));
    assertEquals("3", database.value("SELECT owner_timestamp FROM peer.entry"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('peer.entry')"));
  }

  @Test
  void valuesThatWereNotSigned() throws SQLException {
    Entry entry = TABLES.entry(ada, id, 1, bytes(5000));
    store(entry);
    for (byte[] other : new byte[][] {bytes(5000), bytes(4999), {}, null}) {
      Entry forged = entry.withValue(other);
      assertEquals("RS002", database.refusal(TABLES.insert(forged)));
      assertEquals("RS002", database.refusal(TABLES.insertVersion(forged)));
      assertEquals(
          "RS002", database.refusal("UPDATE peer.entry SET value_b64 = ?", new Object[] {other}));
    }
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('peer.entry')"));
  }

  /** The bound is on the row, not on its parts. */
  @Test
  void rowsOfMoreThanTheMost() throws SQLException {
    for (int size : new int[] {MOST - 100, MOST, MOST + 1, 100_000_000}) {
      Entry entry = TABLES.entry(ada, id, 1, new byte[size]);
      assertEquals("RS006", database.refusal(TABLES.insert(entry)), size + " bytes");
    }
    store(TABLES.entry(ada, id, 1, new byte[MOST - 1000]));
  }

  private void store(Entry entry) throws SQLException {
    database.run(TABLES.insert(entry));
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random().nextBytes(bytes);
    return bytes;
  }
}
