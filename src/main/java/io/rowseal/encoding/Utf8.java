package io.rowseal.encoding;

import io.rowseal.error.Refusal;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text to UTF-8 without replacing anything. */
final class Utf8 {
  private Utf8() {}

  /**
   * The UTF-8 bytes of a text.
   *
   * @throws io.rowseal.error.RefusedException RS006 for an unpaired surrogate, which has none
   */
  static byte[] bytes(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw Refusal.MALFORMED.because("text with half a surrogate pair");
    }
  }
}
