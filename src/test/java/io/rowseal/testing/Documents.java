package io.rowseal.testing;

import io.rowseal.client.RowSigner;
import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** An owner of versioned documents, whose versions name their parents. */
public final class Documents {
  public static final String TABLE =
      "CREATE TABLE %s (user_hash bytea, id uuid, body text, deleted_flag boolean, parent_sign_b64 bytea,"
          + " owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (%s))";
  public static final String VERSIONS =
      "CREATE TABLE %s (user_hash bytea, doc_id uuid, body text, deleted_flag boolean, parent_sign_b64 bytea,"
          + " owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (sign_b64))";

  private final SigningKey key;
  private final RowSigner cards;
  private final RowSigner documents;

  public Documents() {
    key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    cards =
        new RowSigner(
            key,
            TableDescription.of("card")
                .column("user_hash", ValueKind.BYTES)
                .column("sign_pkey", ValueKind.BYTES)
                .column("contact_pkey", ValueKind.BYTES)
                .column("contact_cert", ValueKind.BYTES)
                .column("name", ValueKind.TEXT)
                .column("deleted_flag", ValueKind.BOOLEAN)
                .column("owner_timestamp", ValueKind.INTEGER)
                .publicKey("sign_pkey")
                .certificate("contact_cert", "contact_pkey"));
    documents =
        new RowSigner(
            key,
            TableDescription.of("doc")
                .column("user_hash", ValueKind.BYTES)
                .column("id", ValueKind.TEXT)
                .column("body", ValueKind.TEXT)
                .column("deleted_flag", ValueKind.BOOLEAN)
                .column("parent_sign_b64", ValueKind.BYTES)
                .column("owner_timestamp", ValueKind.INTEGER));
  }

  /** Makes and protects the identity table. */
  public static void cards(TestDatabase database) throws SQLException {
    database.run(
        "CREATE TABLE card (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea,"
            + " name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run("SELECT rowseal.protect_identities('card')");
  }

  /** Makes and protects a data table and its versions table; both hold rows signed for "doc". */
  public static void twoTables(TestDatabase database, String table) throws SQLException {
    database.run(TABLE.formatted(table, "user_hash, id"));
    database.run(VERSIONS.formatted(table + "_versions"));
    database.run(
        "SELECT rowseal.protect('%1$s', identities => 'card', versions => '%1$s_versions',"
                .formatted(table)
            + " versions_columns => '{\"id\":\"doc_id\"}', context => 'doc')");
  }

  /** Makes and protects a table that holds all versions. */
  public static void oneTable(TestDatabase database, String table) throws SQLException {
    database.run(TABLE.formatted(table, "user_hash, id, sign_b64"));
    database.run(
        "SELECT rowseal.protect('%s', identities => 'card', layout => 'one-table', context => 'doc')"
            .formatted(table));
  }

  public byte[] ownerId() {
    return (byte[]) documents.ownerId();
  }

  public void storeCard(TestDatabase database) throws SQLException {
    storeCard(database, 1, false);
  }

  /** Stores the card, or its tombstone. */
  public void storeCard(TestDatabase database, long timestamp, boolean deleted)
      throws SQLException {
    Map<String, Object> card =
        cards.sign(
            new HashMap<>(
                Map.of(
                    "contact_pkey",
                    new byte[] {1, 2, 3},
                    "name",
                    "Ada",
                    "deleted_flag",
                    deleted,
                    "owner_timestamp",
                    timestamp)));
    database.run(
        "INSERT INTO card VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        card.get("user_hash"),
        card.get("sign_pkey"),
        card.get("contact_pkey"),
        card.get("contact_cert"),
        card.get("name"),
        card.get("deleted_flag"),
        card.get("owner_timestamp"),
        card.get("sign_b64"));
  }

  /** A signed version. */
  public Map<String, Object> version(
      UUID id, long timestamp, String body, boolean deleted, Map<String, Object> parent) {
    Map<String, Object> row = new HashMap<>();
    row.put("id", id.toString());
    row.put("body", body);
    row.put("deleted_flag", deleted);
    row.put("parent_sign_b64", parent == null ? null : parent.get("sign_b64"));
    row.put("owner_timestamp", timestamp);
    return documents.sign(row);
  }

  /** Stores a version in a data table or a versions table: they have the same columns in order. */
  public static void store(TestDatabase database, String table, Map<String, Object> version)
      throws SQLException {
    database.run(
        "INSERT INTO " + table + " VALUES (?, ?::uuid, ?, ?, ?, ?, ?)",
        version.get("user_hash"),
        version.get("id"),
        version.get("body"),
        version.get("deleted_flag"),
        version.get("parent_sign_b64"),
        version.get("owner_timestamp"),
        version.get("sign_b64"));
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
    String ours = " WHERE tgname LIKE 'zzz\\_rowseal%'";
    database.run("UPDATE pg_trigger SET tgenabled = '" + state + "'" + ours);
    // Backends notice that the tables' entries changed.
    database.run(
        "UPDATE pg_class SET relname = relname WHERE oid IN (SELECT tgrelid FROM pg_trigger"
            + ours
            + ")");
  }
}
