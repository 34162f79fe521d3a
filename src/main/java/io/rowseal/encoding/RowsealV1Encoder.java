package io.rowseal.encoding;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * {@code ["rowseal-v1", context, {column name: value, …}]} in the core deterministic encoding of
 * RFC 8949, section 4.2.1. Only five of CBOR's item types occur, so they are written here; a
 * general library would sort the keys of every row again, where they are the same for a whole
 * table.
 */
final class RowsealV1Encoder implements MessageEncoder {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTE_STRING = 2;
  private static final int TEXT_STRING = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;
  private static final int FALSE = 0xf4;
  private static final int TRUE = 0xf5;

  private final byte[] beginning;
  private final byte[][] keys;
  private final int[] places;

  RowsealV1Encoder(String context, List<Column> columns) {
    byte[] format = text("rowseal-v1");
    byte[] inContext = text(context);
    ByteBuffer out = ByteBuffer.allocate(1 + format.length + inContext.length);
    head(out, ARRAY, 3);
    beginning = out.put(format).put(inContext).array();
    SortedMap<byte[], Integer> placesByKey = new TreeMap<>(Arrays::compareUnsigned);
    for (int i = 0; i < columns.size(); i++) {
      placesByKey.put(text(columns.get(i).name()), i);
    }
    keys = placesByKey.keySet().toArray(new byte[0][]);
    places = new int[keys.length];
    for (int i = 0; i < places.length; i++) {
      places[i] = placesByKey.get(keys[i]);
    }
  }

  /** In an array of the right size: one that grows would hold a large value three times. */
  @Override
  public byte[] encode(Object[] image) {
    Object[] items = new Object[places.length];
    int count = 0;
    int size = 0;
    for (int i = 0; i < places.length; i++) {
      Object value = image[places[i]];
      if (value != null) {
        items[i] = value instanceof String text ? ByteBuffer.wrap(Utf8.bytes(text)) : value;
        count++;
        size += keys[i].length + size(items[i]);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(beginning.length + headSize(count) + size);
    out.put(beginning);
    head(out, MAP, count);
    for (int i = 0; i < places.length; i++) {
      if (items[i] != null) {
        out.put(keys[i]);
        write(out, items[i]);
      }
    }
    return out.array();
  }

  private static int size(Object item) {
    if (item instanceof byte[] bytes) {
      return headSize(bytes.length) + bytes.length;
    }
    if (item instanceof ByteBuffer text) {
      return headSize(text.remaining()) + text.remaining();
    }
    return item instanceof Long number ? headSize(argument(number)) : 1;
  }

  private static void write(ByteBuffer out, Object item) {
    if (item instanceof byte[] bytes) {
      head(out, BYTE_STRING, bytes.length);
      out.put(bytes);
    } else if (item instanceof ByteBuffer text) {
      head(out, TEXT_STRING, text.remaining());
      out.put(text);
    } else if (item instanceof Long number) {
      head(out, number < 0 ? NEGATIVE : UNSIGNED, argument(number));
    } else {
      out.put((byte) ((Boolean) item ? TRUE : FALSE));
    }
  }

  /** Complement instead of negation: it has no overflow (RFC 8949, section 3.1). */
  private static long argument(long number) {
    return number < 0 ? ~number : number;
  }

  private static byte[] text(String text) {
    byte[] bytes = Utf8.bytes(text);
    ByteBuffer out = ByteBuffer.allocate(headSize(bytes.length) + bytes.length);
    head(out, TEXT_STRING, bytes.length);
    return out.put(bytes).array();
  }

  /** The shortest head that holds the argument, which is not negative. */
  private static void head(ByteBuffer out, int majorType, long argument) {
    int type = majorType << 5;
    switch (headSize(argument)) {
      case 1 -> out.put((byte) (type | (int) argument));
      case 2 -> out.put((byte) (type | 24)).put((byte) argument);
      case 3 -> out.put((byte) (type | 25)).putShort((short) argument);
      case 5 -> out.put((byte) (type | 26)).putInt((int) argument);
      default -> out.put((byte) (type | 27)).putLong(argument);
    }
  }

  private static int headSize(long argument) {
    if (argument < 24) {
      return 1;
    }
    if (argument <= 0xff) {
      return 2;
    }
    if (argument <= 0xffff) {
      return 3;
    }
    return argument <= 0xffffffffL ? 5 : 9;
  }
}
