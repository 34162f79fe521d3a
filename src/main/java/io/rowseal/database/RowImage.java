package io.rowseal.database;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a row image: the columns of {@code rowseal._image}, as PostgreSQL's {@code record_send}
 * writes them. One value of type {@code bytea} carries the whole row over the border between
 * PostgreSQL and Java, which costs more to cross than anything that happens on either side.
 *
 * <p>The form, all integers big-endian: number of columns (4 bytes), then for each its type's OID
 * (4), the length of its value or −1 for NULL (4), and the value: bytes as they are, text in UTF-8,
 * an integer in 8 bytes, a truth in one.
 */
public final class RowImage {
  private RowImage() {}

  /**
   * The values of an image.
   *
   * @param image as PostgreSQL wrote it
   * @param columns what it holds, in order
   * @throws io.rowseal.error.RefusedException RS006 if it is not such an image: anybody can call
   *     what takes it
   */
  public static Object[] decode(byte[] image, List<TableColumn> columns) {
    if (image == null) {
      throw malformed("none");
    }
    return decode(image, 0, image.length, columns);
  }

  /** The values of an image that is part of a longer array. */
  public static Object[] decode(byte[] image, int from, int size, List<TableColumn> columns) {
    try {
      return values(ByteBuffer.wrap(image, from, size), image, columns);
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw malformed("cut off");
    }
  }

  private static Object[] values(ByteBuffer in, byte[] image, List<TableColumn> columns) {
    int count = in.getInt();
    if (count != columns.size()) {
      throw malformed("of " + count + " columns where " + columns.size() + " were expected");
    }
    Object[] values = new Object[count];
    for (int i = 0; i < count; i++) {
      in.getInt();
      int length = in.getInt();
      if (length > in.remaining()) {
        throw malformed("cut off");
      }
      if (length >= 0) {
        values[i] = value(image, in.position(), length, columns.get(i).kind());
        in.position(in.position() + length);
      }
    }
    return values;
  }

  private static RefusedException malformed(String what) {
    return Refusal.MALFORMED.because("a row image that is " + what);
  }

  private static Object value(byte[] image, int from, int length, ValueKind kind) {
    return switch (kind) {
      case BYTES -> Arrays.copyOfRange(image, from, from + length);
      case TEXT -> new String(image, from, length, StandardCharsets.UTF_8);
      case INTEGER -> ByteBuffer.wrap(image, from, length).getLong();
      case BOOLEAN -> image[from] != 0;
    };
  }
}
