package io.rowseal.encoding;

/**
 * Makes the bytes that an owner signs from a row image. Immutable, safe for use by several threads.
 */
public interface MessageEncoder {

  /**
   * The message of a row.
   *
   * @param image values in the order of the columns that the encoder was made for, {@code null} for
   *     NULL; what follows them is not read
   * @throws io.rowseal.error.RefusedException RS006 for a value that has no encoding
   */
  byte[] encode(Object[] image);
}
