package io.rowseal.encoding;

import io.rowseal.error.Refusal;
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
    if (hasHalfAPair(text)) {
      throw Refusal.MALFORMED.because("text with half a surrogate pair");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static boolean hasHalfAPair(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
