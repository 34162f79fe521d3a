package io.rowseal.signature;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA3Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;

/** The digests that make owner ids and version ids (FIPS 180-4 and FIPS 202). */
public enum HashAlgorithm {
  SHA3_512("SHA3-512", 64, () -> new SHA3Digest(512)),
  SHA3_256("SHA3-256", 32, () -> new SHA3Digest(256)),
  SHA_256("SHA-256", 32, SHA256Digest::new),
  SHA_512("SHA-512", 64, SHA512Digest::new);

  private final String label;
  private final int length;
  private final Supplier<Digest> engine;

  HashAlgorithm(String label, int length, Supplier<Digest> engine) {
    this.label = label;
    this.length = length;
    this.engine = engine;
  }

  /** The name by which settings call the digest. */
  public String label() {
    return label;
  }

  /** The digest of that name. */
  public static Optional<HashAlgorithm> named(String label) {
    return Arrays.stream(values()).filter(hash -> hash.label.equals(label)).findFirst();
  }

  /** All names, for messages. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(HashAlgorithm::label).toList();
  }

  /** In bytes. */
  public int length() {
    return length;
  }

  public byte[] digest(byte[] bytes) {
    Digest digest = engine.get();
    digest.update(bytes, 0, bytes.length);
    byte[] result = new byte[length];
    digest.doFinal(result, 0);
    return result;
  }
}
