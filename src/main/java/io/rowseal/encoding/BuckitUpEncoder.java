package io.rowseal.encoding;

import io.rowseal.error.Refusal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The values in byte order of their columns' names, without names or delimiters between them. */
final class BuckitUpEncoder implements MessageEncoder {
  private static final Pattern IN_BASE64 = Pattern.compile(".*(_b64|_cert|_pkey)");
  private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);
  private static final long LEAST_OF_TEN_DIGITS = 1_000_000_000L;
  private static final long MOST_OF_TEN_DIGITS = 9_999_999_999L;

  private final List<Column> columns;
  private final int[] places;
  private final String timestampColumn;

  BuckitUpEncoder(List<Column> columns, String timestampColumn) {
    this.columns = List.copyOf(columns);
    this.timestampColumn = timestampColumn;
    columns.forEach(BuckitUpEncoder::refuseUndefined);
    places =
        IntStream.range(0, columns.size())
            .boxed()
            .sorted(
                Comparator.comparing(
                    i -> Utf8.bytes(columns.get(i).name()), Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  @Override
  public byte[] encode(Object[] image) {
    byte[][] fields = new byte[places.length][];
    int size = 0;
    for (int i = 0; i < places.length; i++) {
      fields[i] = encoded(columns.get(places[i]), image[places[i]]);
      size += fields[i].length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    for (byte[] field : fields) {
      out.put(field);
    }
    return out.array();
  }

  private byte[] encoded(Column column, Object value) {
    if (column.name().equals(timestampColumn)) {
      refuseOtherThanTenDigits(column, (Long) value);
    }
    if (value == null) {
      return NULL;
    }
    return value instanceof byte[] bytes
        ? Base64.getEncoder().encode(bytes)
        : Utf8.bytes(value.toString());
  }

  private static void refuseOtherThanTenDigits(Column column, Long timestamp) {
    if (timestamp == null || timestamp < LEAST_OF_TEN_DIGITS || timestamp > MOST_OF_TEN_DIGITS) {
      throw Refusal.MALFORMED.because(
          "column "
              + column.name()
              + " must have ten digits in the format buckitup, not be "
              + timestamp);
    }
  }

  private static void refuseUndefined(Column column) {
    if ((column.kind() == ValueKind.BYTES) != IN_BASE64.matcher(column.name()).matches()) {
      throw Refusal.CONFIGURATION.because(
          "the format buckitup encodes a bytea column exactly if its name ends in _b64, _cert or _pkey;"
              + " rename or exclude column "
              + column.name()
              + ", or use the format rowseal-v1");
    }
  }
}
