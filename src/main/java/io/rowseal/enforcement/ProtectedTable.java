package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.Relation;
import io.rowseal.database.TableColumn;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A protected table with the statements that enforcement runs on it. */
final class ProtectedTable {
  /** Longer key values are cut in messages; a hex digest of 64 bytes still stands whole. */
  private static final int LONGEST_VALUE_IN_MESSAGE = 140;

  private final Relation relation;
  private final Policy policy;
  private final int[] key;
  private final Query selectImage;
  private final Query selectVersion;
  private final Query merge;

  ProtectedTable(Relation relation, Policy policy) {
    this.relation = relation;
    this.policy = policy;
    this.key = policy.key();
    this.selectImage = select(policy.image());
    this.selectVersion =
        select(
            List.of(
                policy.image().get(policy.timestamp()), policy.image().get(policy.signature())));
    this.merge = merge();
  }

  Policy policy() {
    return policy;
  }

  /** The version that is stored under the row's key, or null. */
  Version storedVersion(Database database, Object[] row) {
    List<Object[]> found = database.rows(selectVersion, keyOf(row));
    return found.isEmpty() ? null : version(found.get(0)[0], found.get(0)[1]);
  }

  /** The whole image that is stored under the row's key, or null. */
  Object[] storedImage(Database database, Object[] row) {
    List<Object[]> found = database.rows(selectImage, keyOf(row));
    return found.isEmpty() ? null : found.get(0);
  }

  Version version(Object[] row) {
    return version(row[policy.timestamp()], row[policy.signature()]);
  }

  /**
   * Puts the row in the place of the stored one; false if there is none any more, or a trigger
   * refused.
   */
  boolean merge(Database database, Object[] row) {
    Object[] parameters = Arrays.copyOf(row, row.length + key.length);
    System.arraycopy(keyOf(row), 0, parameters, row.length, key.length);
    return database.execute(merge, parameters) > 0;
  }

  boolean sameKey(Object[] a, Object[] b) {
    return Arrays.deepEquals(keyOf(a), keyOf(b));
  }

  /** Whether two images are one version, byte for byte. A derived version id says nothing more. */
  boolean sameVersion(Object[] a, Object[] b) {
    for (int i = 0; i < policy.versionLength(); i++) {
      if (!Objects.deepEquals(a[i], b[i])) {
        return false;
      }
    }
    return true;
  }

  /** Table and key, for messages. */
  String place(Object[] row) {
    String names =
        Arrays.stream(key)
            .mapToObj(i -> policy.image().get(i).name())
            .collect(Collectors.joining(", "));
    String values =
        Arrays.stream(keyOf(row)).map(ProtectedTable::printed).collect(Collectors.joining(", "));
    return relation + " (" + names + ")=(" + values + ")";
  }

  @Override
  public String toString() {
    return relation.toString();
  }

  /**
   * A stored row without timestamp or signature was never accepted, so every version is newer than
   * it.
   */
  private static Version version(Object timestamp, Object signature) {
    return new Version(
        timestamp == null ? Long.MIN_VALUE : (Long) timestamp,
        signature == null ? new byte[0] : (byte[]) signature);
  }

  private Object[] keyOf(Object[] row) {
    Object[] values = new Object[key.length];
    for (int i = 0; i < key.length; i++) {
      values[i] = row[key[i]];
    }
    return values;
  }

  private Query select(List<TableColumn> columns) {
    Query.Builder query =
        Query.builder()
            .text("SELECT ")
            .text(columns.stream().map(TableColumn::read).collect(Collectors.joining(", ")))
            .text(" FROM ONLY " + relation.sql());
    columns.forEach(column -> query.result(column.kind()));
    return whereKey(query).build();
  }

  private Query merge() {
    Query.Builder query = Query.builder().text("UPDATE ONLY " + relation.sql() + " SET ");
    String separator = "";
    for (TableColumn column : policy.image()) {
      query.text(separator + Relation.quoted(column.name()) + " = ");
      column.write(query);
      separator = ", ";
    }
    return whereKey(query).build();
  }

  private Query.Builder whereKey(Query.Builder query) {
    String separator = " WHERE ";
    for (int i : key) {
      TableColumn column = policy.image().get(i);
      query.text(separator + Relation.quoted(column.name()) + " = ");
      column.write(query);
      separator = " AND ";
    }
    return query;
  }

  private static String printed(Object value) {
    String text =
        value instanceof byte[] bytes
            ? "\\x" + HexFormat.of().formatHex(bytes)
            : String.valueOf(value);
    return text.length() <= LONGEST_VALUE_IN_MESSAGE
        ? text
        : text.substring(0, LONGEST_VALUE_IN_MESSAGE) + "…";
  }
}
