package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SignatureTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private static Refusal refusal(VerificationKey key, byte[] message, byte[] signature) {
    return assertThrows(RefusedException.class, () -> key.verify(message, signature)).refusal();
  }

  @ParameterizedTest
  @EnumSource
  void verifiesWhatWasSignedAndNoMutation(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    VerificationKey verification = algorithm.publicKey(key.publicKey());
    byte[] signature = key.sign(MESSAGE);
    verification.verify(MESSAGE, signature);
    assertEquals(algorithm.signatureLength(), signature.length);
    int step = Math.max(1, signature.length / 150);
    for (int i = 0; i < signature.length; i += step) {
      byte[] mutant = signature.clone();
      mutant[i] ^= (byte) (1 << (i % 8));
      assertEquals(Refusal.SIGNATURE_INVALID, refusal(verification, MESSAGE, mutant), "byte " + i);
    }
    assertEquals(Refusal.SIGNATURE_INVALID, refusal(verification, new byte[0], signature));
    assertEquals(Refusal.NOT_SIGNED, refusal(verification, MESSAGE, new byte[0]));
    assertEquals(
        Refusal.MALFORMED,
        refusal(verification, MESSAGE, Arrays.copyOf(signature, signature.length - 1)));
    assertEquals(
        Refusal.MALFORMED,
        refusal(verification, MESSAGE, Arrays.copyOf(signature, signature.length + 1)));
  }

  @ParameterizedTest
  @EnumSource
  void keysOfTheWrongLengthAreMalformed(SignatureAlgorithm algorithm) {
    byte[] key = SigningKey.generate(algorithm, new SecureRandom()).publicKey();
    for (int length : new int[] {0, key.length - 1, key.length + 1, 1 << 20}) {
      assertEquals(
          Refusal.MALFORMED,
          assertThrows(
                  RefusedException.class, () -> algorithm.publicKey(Arrays.copyOf(key, length)))
              .refusal());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ES256,ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    "ES256K,fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
  })
  void theOtherSOfAnEcdsaSignatureIsRefused(String label, String order) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.named(label).orElseThrow();
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    byte[] signature = key.sign(MESSAGE);
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    String high = "%064x".formatted(new BigInteger(order, 16).subtract(s));
    System.arraycopy(HexFormat.of().parseHex(high), 0, signature, 32, 32);
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        refusal(algorithm.publicKey(key.publicKey()), MESSAGE, signature));
  }

  /**
   * The order of the group added to S gives another spelling of the same signature (RFC 8032,
   * section 5.1.7).
   */
  @Test
  void theOtherSOfAnEd25519SignatureIsRefused() {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    byte[] signature = key.sign(MESSAGE);
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] s = new byte[33];
    for (int i = 0; i < 32; i++) {
      s[32 - i] = signature[32 + i];
    }
    byte[] sum = new BigInteger(s).add(order).toByteArray();
    for (int i = 0; i < 32; i++) {
      signature[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
    }
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        refusal(SignatureAlgorithm.ED25519.publicKey(key.publicKey()), MESSAGE, signature));
  }

  @ParameterizedTest
  @CsvSource({
    "Ed25519,0100000000000000000000000000000000000000000000000000000000000000",
    "Ed25519,0000000000000000000000000000000000000000000000000000000000000000",
    "Ed25519,eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "ES256,020000000000000000000000000000000000000000000000000000000000000001ff",
    "ES256K,05029e188b271c67677d9bcca0345dbde921841576688cb536b8f91d489d191e9c"
  })
  void pointsThatAreNoKeysAreMalformed(String label, String key) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.named(label).orElseThrow();
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(
                RefusedException.class, () -> algorithm.publicKey(HexFormat.of().parseHex(key)))
            .refusal());
  }

  @ParameterizedTest
  @EnumSource
  void spkiNamesItsAlgorithmInOneSpelling(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    KeyReader all = KeyReader.spki(EnumSet.allOf(SignatureAlgorithm.class));
    all.read(key.spki()).verify(MESSAGE, key.sign(MESSAGE));
    KeyReader others = KeyReader.spki(EnumSet.complementOf(EnumSet.of(algorithm)));
    assertThrows(RefusedException.class, () -> others.read(key.spki()));
    assertThrows(RefusedException.class, () -> all.read(key.publicKey()));
    assertThrows(
        RefusedException.class, () -> all.read(Arrays.copyOf(key.spki(), key.spki().length + 1)));
  }

  /** FIPS 180-4 and FIPS 202 examples: the digests of no bytes at all. */
  @ParameterizedTest
  @CsvSource({
    "SHA-256,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "SHA3-256,a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"
  })
  void digests(String label, String digest) {
    assertEquals(
        digest,
        HexFormat.of().formatHex(HashAlgorithm.named(label).orElseThrow().digest(new byte[0])));
  }
}
