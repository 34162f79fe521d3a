package io.rowseal.signature;

import io.rowseal.error.Refusal;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Public keys as DER SubjectPublicKeyInfo (RFC 5280, section 4.1), which name their own algorithm.
 */
final class Spki {
  /** Room for the largest raw key, and as much again for what is around it. */
  private static final int LONGEST = 2 * 2592;

  /** Object identifiers of RFC 8410 (EdDSA), RFC 5480 (curves), FIPS 204 and FIPS 205. */
  private static final Map<SignatureAlgorithm, AlgorithmIdentifier> IDENTIFIERS =
      Map.of(
          SignatureAlgorithm.ED25519, identifier(new ASN1ObjectIdentifier("1.3.101.112")),
          SignatureAlgorithm.ED448, identifier(new ASN1ObjectIdentifier("1.3.101.113")),
          SignatureAlgorithm.ES256, curve(Ecdsa.P256),
          SignatureAlgorithm.ES256K, curve(Ecdsa.SECP256K1),
          SignatureAlgorithm.ML_DSA_44, identifier(NISTObjectIdentifiers.id_ml_dsa_44),
          SignatureAlgorithm.ML_DSA_65, identifier(NISTObjectIdentifiers.id_ml_dsa_65),
          SignatureAlgorithm.ML_DSA_87, identifier(NISTObjectIdentifiers.id_ml_dsa_87),
          SignatureAlgorithm.SLH_DSA_SHA2_128S,
              identifier(NISTObjectIdentifiers.id_slh_dsa_sha2_128s));

  private static final Map<AlgorithmIdentifier, SignatureAlgorithm> ALGORITHMS =
      IDENTIFIERS.entrySet().stream()
          .collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

  /** What a SubjectPublicKeyInfo holds. */
  record Content(SignatureAlgorithm algorithm, byte[] publicKey) {}

  private Spki() {}

  static byte[] encode(SignatureAlgorithm algorithm, byte[] publicKey) {
    try {
      return new SubjectPublicKeyInfo(IDENTIFIERS.get(algorithm), publicKey)
          .getEncoded(ASN1Encoding.DER);
    } catch (IOException e) {
      throw new IllegalStateException("DER encoding failed", e);
    }
  }

  /**
   * Reads a SubjectPublicKeyInfo.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it is not one in DER or names an unknown
   *     algorithm
   */
  static Content decode(byte[] der) {
    if (der.length > LONGEST) {
      throw Refusal.MALFORMED.because(
          "the public key has " + der.length + " bytes, more than any key needs");
    }
    try {
      SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(der);
      SignatureAlgorithm algorithm = info == null ? null : ALGORITHMS.get(info.getAlgorithm());
      byte[] key = info == null ? null : info.getPublicKeyData().getOctets();
      // Encoding it again is the strictest check that there is: one key, one spelling, one owner
      // id.
      if (algorithm != null && Arrays.equals(encode(algorithm, key), der)) {
        return new Content(algorithm, key);
      }
    } catch (RuntimeException e) {
      // Refused below, like everything else that is not exactly right.
    }
    throw Refusal.MALFORMED.because(
        "the public key is not a DER SubjectPublicKeyInfo of one of "
            + String.join(", ", SignatureAlgorithm.labels()));
  }

  private static AlgorithmIdentifier identifier(ASN1ObjectIdentifier algorithm) {
    return new AlgorithmIdentifier(algorithm);
  }

  private static AlgorithmIdentifier curve(Ecdsa ecdsa) {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, ecdsa.curve());
  }
}
