package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.RowImage;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.ValueKind;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** A table of protected rows with the statements that enforcement runs on it. */
final class ProtectedTable {
  /** Longer key values are cut in messages; a hex digest of 64 bytes still stands whole. */
  private static final int LONGEST_VALUE_IN_MESSAGE = 140;

  private static final List<TableColumn> VERSION =
      List.of(
          new TableColumn("", "", ValueKind.INTEGER, "", false, false),
          new TableColumn("", "", ValueKind.BYTES, "", false, false));

  private final Policy policy;
  private final Policy.Place place;
  private final Query select;
  private final Query update;
  private final Query insert;

  /** What is stored under a primary key. */
  record Stored(Version version, Object[] image) {

    /** The stored image, which is known only where the signature is the one that was asked for. */
    boolean holds(ProtectedTable table, Object[] row) {
      return image != null && table.sameVersion(image, row);
    }
  }

  ProtectedTable(Policy policy, Policy.Place place) {
    this.policy = policy;
    this.place = place;
    this.select = select();
    this.update = update();
    this.insert = insert();
  }

  String name() {
    return place.name();
  }

  /** The settings that protect it. */
  String subject() {
    return policy.subject();
  }

  /** The columns of a row image, by this table's names. */
  List<TableColumn> columns() {
    return place.columns();
  }

  /** The row that is stored under the row's primary key, or null. */
  Stored stored(Database database, Object[] row) {
    Object[] parameters = withPrimaryKey(row, new Object[] {row[policy.signature()]});
    List<Object[]> found = database.rows(select, parameters);
    if (found.isEmpty()) {
      return null;
    }
    Object[] values = found.get(0);
    Object[] image =
        values[2] == null ? null : RowImage.decode((byte[]) values[2], place.columns());
    return new Stored(version(values[0], values[1]), image);
  }

  /** Puts the row in the place of the one with its primary key; false if none was replaced. */
  boolean update(Database database, Object[] row) {
    return database.execute(update, withPrimaryKey(row, row)) > 0;
  }

  /** Stores the row unless there is one with its primary key; false if it was not stored. */
  boolean insert(Database database, Object[] row) {
    return database.execute(insert, row) > 0;
  }

  Version version(Object[] row) {
    return version(row[policy.timestamp()], row[policy.signature()]);
  }

  /** The version that an image of timestamp and signature states; null for none. */
  static Version version(byte[] image) {
    if (image == null) {
      return null;
    }
    Object[] values = RowImage.decode(image, VERSION);
    return version(values[0], values[1]);
  }

  /** Whether two rows have one row key, that is, are versions of one row. */
  boolean sameKey(Object[] a, Object[] b) {
    return Arrays.stream(policy.key()).allMatch(i -> Objects.deepEquals(a[i], b[i]));
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
        Arrays.stream(policy.key())
            .mapToObj(i -> place.columns().get(i).column())
            .collect(Collectors.joining(", "));
    String values =
        Arrays.stream(policy.key())
            .mapToObj(i -> printed(row[i]))
            .collect(Collectors.joining(", "));
    return place.name() + " (" + names + ")=(" + values + ")";
  }

  @Override
  public String toString() {
    return place.name();
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

  private Object[] withPrimaryKey(Object[] row, Object[] parameters) {
    int[] key = place.primaryKey();
    Object[] all = Arrays.copyOf(parameters, parameters.length + key.length);
    for (int i = 0; i < key.length; i++) {
      all[parameters.length + i] = row[key[i]];
    }
    return all;
  }

  /** The whole image only where the signature is the same: it may be large. */
  private Query select() {
    List<TableColumn> columns = place.columns();
    String signature = "r." + columns.get(policy.signature()).quoted() + "::pg_catalog.bytea";
    Query.Builder query =
        Query.builder()
            .text("SELECT r." + columns.get(policy.timestamp()).quoted() + "::pg_catalog.int8, ")
            .text(signature + ", CASE WHEN " + signature + " OPERATOR(pg_catalog.=) ")
            .parameter(ValueKind.BYTES)
            .text(" THEN " + place.image() + " END FROM " + place.name() + " AS r")
            .result(ValueKind.INTEGER)
            .result(ValueKind.BYTES)
            .result(ValueKind.BYTES);
    return wherePrimaryKey(query).build();
  }

  private Query update() {
    Query.Builder query = Query.builder().text("UPDATE " + place.name() + " AS r SET ");
    String separator = "";
    for (TableColumn column : place.columns()) {
      query.text(separator + column.quoted() + " = ");
      column.write(query);
      separator = ", ";
    }
    return wherePrimaryKey(query).build();
  }

  private Query insert() {
    Query.Builder query =
        Query.builder().text("INSERT INTO " + place.name() + " (" + columnList() + ") VALUES (");
    String separator = "";
    for (TableColumn column : place.columns()) {
      query.text(separator);
      column.write(query);
      separator = ", ";
    }
    return query.text(") ON CONFLICT DO NOTHING").build();
  }

  private String columnList() {
    return place.columns().stream().map(TableColumn::quoted).collect(Collectors.joining(", "));
  }

  private Query.Builder wherePrimaryKey(Query.Builder query) {
    String separator = " WHERE ";
    for (int i : place.primaryKey()) {
      TableColumn column = place.columns().get(i);
      query.text(separator + "r." + column.quoted() + " = ");
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
