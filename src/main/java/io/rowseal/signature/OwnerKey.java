package io.rowseal.signature;

import java.util.function.UnaryOperator;

/**
 * What signs for an owner: a {@link SigningKey}, or a key that is held elsewhere, in a hardware
 * module or another process.
 */
public interface OwnerKey {

  SignatureAlgorithm algorithm();

  /** Raw, as the algorithm's standard defines it. */
  byte[] publicKey();

  /** The raw signature over the message, which is taken whole: ECDSA hashes it with SHA-256. */
  byte[] sign(byte[] message);

  /** The public key as DER SubjectPublicKeyInfo (RFC 5280, section 4.1). */
  default byte[] spki() {
    return Spki.encode(algorithm(), publicKey());
  }

  /**
   * A key that is held elsewhere. ECDSA signatures get the smaller s; each signature is verified
   * before it is handed on, so a key that does not fit shows here.
   *
   * @param signer from the message to the raw signature; of ECDSA r and s, not DER
   * @throws io.rowseal.error.RefusedException RS006 if the public key is none of the algorithm
   */
  static OwnerKey heldElsewhere(
      SignatureAlgorithm algorithm, byte[] publicKey, UnaryOperator<byte[]> signer) {
    return new RemoteKey(algorithm, publicKey.clone(), algorithm.publicKey(publicKey), signer);
  }
}
