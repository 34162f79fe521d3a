package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Entry;
import io.rowseal.testing.model.EntryTables;
import io.rowseal.testing.model.EntryTables.VersionId;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** How much may be parked, and what it costs. */
@OnEachHost
class ParkingBoundsIT {
  private static final EntryTables TABLES =
      new EntryTables("public", Layout.TWO_TABLES, VersionId.SIGNATURE);
  private static final String DEFERRED = "SELECT count(*) FROM rowseal.deferred";

  /** Forged rows: table, SQL of the owner, of the value and of the signature, first and last. */
  private static final String FORGE =
      "INSERT INTO %s SELECT %s, gen_random_uuid(), %s, false, NULL, 1, %s FROM generate_series(%d, %d) AS n";

  private static final String INVENTED = "sha512(n::text::bytea)";
  private static final String SIGNATURE = "sha512(n::text::bytea)";

  @Parameter Host host;
  private final Owner ada = new Owner(SignatureAlgorithm.ED25519);
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    TABLES.create(database);
    TABLES.protect(
        database,
        SignatureAlgorithm.ED25519,
        TABLES.protection().with("on_unknown_owner", "defer").with("on_invalid", "quarantine"));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private static Entry row(Owner owner) {
    return TABLES.entry(owner, UUID.randomUUID(), 1, new byte[] {1});
  }

  private String adasId() {
    return "'\\x" + java.util.HexFormat.of().formatHex(ada.id()) + "'::bytea";
  }

  @Test
  void rowsOfOneOwner() throws SQLException {
    assertEquals(
        "00000",
        database.refusal(FORGE.formatted("entry", "sha512('eve')", "''", SIGNATURE, 1, 1000)));
    // What comes to the versions table and could be a tip waits for the data table.
    for (String table : new String[] {"entry", "entry_versions"}) {
      assertEquals(
          "RS003",
          database.refusal(FORGE.formatted(table, "sha512('eve')", "''", SIGNATURE, 1001, 1001)));
    }
    assertEquals("00000", database.refusal(TABLES.insert(row(ada))));
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("1", database.value("SELECT count(*) FROM entry"));
  }

  /** Owners can be invented, login roles cannot. */
  @Test
  void rowsOfInventedOwnersTakeNoRoomFromOtherLogins() throws SQLException {
    Owner bob = new Owner(SignatureAlgorithm.ED25519);
    database.run(TABLES.insert(row(bob)));
    String role = "flood_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role + " LOGIN");
    database.run("GRANT INSERT ON entry TO " + role);
    String large = "decode(repeat('00', 1000000), 'hex')";
    try (TestDatabase flood = database.as(role)) {
      assertEquals(
          "00000", flood.refusal(FORGE.formatted("entry", INVENTED, large, SIGNATURE, 1, 33)));
      assertEquals(
          "RS003", flood.refusal(FORGE.formatted("entry", INVENTED, large, SIGNATURE, 34, 34)));
    }
    assertEquals("00000", database.refusal(TABLES.insert(row(ada))));
    Entry another = TABLES.entry(ada, UUID.randomUUID(), 1, new byte[1_000_000]);
    assertEquals("00000", database.refusal(TABLES.insert(another)));
    assertEquals("36", database.value(DEFERRED), "who waits has not given way");
    database.run(Cards.insert(ada.card(1, "Ada")));
    database.run(Cards.insert(bob.card(1, "Bob")));
    assertEquals("3", database.value("SELECT count(*) FROM entry"));
  }

  @Test
  void manySmallRowsAreRefusedTooAtLast() throws SQLException {
    String value = "decode(repeat('00', 30000), 'hex')";
    assertEquals(
        "RS003", database.refusal(FORGE.formatted("entry", INVENTED, value, SIGNATURE, 1, 1100)));
    database.run(FORGE.formatted("entry", INVENTED, value, SIGNATURE, 1, 300));
    assertEquals("300", database.value(DEFERRED));
  }

  /** Rows that were deferred and turn out bad are bounded like all others in quarantine. */
  @Test
  void rowsThatTurnOutBad() throws SQLException {
    database.run(FORGE.formatted("entry", adasId(), "''", "''::bytea", 1, 1000));
    assertEquals("1000", database.value("SELECT count(*) FROM rowseal.quarantine"));
    database.run(FORGE.formatted("entry", adasId(), "''", SIGNATURE, 1, 200));
    database.run(TABLES.insert(row(ada)));
    assertEquals("201", database.value(DEFERRED));
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("1", database.value("SELECT count(*) FROM entry"));
    assertEquals("0", database.value(DEFERRED));
    assertEquals("1000", database.value("SELECT count(*) FROM rowseal.quarantine"));
  }

  /** Also where a row that is bad from the beginning would be an error. */
  @Test
  void rowsThatTurnOutBadWhereBadOnesAreErrors() throws SQLException {
    database.run(TABLES.protection().with("on_unknown_owner", "defer"));
    database.run(FORGE.formatted("entry", adasId(), "''", SIGNATURE, 1, 3));
    database.run(
        "INSERT INTO rowseal_internal.parked (kind, \"table\", identities, owner, row, bytes, digest, code, reason)"
            + " SELECT 'quarantine', 'entry', 'card', %s::text, '{}', 6711, sha256(n::text::bytea), 'RS002', ''"
                .formatted(adasId())
            + " FROM generate_series(1, 999) n");
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("0", database.value(DEFERRED));
    assertEquals("1000", database.value("SELECT count(*) FROM rowseal.quarantine"));
  }

  /** What is parked already is not read when one more is, nor when a card comes. */
  @Test
  void theCostDoesNotGrow() throws SQLException {
    database.run(TABLES.insert(row(ada)));
    database.run(
        "INSERT INTO rowseal_internal.parked (kind, \"table\", identities, owner, row, bytes, digest, code, reason)"
            + " SELECT 'deferred', 'entry', 'card', sha512(n::text::bytea), '{}', 700, sha256(n::text::bytea), 'RS003', ''"
            + " FROM generate_series(1, 9000) n");
    database.run("BEGIN");
    database.run(FORGE.formatted("entry", INVENTED, "''", SIGNATURE, 10001, 10050));
    database.run(Cards.insert(ada.card(1, "Ada")));
    long read =
        Long.parseLong(
            database.value(
                "SELECT pg_stat_get_xact_tuples_returned('rowseal_internal.parked'::regclass)"
                    + " + sum(pg_stat_get_xact_tuples_returned(indexrelid))"
                    + " FROM pg_index WHERE indrelid = 'rowseal_internal.parked'::regclass"));
    database.run("COMMIT");
    assertTrue(read < 9000, read + " of 9,000 rows were read");
    assertEquals("1", database.value("SELECT count(*) FROM entry"));
  }

  /** Each subtransaction that writes makes the snapshots of all others more expensive. */
  @Test
  void goodRowsShareSubtransactions() throws SQLException {
    for (int i = 0; i < 100; i++) {
      database.run(TABLES.insert(row(ada)));
    }
    database.run(FORGE.formatted("entry", adasId(), "''", SIGNATURE, 1, 1));
    String next = "SELECT pg_current_xact_id()::text::bigint";
    long before = Long.parseLong(database.value(next));
    database.run(Cards.insert(ada.card(1, "Ada")));
    long used = Long.parseLong(database.value(next)) - before;
    assertEquals("100", database.value("SELECT count(*) FROM entry"));
    assertTrue(used < 40, used + " transaction ids");
  }
}
