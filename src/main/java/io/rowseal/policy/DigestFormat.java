package io.rowseal.policy;

import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.HashAlgorithm;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * How a digest stands in a column: the raw digest in {@code bytea}, a prefix and lowercase hex in
 * text. Owner ids and derived version ids share it.
 *
 * @param hash of what
 * @param prefix in front of the hex; of no meaning in {@code bytea}
 * @param kind the column's kind, BYTES or TEXT
 */
public record DigestFormat(HashAlgorithm hash, String prefix, ValueKind kind) {

  /** The column's value for the bytes that are hashed. */
  public Object of(byte[] bytes) {
    byte[] digest = hash.digest(bytes);
    return kind == ValueKind.BYTES ? digest : prefix + HexFormat.of().formatHex(digest);
  }

  /** Whether a column's value is the digest of the bytes. */
  public boolean matches(Object value, byte[] bytes) {
    Object expected = of(bytes);
    return expected instanceof byte[] digest
        ? value instanceof byte[] found && Arrays.equals(digest, found)
        : expected.equals(value);
  }

  /** Whether a value could be such a digest: right length, right prefix, lowercase hex. */
  public boolean wellFormed(Object value) {
    if (value instanceof byte[] digest) {
      return kind == ValueKind.BYTES && digest.length == hash.length();
    }
    return kind == ValueKind.TEXT
        && value instanceof String text
        && text.length() == prefix.length() + 2 * hash.length()
        && text.startsWith(prefix)
        && isLowercaseHex(text, prefix.length());
  }

  /** The form in words, for messages. */
  public String description() {
    return kind == ValueKind.BYTES
        ? hash.length() + " bytes"
        : "'" + prefix + "' and " + 2 * hash.length() + " lowercase hexadecimal digits";
  }

  private static boolean isLowercaseHex(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }
}
