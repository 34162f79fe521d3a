package io.rowseal.signature;

import java.security.SecureRandom;
import java.util.function.UnaryOperator;

/** An owner's key pair. It stays with the owner: nothing in the database ever uses one. */
public final class SigningKey {
  private final SignatureAlgorithm algorithm;
  private final byte[] publicKey;
  private final UnaryOperator<byte[]> signer;

  SigningKey(SignatureAlgorithm algorithm, byte[] publicKey, UnaryOperator<byte[]> signer) {
    this.algorithm = algorithm;
    this.publicKey = publicKey;
    this.signer = signer;
  }

  /** A new key pair. */
  public static SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    return algorithm.generate(random);
  }

  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  /** Raw, as the algorithm's standard defines it; a SEC1 point is compressed. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The public key as DER SubjectPublicKeyInfo (RFC 5280, section 4.1). */
  public byte[] spki() {
    return Spki.encode(algorithm, publicKey);
  }

  /** The raw signature over the message. */
  public byte[] sign(byte[] message) {
    return signer.apply(message);
  }
}
