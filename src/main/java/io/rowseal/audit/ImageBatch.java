package io.rowseal.audit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads several row images from one value: an array of {@code bytea} as PostgreSQL's {@code
 * array_send} writes it. One value crosses the border to Java faster than many do, and every host
 * knows {@code bytea}.
 */
final class ImageBatch {
  private static final int HAS_NULLS_AND_TYPE = 8;
  private static final int LENGTH_AND_LOWER_BOUND = 8;

  private ImageBatch() {}

  /** The images, in order. */
  static List<byte[]> read(byte[] array) {
    ByteBuffer in = ByteBuffer.wrap(array);
    int dimensions = in.getInt();
    in.position(in.position() + HAS_NULLS_AND_TYPE + dimensions * LENGTH_AND_LOWER_BOUND);
    List<byte[]> images = new ArrayList<>();
    while (in.hasRemaining()) {
      int length = in.getInt();
      int from = in.position();
      images.add(Arrays.copyOfRange(array, from, from + length));
      in.position(from + length);
    }
    return images;
  }
}
