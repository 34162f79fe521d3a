package io.rowseal.signature;

import java.security.SecureRandom;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.math.ec.rfc8032.Ed25519;
import org.bouncycastle.math.ec.rfc8032.Ed448;

/** Signing with EdDSA (RFC 8032). */
final class EdwardsKeys {
  static final byte[] NO_CONTEXT = {};

  private EdwardsKeys() {}

  static SigningKey ed25519(SecureRandom random) {
    return ed25519(new Ed25519PrivateKeyParameters(random).getEncoded());
  }

  static SigningKey ed25519(byte[] seed) {
    Ed25519PrivateKeyParameters key = new Ed25519PrivateKeyParameters(seed);
    return new SigningKey(
        SignatureAlgorithm.ED25519,
        seed,
        key.generatePublicKey().getEncoded(),
        message -> {
          byte[] signature = new byte[Ed25519.SIGNATURE_SIZE];
          key.sign(Ed25519.Algorithm.Ed25519, null, message, 0, message.length, signature, 0);
          return signature;
        });
  }

  static SigningKey ed448(SecureRandom random) {
    return ed448(new Ed448PrivateKeyParameters(random).getEncoded());
  }

  static SigningKey ed448(byte[] seed) {
    Ed448PrivateKeyParameters key = new Ed448PrivateKeyParameters(seed);
    return new SigningKey(
        SignatureAlgorithm.ED448,
        seed,
        key.generatePublicKey().getEncoded(),
        message -> {
          byte[] signature = new byte[Ed448.SIGNATURE_SIZE];
          key.sign(Ed448.Algorithm.Ed448, NO_CONTEXT, message, 0, message.length, signature, 0);
          return signature;
        });
  }
}
