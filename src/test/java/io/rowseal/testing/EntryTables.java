package io.rowseal.testing;

import io.rowseal.signature.SignatureAlgorithm;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
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

    VersionId(String column, String parent) {
      this.column = column;
      this.parent = parent;
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

  /** Makes the tables without protecting them. */
  public void create(TestDatabase database) throws SQLException {
    database.run("CREATE SCHEMA IF NOT EXISTS " + schema);
    database.run(Owner.CARD_TABLE.replace("TABLE card", "TABLE " + cards()));
    database.run(table(data(), "uuid", String.join(", ", primaryKey())));
    if (layout == Layout.TWO_TABLES) {
      database.run(
          table(versions(), "storage_uuid", "user_hash, storage_uuid, " + versionId.column()));
    }
  }

  /** Protects the tables; {@code options} are further arguments, each after a comma. */
  public void protect(TestDatabase database, String algorithm, String options) throws SQLException {
    database.run(
        "SELECT rowseal.protect_identities('%s', algorithm => '%s')".formatted(cards(), algorithm));
    database.run(protection(options));
  }

  public String protection(String options) {
    String how =
        switch (layout) {
          case UNVERSIONED -> "";
          case ONE_TABLE -> ", layout => 'one-table'";
          case TWO_TABLES ->
              ", versions => '%s', versions_columns => '{\"uuid\":\"storage_uuid\"}'"
                  .formatted(versions());
        };
    return "SELECT rowseal.protect('%s', identities => '%s'%s%s)"
        .formatted(data(), cards(), how, options);
  }

  public void storeCard(TestDatabase database, Object[] card) throws SQLException {
    database.run("INSERT INTO " + cards() + " VALUES (?, ?, ?, ?, ?, ?)", card);
  }

  /** What the tables hold of some uuids. */
  public Contents contents(Connection connection, Collection<UUID> uuids) throws SQLException {
    List<String> history =
        layout == Layout.TWO_TABLES
            ? rows(connection, versions(), versionsColumns(), uuids)
            : List.of();
    return new Contents(rows(connection, data(), columns(), uuids), history);
  }

  private String table(String name, String uuid, String key) {
    String hash = versionId == VersionId.HASH ? ", sign_hash bytea" : "";
    return "CREATE TABLE %s (user_hash bytea, %s uuid, value_b64 bytea, deleted_flag boolean, %s bytea, owner_timestamp bigint, sign_b64 bytea%s, PRIMARY KEY (%s))"
        .formatted(name, uuid, versionId.parent(), hash, key);
  }

  private static List<String> rows(
      Connection connection, String table, List<String> columns, Collection<UUID> uuids)
      throws SQLException {
    String text =
        columns.stream()
            .map(column -> "coalesce(" + column + "::text, '-')")
            .collect(Collectors.joining(", "));
    String sql =
        "SELECT concat_ws(' ', %s) FROM %s WHERE %s = ANY (?)"
            .formatted(
                text.replace("deleted_flag::text", "left(deleted_flag::text, 1)"),
                table,
                columns.get(1));
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
}
