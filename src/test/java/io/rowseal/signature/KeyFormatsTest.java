package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Private keys come from and go to the formats in which others keep them. */
class KeyFormatsTest {
  private static final byte[] MESSAGE = {1, 2, 3};

  private static void assertSame(SigningKey expected, SigningKey actual) {
    assertEquals(expected.algorithm(), actual.algorithm());
    assertArrayEquals(expected.publicKey(), actual.publicKey());
    assertArrayEquals(expected.raw(), actual.raw());
    expected.algorithm().publicKey(expected.publicKey()).verify(MESSAGE, actual.sign(MESSAGE));
  }

  @ParameterizedTest
  @EnumSource
  void aKeyComesBackFromEveryFormat(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    assertSame(key, SigningKey.ofRaw(algorithm, key.raw()));
    assertSame(key, SigningKey.ofPkcs8(key.pkcs8()));
    assertSame(key, SigningKey.ofPem("Bag Attributes\n" + key.pem()));
    assertSame(key, SigningKey.ofJwk(key.jwk()));
    assertFalse(key.toString().contains(HexFormat.of().formatHex(key.raw())));
  }

  /** RFC 8032, section 7.1, test 1, and RFC 8037, appendix A.1. */
  @Test
  void keysOfTheStandards() {
    SigningKey key =
        SigningKey.ofJwk(
            Map.of(
                "kty", "OKP",
                "crv", "Ed25519",
                "d", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
                "x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                "kid", "any"));
    assertEquals(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        HexFormat.of().formatHex(key.raw()));
  }

  /** RFC 9881: a private key is a seed, an expanded key, or both. */
  @Test
  void anExpandedLatticeKeyIsTheSameKey() {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ML_DSA_44, new SecureRandom());
    byte[] expanded =
        new MLDSAPrivateKeyParameters(MLDSAParameters.ml_dsa_44, key.raw()).getEncoded();
    SigningKey same = SigningKey.ofRaw(SignatureAlgorithm.ML_DSA_44, expanded);
    assertArrayEquals(key.publicKey(), same.publicKey());
    assertArrayEquals(key.publicKey(), SigningKey.ofPkcs8(same.pkcs8()).publicKey());
    assertEquals(32, key.raw().length);
  }

  @ParameterizedTest
  @CsvSource({"Ed25519, Ed25519, ED25519", "Ed448, Ed448, ED448", "EC, secp256r1, ES256"})
  void keysOfTheJdk(String name, String parameters, SignatureAlgorithm algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(name);
    if (name.equals("EC")) {
      generator.initialize(new ECGenParameterSpec(parameters));
    }
    KeyPair pair = generator.generateKeyPair();
    SigningKey key = SigningKey.ofPkcs8(pair.getPrivate().getEncoded());
    assertEquals(algorithm, key.algorithm());
    assertArrayEquals(
        pair.getPublic().getEncoded(), name.equals("EC") ? key.uncompressed().spki() : key.spki());
  }

  @Test
  void whatIsNoKeyIsRefused() {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    assertThrows(IllegalArgumentException.class, () -> SigningKey.ofPem("-----BEGIN X-----"));
    assertThrows(IllegalArgumentException.class, () -> SigningKey.ofPkcs8(new byte[] {0x30, 0}));
    assertThrows(IllegalArgumentException.class, () -> SigningKey.ofPkcs8(key.spki()));
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      assertThrows(IllegalArgumentException.class, () -> SigningKey.ofRaw(algorithm, new byte[31]));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> SigningKey.ofRaw(SignatureAlgorithm.ES256, new byte[32]));
    assertThrows(IllegalArgumentException.class, () -> SigningKey.ofJwk(Map.of()));
    Map<String, String> jwk = new HashMap<>(key.jwk());
    jwk.put("x", "AAAA");
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> SigningKey.ofJwk(jwk))
            .getMessage()
            .contains("x"));
  }

  /** A module may return either s; both become the one that is welcome. */
  @Test
  void aKeyThatIsHeldElsewhereGetsTheSmallerS() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    byte[] publicKey = SigningKey.ofPkcs8(pair.getPrivate().getEncoded()).publicKey();
    OwnerKey key =
        OwnerKey.heldElsewhere(
            SignatureAlgorithm.ES256,
            publicKey,
            message -> {
              try {
                Signature signer = Signature.getInstance("SHA256withECDSAinP1363Format");
                signer.initSign(pair.getPrivate());
                signer.update(message);
                return signer.sign();
              } catch (java.security.GeneralSecurityException e) {
                throw new IllegalStateException(e);
              }
            });
    VerificationKey verifier = SignatureAlgorithm.ES256.publicKey(publicKey);
    for (int i = 0; i < 16; i++) {
      byte[] signature = key.sign(MESSAGE);
      verifier.verify(MESSAGE, signature);
      BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
      assertTrue(s.bitLength() <= 255);
    }
  }
}
