package io.rowseal.signature;

/** A decoded public key. Immutable, safe for use by several threads. */
public interface VerificationKey {

  SignatureAlgorithm algorithm();

  /**
   * Verifies a signature.
   *
   * @param message the signed bytes
   * @param signature raw, as the algorithm's standard defines it
   * @throws io.rowseal.error.RefusedException RS001 if the signature is empty, RS006 if it has the
   *     wrong length, RS002 if it is not this key's over the message or could have been made by a
   *     third party from one that is
   */
  void verify(byte[] message, byte[] signature);
}
