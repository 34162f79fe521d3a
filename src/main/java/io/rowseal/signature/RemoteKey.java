package io.rowseal.signature;

import java.util.function.UnaryOperator;

/** A key that is held elsewhere, whose signatures are verified before they are handed on. */
record RemoteKey(
    SignatureAlgorithm algorithm,
    byte[] publicKey,
    VerificationKey verifier,
    UnaryOperator<byte[]> signer)
    implements OwnerKey {

  @Override
  public byte[] publicKey() {
    return publicKey.clone();
  }

  @Override
  public byte[] sign(byte[] message) {
    byte[] signature = signer.apply(message.clone());
    if (signature.length == algorithm.signatureLength()) {
      signature = algorithm.normalized(signature);
    }
    verifier.verify(message, signature);
    return signature;
  }
}
