package io.rowseal.row;

import io.rowseal.encoding.ValueKind;
import java.util.Arrays;
import java.util.List;

/**
 * What stands where in the image of a row: the signed columns in table order, then the signature,
 * then the version id if the table has a derived one. Immutable.
 */
public final class RowLayout {
  /** The place of a column that the table does not have. */
  public static final int NONE = -1;

  /**
   * Places of the signed columns that have a meaning.
   *
   * @param key of the row key's columns, in order
   * @param owner of the owner id
   * @param timestamp of the owner's timestamp
   * @param parent of the version id of the parent, or {@link #NONE}
   * @param large of the value that goes beside the image of a written row, or {@link #NONE}
   * @param publicKey of the owner's public key, or {@link #NONE}
   */
  public record Places(int[] key, int owner, int timestamp, int parent, int large, int publicKey) {}

  private final String table;
  private final List<TableColumn> columns;
  private final ValueKind[] kinds;
  private final int[] required;
  private final int signature;
  private final Places places;

  /**
   * A layout.
   *
   * @param table qualified and quoted, for messages
   * @param columns of the image, in order
   * @param signature place of the signature
   * @param places within the signed columns
   */
  public RowLayout(String table, List<TableColumn> columns, int signature, Places places) {
    this.table = table;
    this.columns = List.copyOf(columns);
    this.kinds = new ValueKind[columns.size()];
    for (int i = 0; i < kinds.length; i++) {
      kinds[i] = columns.get(i).kind();
    }
    this.required = required(columns);
    this.signature = signature;
    this.places = places;
  }

  private static int[] required(List<TableColumn> columns) {
    int[] required = new int[columns.size()];
    int count = 0;
    for (int i = 0; i < required.length; i++) {
      if (columns.get(i).notNull()) {
        required[count++] = i;
      }
    }
    return Arrays.copyOf(required, count);
  }

  /** The table whose rows these are, qualified and quoted. */
  public String table() {
    return table;
  }

  /** Signed columns, signature, derived version id. */
  public List<TableColumn> columns() {
    return columns;
  }

  /** The columns that the owner signs, in table order. */
  public List<TableColumn> signed() {
    return columns.subList(0, signature);
  }

  /** The columns that make a version: all that are signed, and the signature. */
  public List<TableColumn> version() {
    return columns.subList(0, signature + 1);
  }

  /** The column at a place. */
  public TableColumn column(int place) {
    return columns.get(place);
  }

  /** Place of the signature, which stands behind the signed columns. */
  public int signature() {
    return signature;
  }

  /** Place of the derived version id, or {@link #NONE}. */
  public int versionId() {
    return columns.size() > signature + 1 ? signature + 1 : NONE;
  }

  /** Place of the owner id. */
  public int owner() {
    return places.owner();
  }

  /** Place of the owner's timestamp. */
  public int timestamp() {
    return places.timestamp();
  }

  /** Place of the parent's version id; {@link #NONE} also where the parent's signature names it. */
  public int parent() {
    return places.parent();
  }

  /** Place of the value that goes beside the image of a written row, or {@link #NONE}. */
  public int large() {
    return places.large();
  }

  /** Place of the public key, or {@link #NONE}: only identity tables have one. */
  public int publicKey() {
    return places.publicKey();
  }

  /** Places of the row key's columns, in order. Not a copy: a row compares by it. */
  int[] key() {
    return places.key();
  }

  /** The columns of the row key, in order. */
  public List<TableColumn> keyColumns() {
    TableColumn[] key = new TableColumn[places.key().length];
    for (int i = 0; i < key.length; i++) {
      key[i] = columns.get(places.key()[i]);
    }
    return List.of(key);
  }

  /** How the values of the image are read. Not a copy. */
  ValueKind[] kinds() {
    return kinds;
  }

  /** Places of the columns that may not be NULL. Not a copy. */
  int[] required() {
    return required;
  }
}
