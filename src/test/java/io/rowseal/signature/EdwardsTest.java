package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.signature.EdwardsCurve.Point;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Keys under which a signature would prove nothing, and other spellings of keys and signatures, are
 * refused.
 */
class EdwardsTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  private static void refuseKey(EdwardsCurve curve, byte[] key, String what) {
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> curve.algorithm.publicKey(key), what).refusal(),
        what);
  }

  private static void refuseSignature(VerificationKey key, byte[] signature, String what) {
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        assertThrows(RefusedException.class, () -> key.verify(MESSAGE, signature), what).refusal(),
        what);
  }

  /** Of such a key, one signature fits many messages. */
  @ParameterizedTest
  @EnumSource
  void keysOfSmallOrder(EdwardsCurve curve) {
    Point torsion = curve.torsion();
    Point point = torsion;
    for (int i = 1; i <= curve.cofactor; i++) {
      refuseKey(curve, curve.encode(point), i + " times the point of small order");
      point = curve.add(point, torsion);
    }
    assertEquals(torsion, point, "the order is the cofactor");
    refuseKey(curve, curve.encode(BigInteger.ONE, true), "the neutral point with the other sign");
  }

  /** An honest key with a part of small order: two spellings for one secret. */
  @ParameterizedTest
  @EnumSource
  void keysOfMixedOrder(EdwardsCurve curve) {
    Point honest =
        curve.decode(SigningKey.generate(curve.algorithm, new SecureRandom()).publicKey());
    curve.algorithm.publicKey(curve.encode(honest));
    Point mixed = honest;
    for (int i = 1; i < curve.cofactor; i++) {
      mixed = curve.add(mixed, curve.torsion());
      refuseKey(curve, curve.encode(mixed), "honest, and " + i + " times small");
    }
  }

  /**
   * A point with a small y, spelled as y + p. On Ed448 some of them would be good keys but for the
   * spelling; on Ed25519, where y + p fits for y below 19 only, all are of mixed or small order
   * anyway.
   */
  @ParameterizedTest
  @EnumSource
  void keysThatAreNotReduced(EdwardsCurve curve) {
    int tried = 0;
    for (int y = 2; y < (curve == EdwardsCurve.ED25519 ? 19 : 100); y++) {
      Optional<Point> point = curve.at(BigInteger.valueOf(y));
      byte[] unreduced = curve.encode(curve.p.add(BigInteger.valueOf(y)), false);
      refuseKey(curve, unreduced, "y = " + y + " + p");
      if (point.isPresent()
          && curve.multiply(curve.order, point.get()).equals(EdwardsCurve.NEUTRAL)) {
        curve.algorithm.publicKey(curve.encode(point.get()));
        tried++;
      }
    }
    assertEquals(curve == EdwardsCurve.ED448, tried > 0, "good points but for their spelling");
  }

  @ParameterizedTest
  @EnumSource
  void keysThatAreNoPoints(EdwardsCurve curve) {
    BigInteger y = BigInteger.TWO;
    while (curve.at(y).isPresent()) {
      y = y.add(BigInteger.ONE);
    }
    refuseKey(curve, curve.encode(y, false), "not on the curve");
    byte[] ones = new byte[curve.algorithm.signatureLength() / 2];
    Arrays.fill(ones, (byte) 0xff);
    refuseKey(curve, ones, "all ones");
  }

  /** The last byte of an Ed448 key has one bit only. */
  @ParameterizedTest
  @EnumSource(names = "ED448")
  void keysWithStrayBits(EdwardsCurve curve) {
    byte[] key = SigningKey.generate(curve.algorithm, new SecureRandom()).publicKey();
    for (int bit = 0; bit < 7; bit++) {
      byte[] stray = key.clone();
      stray[56] |= (byte) (1 << bit);
      refuseKey(curve, stray, "bit " + bit);
    }
  }

  /**
   * S and S + L would verify alike, so everybody could make the second (RFC 8032, section 5.1.7).
   */
  @ParameterizedTest
  @EnumSource
  void signaturesThatAreNotReduced(EdwardsCurve curve) {
    SigningKey key = SigningKey.generate(curve.algorithm, new SecureRandom());
    VerificationKey verification = curve.algorithm.publicKey(key.publicKey());
    byte[] signature = key.sign(MESSAGE);
    verification.verify(MESSAGE, signature);
    int half = signature.length / 2;
    BigInteger s =
        new BigInteger(
            1, EdwardsCurve.reverse(Arrays.copyOfRange(signature, half, signature.length)));
    BigInteger room = BigInteger.TWO.pow(8 * half);
    for (int i = 1; i < 40; i++) {
      BigInteger sum = s.add(curve.order.multiply(BigInteger.valueOf(i)));
      if (sum.compareTo(room) < 0) {
        refuseSignature(verification, with(signature, half, sum), "S + " + i + " L");
      }
    }
    refuseSignature(verification, with(signature, half, curve.order), "S = L");
    refuseSignature(verification, with(signature, half, curve.order.subtract(s)), "S = L - S");
  }

  /** What is in place of R must be R: no point of small order can be added to it. */
  @ParameterizedTest
  @EnumSource
  void signaturesWithAnotherR(EdwardsCurve curve) {
    SigningKey key = SigningKey.generate(curve.algorithm, new SecureRandom());
    VerificationKey verification = curve.algorithm.publicKey(key.publicKey());
    byte[] signature = key.sign(MESSAGE);
    int half = signature.length / 2;
    Point r = curve.decode(Arrays.copyOf(signature, half));
    for (int i = 1; i < curve.cofactor; i++) {
      r = curve.add(r, curve.torsion());
      byte[] other = signature.clone();
      System.arraycopy(curve.encode(r), 0, other, 0, half);
      refuseSignature(verification, other, "R and " + i + " times small");
    }
    byte[] neutral = new byte[signature.length];
    refuseSignature(verification, neutral, "all zero");
    neutral[0] = 1;
    refuseSignature(verification, neutral, "neutral R, S = 0");
  }

  /**
   * An owner who adds a point of small order to R before hashing it makes a signature that verifies
   * with the cofactor and not without. RFC 8032 allows both; peers must do the same. Nobody else
   * can make one, since R is hashed.
   */
  @Test
  void verificationIsWithTheCofactor() throws NoSuchAlgorithmException {
    EdwardsCurve curve = EdwardsCurve.ED25519;
    BigInteger fifth = BigInteger.valueOf(5).modInverse(curve.p);
    Point base = curve.at(BigInteger.valueOf(4).multiply(fifth).mod(curve.p)).orElseThrow();
    BigInteger secret = new BigInteger(250, new SecureRandom());
    byte[] publicKey = curve.encode(curve.multiply(secret, base));
    VerificationKey key = curve.algorithm.publicKey(publicKey);
    BigInteger nonce = new BigInteger(250, new SecureRandom());
    Point r = curve.multiply(nonce, base);
    for (int i = 0; i < curve.cofactor; i++) {
      byte[] signature = Arrays.copyOf(curve.encode(r), 64);
      MessageDigest digest = MessageDigest.getInstance("SHA-512");
      digest.update(signature, 0, 32);
      digest.update(publicKey);
      BigInteger hash = new BigInteger(1, EdwardsCurve.reverse(digest.digest(MESSAGE)));
      key.verify(MESSAGE, with(signature, 32, hash.multiply(secret).add(nonce).mod(curve.order)));
      r = curve.add(r, curve.torsion());
    }
  }

  private static byte[] with(byte[] signature, int half, BigInteger s) {
    byte[] other = signature.clone();
    System.arraycopy(EdwardsCurve.littleEndian(s, half), 0, other, half, half);
    return other;
  }
}
