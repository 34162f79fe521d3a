package io.rowseal.audit;

import io.rowseal.database.RowImage;
import io.rowseal.database.TableColumn;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads several row images from one value: an array of {@code bytea} as PostgreSQL's {@code
 * array_send} writes it. One value crosses the border to Java faster than many do, and every host
 * knows {@code bytea}.
 */
final class ImageBatch {
  private static final int HAS_NULLS_AND_TYPE = 8;
  private static final int LENGTH_AND_LOWER_BOUND = 8;

  private final byte[] array;
  private final int[] starts;
  private final int[] lengths;

  private ImageBatch(byte[] array, int[] starts, int[] lengths) {
    this.array = array;
    this.starts = starts;
    this.lengths = lengths;
  }

  static ImageBatch read(byte[] array) {
    ByteBuffer in = ByteBuffer.wrap(array);
    if (in.getInt() != 1) {
      return new ImageBatch(array, new int[0], new int[0]); // an empty array has no dimension
    }
    in.position(in.position() + HAS_NULLS_AND_TYPE);
    int size = in.getInt();
    in.position(in.position() + LENGTH_AND_LOWER_BOUND - Integer.BYTES);
    int[] starts = new int[size];
    int[] lengths = new int[size];
    for (int i = 0; i < size; i++) {
      lengths[i] = in.getInt();
      starts[i] = in.position();
      in.position(starts[i] + lengths[i]);
    }
    return new ImageBatch(array, starts, lengths);
  }

  int size() {
    return starts.length;
  }

  /** The values of one row, counted from 0. */
  Object[] row(int place, List<TableColumn> columns) {
    return RowImage.decode(array, starts[place], lengths[place], columns);
  }
}
