package io.rowseal.testing.rows;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * SeedTables of documents, whose versions name their parents, and an identity table whose cards
 * hold a certificate. All documents are signed for "doc", whichever table holds them.
 */
public final class Documents {
  /** An unversioned table, or the tips. */
  public static final CreateTable TABLE =
      CreateTable.named("doc")
          .column("user_hash", "bytea")
          .column("id", "uuid")
          .column("body", "text")
          .column("deleted_flag", "boolean")
          .column("parent_sign_b64", "bytea")
          .column("owner_timestamp", "bigint")
          .column("sign_b64", "bytea")
          .key("user_hash", "id");

  private static final CreateTable CARDS =
      Cards.TABLE
          .columnBefore("name", "contact_pkey", "bytea")
          .columnBefore("name", "contact_cert", "bytea");

  private static final TableDescription CARD =
      TableDescription.of("card")
          .column("user_hash", ValueKind.BYTES)
          .column("sign_pkey", ValueKind.BYTES)
          .column("contact_pkey", ValueKind.BYTES)
          .column("contact_cert", ValueKind.BYTES)
          .column("name", ValueKind.TEXT)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER)
          .publicKey("sign_pkey")
          .certificate("contact_cert", "contact_pkey");

  private static final TableDescription DOCUMENT =
      TableDescription.of("doc")
          .column("user_hash", ValueKind.BYTES)
          .column("id", ValueKind.TEXT)
          .column("body", ValueKind.TEXT)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("parent_sign_b64", ValueKind.BYTES)
          .column("owner_timestamp", ValueKind.INTEGER);

  private Documents() {}

  /** Makes and protects the identity table. */
  public static void cards(TestDatabase database) throws SQLException {
    database.run(CARDS);
    database.run(Cards.PROTECTION);
  }

  /** Makes and protects a data table and its versions table. */
  public static void twoTables(TestDatabase database, String table) throws SQLException {
    String versions = table + "_versions";
    database.run(TABLE.as(table));
    database.run(TABLE.as(versions).renamed("id", "doc_id").key("sign_b64"));
    database.run(
        protection(table)
            .with("versions", versions)
            .with("versions_columns", "{\"id\":\"doc_id\"}"));
  }

  /** Makes and protects a table that holds all versions. */
  public static void oneTable(TestDatabase database, String table) throws SQLException {
    database.run(TABLE.as(table).key("user_hash", "id", "sign_b64"));
    database.run(protection(table).with("layout", "one-table"));
  }

  /** How a table of documents is protected that has no versions. */
  public static Protection protection(String table) {
    return Protection.of(table, "card").with("context", "doc");
  }

  public static void storeCard(TestDatabase database, Owner owner) throws SQLException {
    storeCard(database, owner, 1, false);
  }

  /** Stores the card, or its tombstone. */
  public static void storeCard(TestDatabase database, Owner owner, long timestamp, boolean deleted)
      throws SQLException {
    Row card =
        owner.sign(
            CARD,
            Map.of(
                "contact_pkey",
                new byte[] {1, 2, 3},
                "name",
                "Ada",
                "deleted_flag",
                deleted,
                "owner_timestamp",
                timestamp));
    database.run(Cards.insert(card));
  }

  /** A version whose parent has this version id; the first has none. */
  public static Row version(Owner owner, UUID id, long timestamp, String body, byte[] parent) {
    return signed(owner, id, timestamp, body, false, parent);
  }

  public static Row tombstone(Owner owner, UUID id, long timestamp, String body, byte[] parent) {
    return signed(owner, id, timestamp, body, true, parent);
  }

  private static Row signed(
      Owner owner, UUID id, long timestamp, String body, boolean deleted, byte[] parent) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", id.toString());
    row.put("body", body);
    row.put("deleted_flag", deleted);
    row.put("parent_sign_b64", parent);
    row.put("owner_timestamp", timestamp);
    return owner.sign(DOCUMENT, row);
  }

  /** Stores a version in a data table. */
  public static void store(TestDatabase database, String table, Row version) throws SQLException {
    database.run(Insert.into(table).row(version));
  }

  /**
   * Runs a statement as a superuser can who means harm: with all triggers switched off in the
   * catalogue, past any guard.
   */
  public static int tamper(TestDatabase database, String sql, Object... parameters)
      throws SQLException {
    switchTriggers(database, "D");
    int rows = database.run(sql, parameters);
    switchTriggers(database, "A");
    return rows;
  }

  private static void switchTriggers(TestDatabase database, String state) throws SQLException {
    String ours = " WHERE tgname LIKE 'zzz\\_rowseal%' AND tgname <> 'zzz_rowseal_request'";
    database.run("UPDATE pg_trigger SET tgenabled = '" + state + "'" + ours);
    // Backends notice that the tables' entries changed.
    database.run(
        "UPDATE pg_class SET relname = relname WHERE oid IN (SELECT tgrelid FROM pg_trigger"
            + ours
            + ")");
  }
}
