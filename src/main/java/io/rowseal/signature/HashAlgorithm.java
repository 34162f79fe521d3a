package io.rowseal.signature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** The digests that make owner ids and version ids (FIPS 180-4 and FIPS 202). */
public enum HashAlgorithm {
  SHA3_512("SHA3-512", 64),
  SHA3_256("SHA3-256", 32),
  SHA_256("SHA-256", 32),
  SHA_512("SHA-512", 64);

  private final String label;
  private final int length;

  HashAlgorithm(String label, int length) {
    this.label = label;
    this.length = length;
  }

  /** The name by which settings call the digest. */
  public String label() {
    return label;
  }

  /** The digest of that name. */
  public static Optional<HashAlgorithm> named(String label) {
    for (HashAlgorithm hash : values()) {
      if (hash.label.equals(label)) {
        return Optional.of(hash);
      }
    }
    return Optional.empty();
  }

  /** All names, for messages. */
  public static List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (HashAlgorithm hash : values()) {
      labels.add(hash.label);
    }
    return labels;
  }

  /** In bytes. */
  public int length() {
    return length;
  }

  /** The digest of the bytes. */
  public byte[] digest(byte[] bytes) {
    Digest digest = engine();
    digest.update(bytes, 0, bytes.length);
    byte[] result = new byte[length];
    digest.doFinal(result, 0);
    return result;
  }

  private Digest engine() {
    return switch (this) {
      case SHA3_512 -> new SHA3Digest(512);
      case SHA3_256 -> new SHA3Digest(256);
      case SHA_256 -> new SHA256Digest();
      case SHA_512 -> new SHA512Digest();
    };
  }
}
