package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.Author;
import io.rowseal.testing.Entry;
import io.rowseal.testing.EntryTables;
import io.rowseal.testing.EntryTables.VersionId;
import io.rowseal.testing.Host;
import io.rowseal.testing.Layout;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.TestDatabase;
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
  private static final String INSERT = "INSERT INTO peer.entry VALUES (?, ?, ?, ?, ?, ?, ?)";
  private static final String WRITTEN_BY = "SELECT xmin FROM peer.entry";

  @Parameter Host host;
  private TestDatabase database;
  private Author ada;
  private final UUID id = UUID.randomUUID();

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    EntryTables tables = new EntryTables("peer", Layout.TWO_TABLES, VersionId.SIGNATURE);
    ada = new Author(SignatureAlgorithm.ED25519, VersionId.SIGNATURE, new Random());
    tables.create(database);
    tables.protect(database, "Ed25519", "");
    tables.storeCard(database, ada.card(1));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void versionsOfTenMegabytes() throws SQLException {
    Entry first = ada.entry(id, 1, bytes(10_000_000), false, null);
    Entry second = ada.entry(id, 2, bytes(10_000_000), false, first.signature());
    store(second);
    String writer = database.value(WRITTEN_BY);
    store(second);
    assertEquals(writer, database.value(WRITTEN_BY), "a redelivered row was written again");
    store(first);
    store(first);
    store(ada.entry(id, 3, null, true, second.signature()));
    assertEquals(
        "2",
        database.value(
            "SELECT count(*) FROM peer.entry_versions WHERE octet_length(value_b64) = 10000000"));
    assertEquals("3", database.value("SELECT owner_timestamp FROM peer.entry"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('peer.entry')"));
  }

  @Test
  void valuesThatWereNotSigned() throws SQLException {
    Entry entry = ada.entry(id, 1, bytes(5000), false, null);
    store(entry);
    for (byte[] other : new byte[][] {bytes(5000), bytes(4999), {}, null}) {
      assertEquals("RS002", database.refusal(INSERT, values(entry, other)));
      assertEquals(
          "RS002", database.refusal("UPDATE peer.entry SET value_b64 = ?", new Object[] {other}));
      Object[] version = values(entry, other);
      assertEquals("RS002", database.refusal(INSERT.replace("entry", "entry_versions"), version));
    }
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('peer.entry')"));
  }

  /** The bound is on the row, not on its parts. */
  @Test
  void rowsOfMoreThanTheMost() throws SQLException {
    for (int size : new int[] {MOST - 100, MOST, MOST + 1, 100_000_000}) {
      Entry entry = ada.entry(id, 1, new byte[size], false, null);
      assertEquals(
          "RS006", database.refusal(INSERT, values(entry, entry.value())), size + " bytes");
    }
    store(ada.entry(id, 1, new byte[MOST - 1000], false, null));
  }

  private void store(Entry entry) throws SQLException {
    database.run(INSERT, values(entry, entry.value()));
  }

  private static Object[] values(Entry entry, byte[] value) {
    return new Object[] {
      entry.owner(),
      entry.uuid(),
      value,
      entry.deleted(),
      entry.parent(),
      entry.timestamp(),
      entry.signature()
    };
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random().nextBytes(bytes);
    return bytes;
  }
}
