package io.rowseal.signature;

import io.rowseal.error.Refusal;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * Public keys as DER SubjectPublicKeyInfo (RFC 5280, section 4.1), which name their own algorithm.
 *
 * <p>In DER the key's bytes come last, and what stands before them depends on nothing but the
 * algorithm and their number. So reading is comparing with the few beginnings that there are: one
 * key has one spelling and one owner id, and bytes from strangers meet no parser.
 */
final class Spki {
  /** Object identifiers of RFC 8410 (EdDSA), RFC 5480 (curves), FIPS 204 and FIPS 205. */
  private static final Map<SignatureAlgorithm, AlgorithmIdentifier> IDENTIFIERS =
      Map.of(
          SignatureAlgorithm.ED25519, identifier(new ASN1ObjectIdentifier("1.3.101.112")),
          SignatureAlgorithm.ED448, identifier(new ASN1ObjectIdentifier("1.3.101.113")),
          SignatureAlgorithm.ES256, curve(SECObjectIdentifiers.secp256r1),
          SignatureAlgorithm.ES256K, curve(SECObjectIdentifiers.secp256k1),
          SignatureAlgorithm.ML_DSA_44, identifier(NISTObjectIdentifiers.id_ml_dsa_44),
          SignatureAlgorithm.ML_DSA_65, identifier(NISTObjectIdentifiers.id_ml_dsa_65),
          SignatureAlgorithm.ML_DSA_87, identifier(NISTObjectIdentifiers.id_ml_dsa_87),
          SignatureAlgorithm.SLH_DSA_SHA2_128S,
              identifier(NISTObjectIdentifiers.id_slh_dsa_sha2_128s));

  private record Beginning(SignatureAlgorithm algorithm, byte[] bytes, int keyLength) {

    static Beginning of(SignatureAlgorithm algorithm, int keyLength) {
      byte[] whole = encode(algorithm, new byte[keyLength]);
      return new Beginning(algorithm, Arrays.copyOf(whole, whole.length - keyLength), keyLength);
    }

    boolean fits(byte[] der) {
      return der.length == bytes.length + keyLength
          && Arrays.equals(der, 0, bytes.length, bytes, 0, bytes.length);
    }
  }

  private static final List<Beginning> BEGINNINGS =
      Arrays.stream(SignatureAlgorithm.values())
          .flatMap(a -> a.publicKeyLengths().mapToObj(length -> Beginning.of(a, length)))
          .toList();

  /** What a SubjectPublicKeyInfo holds. */
  record Content(SignatureAlgorithm algorithm, byte[] publicKey) {}

  private Spki() {}

  static int longest() {
    return BEGINNINGS.stream().mapToInt(b -> b.bytes().length + b.keyLength()).max().orElseThrow();
  }

  static byte[] encode(SignatureAlgorithm algorithm, byte[] publicKey) {
    try {
      return new SubjectPublicKeyInfo(identifier(algorithm), publicKey)
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
    for (Beginning beginning : BEGINNINGS) {
      if (beginning.fits(der)) {
        return new Content(
            beginning.algorithm(), Arrays.copyOfRange(der, beginning.bytes().length, der.length));
      }
    }
    throw Refusal.MALFORMED.because(
        "the public key is not a DER SubjectPublicKeyInfo of one of "
            + String.join(", ", SignatureAlgorithm.labels()));
  }

  static AlgorithmIdentifier identifier(SignatureAlgorithm algorithm) {
    return IDENTIFIERS.get(algorithm);
  }

  /**
   * The algorithm that is meant.
   *
   * @throws IllegalArgumentException if there is none
   */
  static SignatureAlgorithm algorithm(AlgorithmIdentifier identifier) {
    return IDENTIFIERS.entrySet().stream()
        .filter(entry -> entry.getValue().equals(identifier))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a key of none of " + String.join(", ", SignatureAlgorithm.labels())));
  }

  private static AlgorithmIdentifier identifier(ASN1ObjectIdentifier algorithm) {
    return new AlgorithmIdentifier(algorithm);
  }

  private static AlgorithmIdentifier curve(ASN1ObjectIdentifier curve) {
    return new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey, curve);
  }
}
