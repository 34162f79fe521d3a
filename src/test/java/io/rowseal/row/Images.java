package io.rowseal.row;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Rows and arrays in the forms in which PostgreSQL sends them. */
public final class Images {
  private static final int BYTEA = 17;

  private Images() {}

  /** What {@code record_send} makes of the values; null for NULL. */
  public static byte[] image(Object... values) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(values.length);
      for (Object value : values) {
        out.writeInt(BYTEA);
        write(out, value == null ? null : sent(value));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** What {@code array_send} makes of an array of {@code bytea}; null for NULL. */
  public static byte[] batch(byte[]... elements) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(elements.length == 0 ? 0 : 1);
      out.writeInt(1);
      out.writeInt(BYTEA);
      if (elements.length > 0) {
        out.writeInt(elements.length);
        out.writeInt(1);
      }
      for (byte[] element : elements) {
        write(out, element);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, byte[] value) throws IOException {
    out.writeInt(value == null ? -1 : value.length);
    if (value != null) {
      out.write(value);
    }
  }

  private static byte[] sent(Object value) {
    if (value instanceof Long number) {
      return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
    if (value instanceof Boolean truth) {
      return new byte[] {(byte) (truth ? 1 : 0)};
    }
    return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : (byte[]) value;
  }
}
