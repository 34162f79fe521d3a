package io.rowseal.encoding;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    head(out, ARRAY, 3);
    text(out, "rowseal-v1");
    text(out, context);
    beginning = out.toByteArray();
    byte[][] encoded = columns.stream().map(column -> key(column.name())).toArray(byte[][]::new);
    places =
        IntStream.range(0, encoded.length)
            .boxed()
            .sorted(Comparator.comparing(i -> encoded[i], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    keys = Arrays.stream(places).mapToObj(i -> encoded[i]).toArray(byte[][]::new);
  }

  @Override
  public byte[] encode(Object[] image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    out.writeBytes(beginning);
    head(out, MAP, Arrays.stream(places).filter(place -> image[place] != null).count());
    for (int i = 0; i < places.length; i++) {
      Object value = image[places[i]];
      if (value != null) {
        out.writeBytes(keys[i]);
        value(out, value);
      }
    }
    return out.toByteArray();
  }

  private static void value(ByteArrayOutputStream out, Object value) {
    if (value instanceof byte[] bytes) {
      head(out, BYTE_STRING, bytes.length);
      out.writeBytes(bytes);
    } else if (value instanceof Boolean truth) {
      out.write(truth ? TRUE : FALSE);
    } else if (value instanceof Long number) {
      // Complement instead of negation: it has no overflow (RFC 8949, section 3.1).
      head(out, number < 0 ? NEGATIVE : UNSIGNED, number < 0 ? ~number : number);
    } else {
      text(out, (String) value);
    }
  }

  private static byte[] key(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text(out, name);
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = Utf8.bytes(text);
    head(out, TEXT_STRING, bytes.length);
    out.writeBytes(bytes);
  }

  /** The shortest head that holds the argument. */
  private static void head(ByteArrayOutputStream out, int majorType, long argument) {
    int type = majorType << 5;
    if (argument < 24) {
      out.write(type | (int) argument);
    } else if (argument <= 0xff) {
      out.write(type | 24);
      bigEndian(out, argument, 1);
    } else if (argument <= 0xffff) {
      out.write(type | 25);
      bigEndian(out, argument, 2);
    } else if (argument <= 0xffffffffL) {
      out.write(type | 26);
      bigEndian(out, argument, 4);
    } else {
      out.write(type | 27);
      bigEndian(out, argument, 8);
    }
  }

  private static void bigEndian(ByteArrayOutputStream out, long argument, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      out.write((int) (argument >>> shift));
    }
  }
}
