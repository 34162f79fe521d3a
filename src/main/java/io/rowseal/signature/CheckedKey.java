package io.rowseal.signature;

import io.rowseal.error.Refusal;

/**
 * What all keys have in common: lengths are checked first, and whatever a library throws means
 * refusal.
 */
final class CheckedKey implements VerificationKey {

  /** Verifies a signature of the right length. */
  @FunctionalInterface
  interface Check {
    boolean verifies(byte[] message, byte[] signature);
  }

  private final SignatureAlgorithm algorithm;
  private final Check check;

  CheckedKey(SignatureAlgorithm algorithm, Check check) {
    this.algorithm = algorithm;
    this.check = check;
  }

  @Override
  public SignatureAlgorithm algorithm() {
    return algorithm;
  }

  @Override
  public void verify(byte[] message, byte[] signature) {
    if (signature.length == 0) {
      throw Refusal.NOT_SIGNED.because("the signature is empty");
    }
    if (signature.length != algorithm.signatureLength()) {
      throw Refusal.MALFORMED.because(
          "an "
              + algorithm.label()
              + " signature has "
              + algorithm.signatureLength()
              + " bytes, not "
              + signature.length);
    }
    if (!verifies(message, signature)) {
      throw Refusal.SIGNATURE_INVALID.because(
          "it is not the owner's " + algorithm.label() + " signature over this row");
    }
  }

  private boolean verifies(byte[] message, byte[] signature) {
    try {
      return check.verifies(message, signature);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
