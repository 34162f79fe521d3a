package io.rowseal.host.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rowseal.host.Failure;
import java.nio.ByteBuffer;

/**
 * Values as bytes; {@code rowseal_bridge.py} is the other side.
 *
 * <p>A request is the method's name and its arguments, each a length (4 bytes, -1 for null) and as
 * many bytes; of an array the length is that of its elements, which follow. An answer is a letter
 * for its type and the value.
 */
final class Frame {
  private static final int NULL = -1;

  private Frame() {}

  static Object value(ByteBuffer request, Class<?> type) {
    if (type == byte[].class) {
      return bytes(request);
    }
    if (type == String.class) {
      return text(request);
    }
    if (type == String[].class) {
      return texts(request);
    }
    int length = request.getInt();
    if (type == long.class && length == Long.BYTES) {
      return request.getLong();
    }
    if (type == boolean.class && length == 1) {
      return request.get() != 0;
    }
    throw new IllegalArgumentException("an argument is not a " + type);
  }

  static String text(ByteBuffer request) {
    byte[] bytes = bytes(request);
    return bytes == null ? null : new String(bytes, UTF_8);
  }

  private static byte[] bytes(ByteBuffer request) {
    int length = request.getInt();
    if (length == NULL) {
      return null;
    }
    byte[] bytes = new byte[length];
    request.get(bytes);
    return bytes;
  }

  private static String[] texts(ByteBuffer request) {
    int length = request.getInt();
    if (length == NULL) {
      return null;
    }
    String[] texts = new String[length];
    for (int i = 0; i < length; i++) {
      texts[i] = text(request);
    }
    return texts;
  }

  static byte[] answer(Object value) {
    if (value == null) {
      return new byte[] {'N'};
    }
    if (value instanceof Long number) {
      return ByteBuffer.allocate(1 + Long.BYTES).put((byte) 'L').putLong(number).array();
    }
    if (value instanceof Boolean truth) {
      return new byte[] {'Z', (byte) (truth ? 1 : 0)};
    }
    if (value instanceof byte[] bytes) {
      return marked('B', bytes);
    }
    if (value instanceof String text) {
      return marked('S', text.getBytes(UTF_8));
    }
    return answer((String[]) value);
  }

  private static byte[] answer(String[] texts) {
    byte[][] encoded = new byte[texts.length][];
    int length = 1 + texts.length * Integer.BYTES;
    for (int i = 0; i < texts.length; i++) {
      encoded[i] = texts[i] == null ? null : texts[i].getBytes(UTF_8);
      length += texts[i] == null ? 0 : encoded[i].length;
    }
    ByteBuffer answer = ByteBuffer.allocate(length).put((byte) 'A');
    for (byte[] bytes : encoded) {
      if (bytes == null) {
        answer.putInt(NULL);
      } else {
        answer.putInt(bytes.length).put(bytes);
      }
    }
    return answer.array();
  }

  static byte[] failure(Failure failure) {
    return marked('E', (failure.sqlState() + failure.message()).getBytes(UTF_8));
  }

  private static byte[] marked(char kind, byte[] bytes) {
    return ByteBuffer.allocate(1 + bytes.length).put((byte) kind).put(bytes).array();
  }
}
