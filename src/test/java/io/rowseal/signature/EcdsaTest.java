package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Points that are no keys, and other spellings of keys and signatures, are refused. */
class EcdsaTest {
  private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  /** {@code y² = x³ + a x + b} modulo p, with n points (SEC 2, sections 2.4.1 and 2.4.2). */
  enum Curve {
    P256(
        SignatureAlgorithm.ES256,
        "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        "-3",
        "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
    SECP256K1(
        SignatureAlgorithm.ES256K,
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        "0",
        "7",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    final SignatureAlgorithm algorithm;
    final BigInteger p;
    final BigInteger a;
    final BigInteger b;
    final BigInteger n;

    Curve(SignatureAlgorithm algorithm, String p, String a, String b, String n) {
      this.algorithm = algorithm;
      this.p = new BigInteger(p, 16);
      this.a = new BigInteger(a, 16);
      this.b = new BigInteger(b, 16);
      this.n = new BigInteger(n, 16);
    }

    /** A y for this x, if there is one; p leaves 3 modulo 4. */
    Optional<BigInteger> y(BigInteger x) {
      BigInteger square = x.pow(3).add(a.multiply(x)).add(b).mod(p);
      BigInteger root = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
      return Optional.of(root).filter(y -> y.multiply(y).mod(p).equals(square));
    }

    /** The least x from here up that a point has, or that none has. */
    BigInteger x(int from, boolean ofAPoint) {
      BigInteger x = BigInteger.valueOf(from);
      while (y(x).isPresent() != ofAPoint) {
        x = x.add(BigInteger.ONE);
      }
      return x;
    }
  }

  private static byte[] point(int form, BigInteger... coordinates) {
    byte[] point = new byte[1 + 32 * coordinates.length];
    point[0] = (byte) form;
    for (int i = 0; i < coordinates.length; i++) {
      BigIntegers.asUnsignedByteArray(coordinates[i], point, 1 + 32 * i, 32);
    }
    return point;
  }

  private static void refuseKey(Curve curve, byte[] key, String what) {
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> curve.algorithm.publicKey(key), what).refusal(),
        what);
  }

