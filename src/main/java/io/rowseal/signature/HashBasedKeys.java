package io.rowseal.signature;

import java.security.SecureRandom;
import org.bouncycastle.crypto.generators.SLHDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.params.SLHDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.SLHDSAParameters;
import org.bouncycastle.crypto.params.SLHDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.SLHDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.SLHDSASigner;

/** SLH-DSA-SHA2-128s (FIPS 205), pure, with the empty context; signing is hedged. */
final class HashBasedKeys {
  private static final SLHDSAParameters PARAMETERS = SLHDSAParameters.sha2_128s;

  private HashBasedKeys() {}

  static VerificationKey decode(SignatureAlgorithm algorithm, byte[] raw) {
    SLHDSAPublicKeyParameters key = new SLHDSAPublicKeyParameters(PARAMETERS, raw);
    return new CheckedKey(
        algorithm,
        (message, signature) -> {
          SLHDSASigner verifier = new SLHDSASigner();
          verifier.init(false, key);
          return verifier.verifySignature(message, signature);
        });
  }

  static SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    SLHDSAKeyPairGenerator generator = new SLHDSAKeyPairGenerator();
    generator.init(new SLHDSAKeyGenerationParameters(random, PARAMETERS));
    return signingKey(
        algorithm,
        ((SLHDSAPrivateKeyParameters) generator.generateKeyPair().getPrivate()).getEncoded(),
        random);
  }

  static SigningKey signingKey(
      SignatureAlgorithm algorithm, byte[] privateKey, SecureRandom random) {
    SLHDSAPrivateKeyParameters key = new SLHDSAPrivateKeyParameters(PARAMETERS, privateKey);
    return new SigningKey(
        algorithm,
        privateKey,
        key.getEncodedPublicKey(),
        message -> {
          SLHDSASigner signer = new SLHDSASigner();
          signer.init(true, new ParametersWithRandom(key, random));
          return signer.generateSignature(message);
        });
  }
}
