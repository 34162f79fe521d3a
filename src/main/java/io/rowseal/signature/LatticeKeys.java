package io.rowseal.signature;

import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;

/** ML-DSA (FIPS 204), pure, with the empty context; signing is hedged. */
final class LatticeKeys {
  private LatticeKeys() {}

  static VerificationKey decode(
      SignatureAlgorithm algorithm, MLDSAParameters parameters, byte[] raw) {
    MLDSAPublicKeyParameters key = new MLDSAPublicKeyParameters(parameters, raw);
    return new CheckedKey(
        algorithm,
        (message, signature) -> {
          MLDSASigner verifier = new MLDSASigner();
          verifier.init(false, key);
          verifier.update(message, 0, message.length);
          return verifier.verifySignature(signature);
        });
  }

  static SigningKey generate(
      SignatureAlgorithm algorithm, MLDSAParameters parameters, SecureRandom random) {
    MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(random, parameters));
    MLDSAPrivateKeyParameters key =
        (MLDSAPrivateKeyParameters) generator.generateKeyPair().getPrivate();
    return signingKey(algorithm, key, key.getSeed(), random);
  }

  /** Of a seed or an expanded key. */
  static SigningKey signingKey(
      SignatureAlgorithm algorithm,
      MLDSAParameters parameters,
      byte[] privateKey,
      SecureRandom random) {
    MLDSAPrivateKeyParameters key = new MLDSAPrivateKeyParameters(parameters, privateKey);
    return signingKey(algorithm, key, privateKey, random);
  }

  private static SigningKey signingKey(
      SignatureAlgorithm algorithm,
      MLDSAPrivateKeyParameters key,
      byte[] privateKey,
      SecureRandom random) {
    return new SigningKey(
        algorithm,
        privateKey,
        key.getPublicKeyParameters().getEncoded(),
        message -> sign(key, message, random));
  }

  private static byte[] sign(MLDSAPrivateKeyParameters key, byte[] message, SecureRandom random) {
    try {
      MLDSASigner signer = new MLDSASigner();
      signer.init(true, new ParametersWithRandom(key, random));
      signer.update(message, 0, message.length);
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("signing failed", e);
    }
  }
}
