package io.rowseal.signature;

import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Arithmetic on the two curves of RFC 8032, {@code a x² + y² = 1 + d x² y²}: slow, plain, and only
 * to make the points that no honest key generator makes.
 */
enum EdwardsCurve {
  ED25519(
      SignatureAlgorithm.ED25519,
      BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19)),
      BigInteger.ONE.negate(),
      "37095705934669439343138083508754565189542113879843219016388785533085940283555",
      BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493")),
      8),
  ED448(
      SignatureAlgorithm.ED448,
      BigInteger.TWO.pow(448).subtract(BigInteger.TWO.pow(224)).subtract(BigInteger.ONE),
      BigInteger.ONE,
      "-39081",
      BigInteger.TWO
          .pow(446)
          .subtract(new BigInteger("8335dc163bb124b65129c96fde933d8d723a70aadc873d6d54a7bb0d", 16)),
      4);

  final SignatureAlgorithm algorithm;
  final BigInteger p;
  final BigInteger order;
  final int cofactor;
  private final BigInteger a;
  private final BigInteger d;

  EdwardsCurve(
      SignatureAlgorithm algorithm,
      BigInteger p,
      BigInteger a,
      String d,
      BigInteger order,
      int cofactor) {
    this.algorithm = algorithm;
    this.p = p;
    this.a = a;
    this.d = new BigInteger(d);
    this.order = order;
    this.cofactor = cofactor;
  }

  record Point(BigInteger x, BigInteger y) {}

  static final Point NEUTRAL = new Point(BigInteger.ZERO, BigInteger.ONE);

  Point add(Point s, Point t) {
    BigInteger product = d.multiply(s.x).multiply(t.x).multiply(s.y).multiply(t.y).mod(p);
    BigInteger x = s.x.multiply(t.y).add(s.y.multiply(t.x));
    BigInteger y = s.y.multiply(t.y).subtract(a.multiply(s.x).multiply(t.x));
    return new Point(
        x.multiply(BigInteger.ONE.add(product).modInverse(p)).mod(p),
        y.multiply(BigInteger.ONE.subtract(product).modInverse(p)).mod(p));
  }

  Point multiply(BigInteger factor, Point point) {
    Point sum = NEUTRAL;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      sum = add(sum, sum);
      sum = factor.testBit(bit) ? add(sum, point) : sum;
    }
    return sum;
  }

  /** The point with this y and the even x, if there is one. */
  Optional<Point> at(BigInteger y) {
    BigInteger square = y.multiply(y).mod(p);
    BigInteger x2 =
        BigInteger.ONE
            .subtract(square)
            .multiply(a.subtract(d.multiply(square)).modInverse(p))
            .mod(p);
    return root(x2).map(x -> new Point(x.testBit(0) ? p.subtract(x) : x, y));
  }

  private Optional<BigInteger> root(BigInteger square) {
    BigInteger exponent =
        this == ED25519
            ? p.add(BigInteger.valueOf(3)).shiftRight(3)
            : p.add(BigInteger.ONE).shiftRight(2);
    BigInteger root = square.modPow(exponent, p);
    BigInteger rootOfMinusOne = BigInteger.TWO.modPow(p.subtract(BigInteger.ONE).shiftRight(2), p);
    return Stream.of(root, root.multiply(rootOfMinusOne).mod(p))
        .filter(r -> r.multiply(r).mod(p).equals(square))
        .findFirst();
  }

  /** A point whose order is the cofactor, so that its multiples are all points of small order. */
  Point torsion() {
    for (BigInteger y = BigInteger.TWO; ; y = y.add(BigInteger.ONE)) {
      Optional<Point> torsion = at(y).map(point -> multiply(order, point));
      if (torsion.isPresent()
          && !multiply(BigInteger.valueOf(cofactor / 2), torsion.get()).equals(NEUTRAL)) {
        return torsion.get();
      }
    }
  }

  Point decode(byte[] encoded) {
    byte[] bigEndian = reverse(encoded);
    boolean odd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7f;
    Point even = at(new BigInteger(1, bigEndian)).orElseThrow();
    return odd ? new Point(p.subtract(even.x), even.y) : even;
  }

  byte[] encode(Point point) {
    return encode(point.y, point.x.testBit(0));
  }

  /** Whatever the numbers are: y may be p or more. */
  byte[] encode(BigInteger y, boolean odd) {
    int length = algorithm.signatureLength() / 2;
    byte[] encoded = littleEndian(y, length);
    if (odd) {
      encoded[length - 1] |= (byte) 0x80;
    }
    return encoded;
  }

  static byte[] littleEndian(BigInteger number, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = number.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  static byte[] reverse(byte[] bytes) {
    byte[] reversed = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      reversed[i] = bytes[bytes.length - 1 - i];
    }
    return reversed;
  }
}