  @ParameterizedTest
  @EnumSource
  void pointsHaveTwoFormsAndNoOther(Curve curve) {
    BigInteger x = curve.x(1, true);
    BigInteger y = curve.y(x).orElseThrow();
    curve.algorithm.publicKey(point(4, x, y));
    curve.algorithm.publicKey(point(y.testBit(0) ? 3 : 2, x));
    curve.algorithm.publicKey(point(y.testBit(0) ? 2 : 3, x));
    refuseKey(curve, point(y.testBit(0) ? 7 : 6, x, y), "hybrid");
    refuseKey(curve, point(y.testBit(0) ? 6 : 7, x, y), "hybrid with the other sign");
    for (int form : new int[] {0, 1, 4, 5, 6, 7, 0x82}) {
      refuseKey(curve, point(form, x), "33 bytes, form " + form);
    }
    for (int form : new int[] {0, 1, 2, 3, 5, 0x84}) {
      refuseKey(curve, point(form, x, y), "65 bytes, form " + form);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pointsThatAreNotOnTheCurve(Curve curve) {
    BigInteger x = curve.x(1, true);
    BigInteger y = curve.y(x).orElseThrow();
    refuseKey(curve, point(4, x, y.add(BigInteger.ONE)), "another y");
    refuseKey(curve, point(4, x, BigInteger.ZERO), "y = 0");
    refuseKey(curve, point(4, BigInteger.ZERO, BigInteger.ZERO), "origin");
    refuseKey(curve, point(2, curve.x(1, false)), "an x that no point has");
    refuseKey(curve, new byte[] {0}, "the point at infinity");
    refuseKey(curve, new byte[33], "the point at infinity, as long as a compressed point");
    refuseKey(curve, new byte[65], "the point at infinity, as long as a point");
  }

  /** A good point with a small x, spelled as x + p; the same for y. */
  @ParameterizedTest
  @EnumSource
  void coordinatesThatAreNotReduced(Curve curve) {
    BigInteger x = curve.x(1, true);
    BigInteger y = curve.y(x).orElseThrow();
    curve.algorithm.publicKey(point(2, x));
    refuseKey(curve, point(2, x.add(curve.p)), "x + p, compressed");
    refuseKey(curve, point(4, x.add(curve.p), y), "x + p");
    refuseKey(curve, point(2, curve.p), "x = p");
    refuseKey(curve, point(4, x, curve.p), "y = p");
  }

  @ParameterizedTest
  @EnumSource
  void signaturesThatAreNotReduced(Curve curve) {
    SigningKey key = SigningKey.generate(curve.algorithm, new SecureRandom());
    VerificationKey verification = curve.algorithm.publicKey(key.publicKey());
    byte[] signature = key.sign(MESSAGE);
    verification.verify(MESSAGE, signature);
    BigInteger r = new BigInteger(1, Arrays.copyOf(signature, 32));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    BigInteger zero = BigInteger.ZERO;
    BigInteger ones = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    BigInteger[][] pairs = {
      {zero, zero},
      {zero, s},
      {r, zero},
      {curve.n, s},
      {r, curve.n},
      {ones, s},
      {r, ones},
      {s, r},
      {r, curve.n.subtract(s)},
      {curve.n.subtract(r), s},
      {BigInteger.ONE, BigInteger.ONE}
    };
    for (BigInteger[] pair : pairs) {
      byte[] other = Arrays.copyOfRange(point(0, pair), 1, 65);
      assertEquals(
          Refusal.SIGNATURE_INVALID,
          assertThrows(RefusedException.class, () -> verification.verify(MESSAGE, other)).refusal(),
          () -> "r = " + pair[0] + ", s = " + pair[1]);
    }
  }

  /** The encoding of X.509 and most libraries' default: a SEQUENCE of two INTEGERs. */
  @ParameterizedTest
  @EnumSource
  void signaturesInDer(Curve curve) {
    SigningKey key = SigningKey.generate(curve.algorithm, new SecureRandom());
    byte[] signature = key.sign(MESSAGE);
    byte[] r = new BigInteger(1, Arrays.copyOf(signature, 32)).toByteArray();
    byte[] s = new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)).toByteArray();
    byte[] der = new byte[6 + r.length + s.length];
    der[0] = 0x30;
    der[1] = (byte) (der.length - 2);
    integer(der, 2, r);
    integer(der, 4 + r.length, s);
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(
                RefusedException.class,
                () -> curve.algorithm.publicKey(key.publicKey()).verify(MESSAGE, der))
            .refusal());
  }

  private static void integer(byte[] der, int at, byte[] number) {
    der[at] = 2;
    der[at + 1] = (byte) number.length;
    System.arraycopy(number, 0, der, at + 2, number.length);
  }

  /** RFC 6979, appendix A.2.5, SHA-256: the signature of "sample" there has the greater s. */
  @ParameterizedTest
  @CsvSource({
    "test,f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367,"
        + "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083,true",
    "sample,efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716,"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8,false"
  })
  void thoseOfTheRfc(String message, String r, String s, boolean small) {
    VerificationKey key =
        SignatureAlgorithm.ES256.publicKey(
            HexFormat.of()
                .parseHex(
                    "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    BigInteger smaller =
        small ? new BigInteger(s, 16) : Curve.P256.n.subtract(new BigInteger(s, 16));
    key.verify(bytes, HexFormat.of().parseHex(r + "%064x".formatted(smaller)));
    if (!small) {
      assertThrows(RefusedException.class, () -> key.verify(bytes, HexFormat.of().parseHex(r + s)));
    }
  }

  /** The two forms of one point are two keys with two owner ids, for the same signatures. */
  @Test
  void bothFormsVerify() {
    SigningKey key = SigningKey.generate(SignatureAlgorithm.ES256, new SecureRandom());
    byte[] compressed = key.publicKey();
    BigInteger x = new BigInteger(1, Arrays.copyOfRange(compressed, 1, 33));
    BigInteger y = Curve.P256.y(x).orElseThrow();
    BigInteger right = y.testBit(0) == (compressed[0] == 3) ? y : Curve.P256.p.subtract(y);
    SignatureAlgorithm.ES256.publicKey(point(4, x, right)).verify(MESSAGE, key.sign(MESSAGE));
  }
}
