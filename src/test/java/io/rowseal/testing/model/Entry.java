package io.rowseal.testing.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;

/** A signed version in the table {@code entry}. The natural order is the contract's. */
public record Entry(
    byte[] owner,
    UUID uuid,
    byte[] value,
    boolean deleted,
    byte[] parent,
    long timestamp,
    byte[] signature)
    implements Comparable<Entry> {

  private static final Comparator<Entry> ORDER =
      Comparator.comparingLong(Entry::timestamp)
          .thenComparing(Entry::signature, Arrays::compareUnsigned);

  /** Owner and uuid: the row key. */
  public String key() {
    return text(owner) + " " + uuid;
  }

  /** The same with a value that its owner did not sign. */
  public Entry withValue(byte[] other) {
    return new Entry(owner, uuid, other, deleted, parent, timestamp, signature);
  }

  /** SHA-256 of the signature. */
  public byte[] hash() {
    try {
      return MessageDigest.getInstance("SHA-256").digest(signature);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The version as SQL's {@code concat_ws} of its columns, the derived hash last. */
  String text(boolean byHash) {
    String text =
        "%s %s %s %s %s %d %s"
            .formatted(
                text(owner),
                uuid,
                text(value),
                deleted ? "t" : "f",
                text(parent),
                timestamp,
                text(signature));
    return byHash ? text + " " + text(hash()) : text;
  }

  @Override
  public int compareTo(Entry other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Entry entry && text(false).equals(entry.text(false));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(signature);
  }

  @Override
  public String toString() {
    return "%s@%d%s".formatted(text(signature).substring(2, 8), timestamp, deleted ? "†" : "");
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "-" : "\\x" + HexFormat.of().formatHex(bytes);
  }
}
