package io.rowseal.row;

import java.util.Arrays;

/**
 * Several values in one: an array of {@code bytea} as PostgreSQL's {@code array_send} writes it.
 * One value crosses the border to Java faster than many do, and every host knows {@code bytea}.
 *
 * <p>The form, all integers big-endian: number of dimensions (4 bytes), whether there are NULLs
 * (4), the elements' type (4), then for the one dimension its size (4) and lower bound (4), then
 * for each element its length or −1 for NULL (4), and the element.
 */
public final class ImageBatch {
  private static final int MOST = 1_000_000;
  private static final int EMPTY = 12;
  private static final int SIZE = 12;
  private static final int ELEMENTS = 20;
  private static final int NULL = -1;

  private final byte[] array;
  private final int[] starts;
  private final int[] lengths;

  private ImageBatch(byte[] array, int size) {
    this.array = array;
    this.starts = new int[size];
    this.lengths = new int[size];
  }

  /**
   * Finds the elements, and copies none of them.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it is not such an array
   */
  public static ImageBatch read(byte[] array) {
    if (array != null && array.length == EMPTY && RowImage.int32(array, 0) == 0) {
      return new ImageBatch(array, 0);
    }
    if (array == null || array.length < ELEMENTS || RowImage.int32(array, 0) != 1) {
      throw RowImage.malformed("batch that is not an array of one dimension");
    }
    int size = RowImage.int32(array, SIZE);
    if (size < 0 || size > MOST) {
      throw RowImage.malformed("batch of " + size + " elements; it may have " + MOST + " at most");
    }
    // Every element needs the bytes of its length: a false size must not reserve memory.
    if (size > (array.length - ELEMENTS) / Integer.BYTES) {
      throw RowImage.malformed("batch that is cut off");
    }
    ImageBatch batch = new ImageBatch(array, size);
    batch.find();
    return batch;
  }

  /** How many elements there are. */
  public int size() {
    return starts.length;
  }

  /** A copy of an element, counted from 0; null for NULL. */
  public byte[] element(int place) {
    int length = lengths[place];
    return length == NULL ? null : Arrays.copyOfRange(array, starts[place], starts[place] + length);
  }

  /**
   * The row of which an element is the image, counted from 0.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it is not an image of such a row
   */
  public Row row(int place, RowLayout layout) {
    if (lengths[place] == NULL) {
      throw RowImage.malformed("that is null");
    }
    return Row.decode(array, starts[place], lengths[place], layout);
  }

  private void find() {
    int at = ELEMENTS;
    for (int i = 0; i < starts.length; i++) {
      if (at > array.length - Integer.BYTES) {
        throw RowImage.malformed("batch that is cut off");
      }
      int length = RowImage.int32(array, at);
      at += Integer.BYTES;
      if (length < NULL || length > array.length - at) {
        throw RowImage.malformed("batch that is cut off");
      }
      starts[i] = at;
      lengths[i] = length;
      at += Math.max(length, 0);
    }
    if (at != array.length) {
      throw RowImage.malformed("batch that goes on behind its last element");
    }
  }
}
