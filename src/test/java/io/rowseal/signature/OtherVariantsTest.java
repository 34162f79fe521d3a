package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.generators.SLHDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed448PrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithContext;
import org.bouncycastle.crypto.params.SLHDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.SLHDSAParameters;
import org.bouncycastle.crypto.params.SLHDSAPublicKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519ctxSigner;
import org.bouncycastle.crypto.signers.Ed25519phSigner;
import org.bouncycastle.crypto.signers.Ed448Signer;
import org.bouncycastle.crypto.signers.Ed448phSigner;
import org.bouncycastle.crypto.signers.HashMLDSASigner;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.bouncycastle.crypto.signers.SLHDSASigner;
import org.junit.jupiter.api.Test;

/**
 * The variants with a context or a hash in between are other schemes: their signatures are not
 * taken.
 */
class OtherVariantsTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);
  private static final byte[] CONTEXT = {1};
  private static final byte[] NONE = {};
  private static final SecureRandom RANDOM = new SecureRandom();

  private static byte[] signed(Signer signer) {
    signer.update(MESSAGE, 0, MESSAGE.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void refuse(VerificationKey key, byte[] signature) {
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        assertThrows(RefusedException.class, () -> key.verify(MESSAGE, signature)).refusal());
  }

  @Test
  void ed25519() {
    var secret = new Ed25519PrivateKeyParameters(RANDOM);
    VerificationKey key =
        SignatureAlgorithm.ED25519.publicKey(secret.generatePublicKey().getEncoded());
    for (Signer signer : new Signer[] {new Ed25519ctxSigner(CONTEXT), new Ed25519phSigner(NONE)}) {
      signer.init(true, secret);
      refuse(key, signed(signer));
    }
  }

  @Test
  void ed448() {
    var secret = new Ed448PrivateKeyParameters(RANDOM);
    VerificationKey key =
        SignatureAlgorithm.ED448.publicKey(secret.generatePublicKey().getEncoded());
    Signer pure = new Ed448Signer(NONE);
    pure.init(true, secret);
    key.verify(MESSAGE, signed(pure));
    for (Signer signer : new Signer[] {new Ed448Signer(CONTEXT), new Ed448phSigner(NONE)}) {
      signer.init(true, secret);
      refuse(key, signed(signer));
    }
  }

  @Test
  void mlDsa() {
    MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(RANDOM, MLDSAParameters.ml_dsa_44));
    var pair = generator.generateKeyPair();
    VerificationKey key =
        SignatureAlgorithm.ML_DSA_44.publicKey(
            ((MLDSAPublicKeyParameters) pair.getPublic()).getEncoded());
    MLDSASigner pure = new MLDSASigner();
    pure.init(true, new ParametersWithContext(pair.getPrivate(), NONE));
    key.verify(MESSAGE, signed(pure));
    MLDSASigner withContext = new MLDSASigner();
    withContext.init(true, new ParametersWithContext(pair.getPrivate(), CONTEXT));
    refuse(key, signed(withContext));
    HashMLDSASigner ofHash = new HashMLDSASigner();
    ofHash.init(true, pair.getPrivate());
    refuse(key, signed(ofHash));
  }

  @Test
  void slhDsa() {
    SLHDSAKeyPairGenerator generator = new SLHDSAKeyPairGenerator();
    generator.init(new SLHDSAKeyGenerationParameters(RANDOM, SLHDSAParameters.sha2_128s));
    var pair = generator.generateKeyPair();
    VerificationKey key =
        SignatureAlgorithm.SLH_DSA_SHA2_128S.publicKey(
            ((SLHDSAPublicKeyParameters) pair.getPublic()).getEncoded());
    SLHDSASigner signer = new SLHDSASigner();
    signer.init(true, new ParametersWithContext(pair.getPrivate(), CONTEXT));
    refuse(key, signer.generateSignature(MESSAGE));
  }
}
