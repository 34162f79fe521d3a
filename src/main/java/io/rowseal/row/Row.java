package io.rowseal.row;

import io.rowseal.ordering.Version;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A row of a protected table. It is decoded once and never copied, for every write passes here: the
 * arrays that it hands out are its own, and nobody may change them.
 */
public final class Row {
  /** Longer key values are cut in messages; a hex digest of 64 bytes still stands whole. */
  private static final int LONGEST_VALUE_IN_MESSAGE = 140;

  private static final byte[] NO_SIGNATURE = {};

  private final RowLayout layout;
  private final Object[] values;

  private Row(RowLayout layout, Object[] values) {
    this.layout = layout;
    this.values = values;
  }

  /**
   * A row from its whole image.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it is not an image of such a row
   */
  public static Row decode(byte[] image, RowLayout layout) {
    if (image == null) {
      throw RowImage.malformed("that is null");
    }
    return decode(image, 0, image.length, layout);
  }

  /**
   * A row on its way into a table.
   *
   * @param image in which the value that may be large is left out
   * @param large that value; without meaning where no column has such values
   * @throws io.rowseal.error.RefusedException RS006 if it is not an image of such a row
   */
  public static Row decode(byte[] image, byte[] large, RowLayout layout) {
    Row row = decode(image, layout);
    if (layout.large() != RowLayout.NONE) {
      row.values[layout.large()] = large;
    }
    return row;
  }

  /** A row from an image that is part of a longer array. */
  static Row decode(byte[] array, int from, int size, RowLayout layout) {
    return new Row(layout, RowImage.decode(array, from, size, layout.kinds()));
  }

  /** All values in the layout's order, as an encoder takes them. */
  public Object[] values() {
    return values;
  }

  /** Bytes of its values, about. */
  public int size() {
    int size = 0;
    for (Object value : values) {
      if (value instanceof byte[] bytes) {
        size += bytes.length;
      } else if (value instanceof String text) {
        size += text.length();
      }
    }
    return size;
  }

  /** The value at a place. */
  public Object value(int place) {
    return values[place];
  }

  /** The values of the row key, in order. */
  public Object[] key() {
    int[] places = layout.key();
    Object[] key = new Object[places.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = values[places[i]];
    }
    return key;
  }

  /** The owner's signature; null where it is missing. */
  public byte[] signature() {
    return (byte[]) values[layout.signature()];
  }

  /** Bytes or text. */
  public Object owner() {
    return values[layout.owner()];
  }

  /** The derived version id, bytes or text; null where it is missing or the table has none. */
  public Object versionId() {
    return layout.versionId() == RowLayout.NONE ? null : values[layout.versionId()];
  }

  /**
   * What orders it. A stored row without timestamp or signature was never accepted, so every
   * version is newer than it.
   */
  public Version version() {
    Object timestamp = values[layout.timestamp()];
    byte[] signature = signature();
    return new Version(
        timestamp == null ? Long.MIN_VALUE : (Long) timestamp,
        signature == null ? NO_SIGNATURE : signature);
  }

  /** Whether two rows have one row key, that is, are versions of one row. */
  public boolean sameKey(Row other) {
    for (int place : layout.key()) {
      if (!same(values[place], other.values[place])) {
        return false;
      }
    }
    return true;
  }

  /** Whether two rows are one version, byte for byte. A derived version id says nothing more. */
  public boolean sameVersion(Row other) {
    for (int i = 0; i <= layout.signature(); i++) {
      if (!same(values[i], other.values[i])) {
        return false;
      }
    }
    return true;
  }

  /** The first column that is NULL and may not be; null if there is none. */
  public TableColumn missing() {
    for (int place : layout.required()) {
      if (values[place] == null) {
        return layout.column(place);
      }
    }
    return null;
  }

  /** Table and key, for messages. */
  public String place() {
    StringBuilder text = new StringBuilder(layout.table());
    String separator = " (";
    for (int place : layout.key()) {
      text.append(separator).append(layout.column(place).here());
      separator = ", ";
    }
    separator = ")=(";
    for (int place : layout.key()) {
      text.append(separator).append(shortened(printed(values[place])));
      separator = ", ";
    }
    return text.append(')').toString();
  }

  /** A value as PostgreSQL prints it; null for NULL. */
  public static String printed(Object value) {
    if (value instanceof byte[] bytes) {
      return "\\x" + HexFormat.of().formatHex(bytes);
    }
    return value == null ? null : value.toString();
  }

  private static String shortened(String text) {
    if (text == null || text.length() <= LONGEST_VALUE_IN_MESSAGE) {
      return text;
    }
    // Half a surrogate pair could not be sent to a client.
    boolean splits = Character.isHighSurrogate(text.charAt(LONGEST_VALUE_IN_MESSAGE - 1));
    return text.substring(0, LONGEST_VALUE_IN_MESSAGE - (splits ? 1 : 0)) + "…";
  }

  /** Whether two values are equal. */
  public static boolean same(Object a, Object b) {
    if (a instanceof byte[] bytes) {
      return b instanceof byte[] others && Arrays.equals(bytes, others);
    }
    return a == null ? b == null : a.equals(b);
  }
}
