package io.rowseal.testing.model;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables {@code card} and {@code entry} in a schema of their own, so that one database can hold
 * several peers.
 */
public record EntryTables(String schema, Layout layout, VersionId versionId) {

  /** What names a version. */
  public enum VersionId {
    SIGNATURE("sign_b64", "parent_sign_b64"),
    HASH("sign_hash", "parent_sign_hash");

    private final String column;
    private final String parent;
    private final TableDescription signed;

    VersionId(String column, String parent) {
      this.column = column;
      this.parent = parent;
      this.signed =
          TableDescription.of("entry")
              .column("user_hash", ValueKind.BYTES)
              .column("uuid", ValueKind.TEXT)
              .column("value_b64", ValueKind.BYTES)
              .column("deleted_flag", ValueKind.BOOLEAN)
              .column(parent, ValueKind.BYTES)
              .column("owner_timestamp", ValueKind.INTEGER);
    }

    public String column() {
      return column;
    }

    public String parent() {
      return parent;
    }

    /** Signatures too long for a b-tree go by their hash. */
    public static VersionId fitting(SignatureAlgorithm algorithm) {
      return algorithm.label().startsWith("ML-DSA") ? HASH : SIGNATURE;
    }

    public byte[] of(Entry entry) {
      return this == HASH ? entry.hash() : entry.signature();
    }
  }

  /** The rows of both tables as sorted text; without a versions table the second list is empty. */
  public record Contents(List<String> data, List<String> versions) {}

  public String cards() {
    return schema + ".card";
  }

  public String data() {
    return schema + ".entry";
  }

  public String versions() {
    return schema + ".entry_versions";
  }

  /** In the order of {@link #values}. */
  List<String> columns() {
    return Stream.concat(
            Stream.of(
                "user_hash",
                "uuid",
                "value_b64",
                "deleted_flag",
                versionId.parent(),
                "owner_timestamp",
                "sign_b64"),
            versionId == VersionId.HASH ? Stream.of("sign_hash") : Stream.of())
        .toList();
  }

  List<String> versionsColumns() {
    return columns().stream().map(c -> c.equals("uuid") ? "storage_uuid" : c).toList();
  }

  /** What identifies a row of the data table. */
  List<String> primaryKey() {
    return layout == Layout.ONE_TABLE
        ? List.of("user_hash", "uuid", versionId.column())
        : List.of("user_hash", "uuid");
  }

  /** The column values; a derived version id may be left to the trigger to fill in. */
  Object[] values(Entry entry, boolean withId) {
    List<Object> values = new ArrayList<>();
    Collections.addAll(
        values,
        entry.owner(),
        entry.uuid(),
        entry.value(),
        entry.deleted(),
        entry.parent(),
        entry.timestamp(),
        entry.signature());
    if (versionId == VersionId.HASH) {
      values.add(withId ? entry.hash() : null);
    }
    return values.toArray();
  }

  /** A first version, as its owner signs it. */
  public Entry entry(Owner owner, UUID uuid, long timestamp, byte[] value) {
    return entry(owner, uuid, timestamp, value, false, null);
  }

  /** A version, as its owner signs it; the parent is a version id, or null. */
  public Entry entry(
      Owner owner, UUID uuid, long timestamp, byte[] value, boolean deleted, byte[] parent) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("uuid", uuid.toString());
    row.put("value_b64", value);
    row.put("deleted_flag", deleted);
    row.put(versionId.parent(), parent);
    row.put("owner_timestamp", timestamp);
    Row signed = owner.sign(versionId.signed, row);
    return new Entry(signed.owner(), uuid, value, deleted, parent, timestamp, signed.signature());
  }

  /** Makes the tables without protecting them. */
  public void create(TestDatabase database) throws SQLException {
    database.run("CREATE SCHEMA IF NOT EXISTS " + schema);
    database.run(Cards.TABLE.as(cards()));
    database.run(table(data()).key(primaryKey().toArray(String[]::new)));
    if (layout == Layout.TWO_TABLES) {
      database.run(
          table(versions())
              .renamed("uuid", "storage_uuid")
              .key("user_hash", "storage_uuid", versionId.column()));
    }
  }

  /** Protects the tables. */
  public void protect(TestDatabase database, SignatureAlgorithm algorithm) throws SQLException {
    protect(database, algorithm, protection());
  }

  /** Protects the tables, and the data table in a way of the test's own. */
  public void protect(TestDatabase database, SignatureAlgorithm algorithm, Protection protection)
      throws SQLException {
    database.run(Protection.ofIdentities(cards()).with("algorithm", algorithm.label()));
    database.run(protection);
  }

  public Protection protection() {
    Protection protection = Protection.of(data(), cards());
    return switch (layout) {
      case UNVERSIONED -> protection;
      case ONE_TABLE -> protection.with("layout", "one-table");
      case TWO_TABLES ->
          protection
              .with("versions", versions())
              .with("versions_columns", "{\"uuid\":\"storage_uuid\"}");
    };
  }

  public void storeCard(TestDatabase database, Row card) throws SQLException {
    database.run(Insert.into(cards()).row(card));
  }

  /** Stores a version in the data table. */
  public Insert insert(Entry entry) {
    return insert(data(), columns(), entry);
  }

  /** Stores a version in the versions table. */
  public Insert insertVersion(Entry entry) {
    return insert(versions(), versionsColumns(), entry);
  }

  private Insert insert(String table, List<String> columns, Entry entry) {
    Object[] values = values(entry, true);
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i]);
    }
    return Insert.into(table).row(row);
  }

  /** What the tables hold of some uuids. */
  public Contents contents(Connection connection, Collection<UUID> uuids) throws SQLException {
    List<String> history =
        layout == Layout.TWO_TABLES
            ? rows(connection, versions(), versionsColumns(), uuids)
            : List.of();
    return new Contents(rows(connection, data(), columns(), uuids), history);
  }

  private CreateTable table(String name) {
    CreateTable table =
        CreateTable.named(name)
            .column("user_hash", "bytea")
            .column("uuid", "uuid")
            .column("value_b64", "bytea")
            .column("deleted_flag", "boolean")
            .column(versionId.parent(), "bytea")
            .column("owner_timestamp", "bigint")
            .column("sign_b64", "bytea");
    return versionId == VersionId.HASH ? table.column("sign_hash", "bytea") : table;
  }

  private static List<String> rows(
      Connection connection, String table, List<String> columns, Collection<UUID> uuids)
      throws SQLException {
    String text = columns.stream().map(EntryTables::asText).collect(Collectors.joining(", "));
    String uuid = columns.get(1);
    String sql =
        "SELECT concat_ws(' ', %s) FROM %s WHERE %s = ANY (?)".formatted(text, table, uuid);
    Array array = connection.createArrayOf("uuid", uuids.toArray());
    List<String> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          rows.add(row.getString(1));
        }
      }
    }
    Collections.sort(rows);
    return rows;
  }

  private static String asText(String column) {
    String text = column.equals("deleted_flag") ? "left(%s::text, 1)" : "%s::text";
    return "coalesce(" + text.formatted(column) + ", '-')";
  }
}
