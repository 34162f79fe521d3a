package io.rowseal.signature;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.util.BigIntegers;

/**
 * ECDSA with SHA-256 (FIPS 186-5, section 6). Of the two values of s that verify, only the smaller
 * is taken: with both, anybody could turn a signature into another one.
 */
enum Ecdsa {
  P256(SECObjectIdentifiers.secp256r1),
  SECP256K1(SECObjectIdentifiers.secp256k1);

  private static final int SCALAR = 32;

  private final ECNamedDomainParameters domain;
  private final BigInteger halfOrder;

  Ecdsa(ASN1ObjectIdentifier curve) {
    this.domain = new ECNamedDomainParameters(curve, CustomNamedCurves.getByOID(curve));
    this.halfOrder = domain.getN().shiftRight(1);
  }

  VerificationKey decode(SignatureAlgorithm algorithm, byte[] raw) {
    boolean compressed = raw.length == 1 + SCALAR && (raw[0] == 2 || raw[0] == 3);
    boolean uncompressed = raw.length == 1 + 2 * SCALAR && raw[0] == 4;
    if (!compressed && !uncompressed) {
      throw new IllegalArgumentException("not a SEC1 point");
    }
    // decodePoint refuses what is not on the curve, and both curves have cofactor 1.
    ECPublicKeyParameters key =
        new ECPublicKeyParameters(domain.getCurve().decodePoint(raw), domain);
    return new CheckedKey(algorithm, (message, signature) -> verifies(key, message, signature));
  }

  SigningKey generate(SignatureAlgorithm algorithm, SecureRandom random) {
    ECKeyPairGenerator generator = new ECKeyPairGenerator();
    generator.init(new ECKeyGenerationParameters(domain, random));
    ECPrivateKeyParameters key = (ECPrivateKeyParameters) generator.generateKeyPair().getPrivate();
    return signingKey(algorithm, BigIntegers.asUnsignedByteArray(SCALAR, key.getD()));
  }

  SigningKey signingKey(SignatureAlgorithm algorithm, byte[] scalar) {
    if (scalar.length != SCALAR) {
      throw new IllegalArgumentException("a private key has 32 bytes, not " + scalar.length);
    }
    // Refuses what is not between 1 and the order of the group.
    ECPrivateKeyParameters key = new ECPrivateKeyParameters(new BigInteger(1, scalar), domain);
    byte[] publicKey =
        new FixedPointCombMultiplier().multiply(domain.getG(), key.getD()).getEncoded(true);
    return new SigningKey(algorithm, scalar, publicKey, message -> sign(key, message));
  }

  byte[] uncompressed(byte[] publicKey) {
    return domain.getCurve().decodePoint(publicKey).getEncoded(false);
  }

  /** With the smaller s. */
  byte[] normalized(byte[] signature) {
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, SCALAR, 2 * SCALAR));
    return signature(Arrays.copyOf(signature, SCALAR), s.min(domain.getN().subtract(s)));
  }

  private static byte[] signature(byte[] r, BigInteger s) {
    byte[] signature = Arrays.copyOf(r, 2 * SCALAR);
    BigIntegers.asUnsignedByteArray(s, signature, SCALAR, SCALAR);
    return signature;
  }

  private boolean verifies(ECPublicKeyParameters key, byte[] message, byte[] signature) {
    BigInteger r = new BigInteger(1, Arrays.copyOf(signature, SCALAR));
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(signature, SCALAR, 2 * SCALAR));
    if (s.compareTo(halfOrder) > 0) {
      return false;
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, key);
    return verifier.verifySignature(sha256(message), r, s);
  }

  private byte[] sign(ECPrivateKeyParameters key, byte[] message) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, key);
    BigInteger[] rs = signer.generateSignature(sha256(message));
    BigInteger s = rs[1].min(domain.getN().subtract(rs[1]));
    return signature(BigIntegers.asUnsignedByteArray(SCALAR, rs[0]), s);
  }

  private static byte[] sha256(byte[] message) {
    return HashAlgorithm.SHA_256.digest(message);
  }
}
