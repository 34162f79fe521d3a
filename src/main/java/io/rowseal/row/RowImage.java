package io.rowseal.row;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a row image: the values of a row, as PostgreSQL's {@code record_send} writes them. One
 * value of type {@code bytea} carries the whole row over the border between PostgreSQL and Java.
 * That border costs more to cross than anything that happens on either side.
 *
 * <p>The form, all integers big-endian: number of columns (4 bytes), then for each its type's OID
 * (4), the length of its value or −1 for NULL (4), and the value: bytes as they are, text in UTF-8,
 * an integer in 8 bytes, a boolean in one. Whatever deviates from it is refused, so that no two
 * images are read as one row.
 */
final class RowImage {
  private static final int NULL = -1;
  private static final char REPLACEMENT = '\uFFFD';

  private RowImage() {}

  /**
   * The values of an image.
   *
   * @param array holds the image
   * @param from where the image begins
   * @param size its length
   * @param kinds of the columns, in order
   * @throws RefusedException RS006 if it is not such an image
   */
  static Object[] decode(byte[] array, int from, int size, ValueKind[] kinds) {
    int end = from + size;
    int at = from + Integer.BYTES;
    if (size < Integer.BYTES || int32(array, from) != kinds.length) {
      throw malformed("that does not have " + kinds.length + " columns");
    }
    Object[] values = new Object[kinds.length];
    for (int i = 0; i < values.length; i++) {
      at += Integer.BYTES; // the type is known
      if (at > end - Integer.BYTES) {
        throw malformed("that is cut off");
      }
      int length = int32(array, at);
      at += Integer.BYTES;
      if (length < NULL || length > end - at) {
        throw malformed("that is cut off");
      }
      if (length != NULL) {
        values[i] = value(array, at, length, kinds[i]);
        at += length;
      }
    }
    if (at != end) {
      throw malformed("that goes on behind its last column");
    }
    return values;
  }

  /** The refusal of something that should be an image. */
  static RefusedException malformed(String what) {
    return Refusal.MALFORMED.because("a row image " + what);
  }

  static int int32(byte[] array, int at) {
    return array[at] << 24
        | (array[at + 1] & 0xff) << 16
        | (array[at + 2] & 0xff) << 8
        | (array[at + 3] & 0xff);
  }

  private static Object value(byte[] array, int at, int length, ValueKind kind) {
    return switch (kind) {
      case BYTES -> Arrays.copyOfRange(array, at, at + length);
      case TEXT -> text(array, at, length);
      case INTEGER -> {
        requireLength(length, Long.BYTES);
        yield ((long) int32(array, at) << 32) | (int32(array, at + 4) & 0xffffffffL);
      }
      case BOOLEAN -> {
        requireLength(length, 1);
        if (array[at] != 0 && array[at] != 1) {
          throw malformed("with a boolean that is neither true nor false");
        }
        yield array[at] == 1;
      }
    };
  }

  private static void requireLength(int found, int expected) {
    if (found != expected) {
      throw malformed("with " + found + " bytes where " + expected + " were expected");
    }
  }

  /** Java puts a replacement in the place of what is not UTF-8; only then is a second look due. */
  private static String text(byte[] array, int at, int length) {
    String text = new String(array, at, length, StandardCharsets.UTF_8);
    if (text.indexOf(REPLACEMENT) >= 0) {
      byte[] again = text.getBytes(StandardCharsets.UTF_8);
      if (!Arrays.equals(again, 0, again.length, array, at, at + length)) {
        throw malformed("with text that is not UTF-8");
      }
    }
    return text;
  }
}
