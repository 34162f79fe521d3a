package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A SubjectPublicKeyInfo has one spelling; every other is refused. */
class SpkiTest {
  private static final KeyReader ALL = KeyReader.spki(EnumSet.allOf(SignatureAlgorithm.class));

  private static void refuse(byte[] key, String what) {
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> ALL.read(key), what).refusal(),
        what);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] raw(SignatureAlgorithm algorithm) {
    return SigningKey.generate(algorithm, new SecureRandom()).publicKey();
  }

  private static byte[] der(String algorithm, ASN1Encodable parameters, byte[] key) {
    try {
      ASN1ObjectIdentifier identifier = new ASN1ObjectIdentifier(algorithm);
      return new SubjectPublicKeyInfo(
              parameters == null
                  ? new AlgorithmIdentifier(identifier)
                  : new AlgorithmIdentifier(identifier, parameters),
              key)
          .getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** KEY stands for the 32 bytes of a good key; only the first spelling is DER. */
  @ParameterizedTest
  @CsvSource({
    "302a300506032b6570032100 KEY, true, as RFC 8410 has it",
    "30812a300506032b6570032100 KEY, false, length in two bytes",
    "3082002a300506032b6570032100 KEY, false, length in three bytes",
    "3080300506032b6570032100 KEY 0000, false, indefinite length",
    "302b30810506032b6570032100 KEY, false, length in two bytes within",
    "302b300506032b657003810021 KEY, false, length of the bits in two bytes",
    "302a300506032b6570032100 KEY 00, false, a byte behind",
    "302b300506032b6570032100 KEY 00, false, a byte behind within",
    "302b300506032b6570032200 KEY 00, false, a key that is too long",
    "302a300506032b6570032101 KEY, false, an unused bit",
    "302a300506032b6570042100 KEY, false, OCTET STRING",
    "302c300506032b65702323032100 KEY, false, a constructed BIT STRING",
    "302c300706032b65700500032100 KEY, false, NULL parameters",
    "302a300506032b656e032100 KEY, false, X25519",
    "302a300506032b6571032100 KEY, false, Ed448 with a key of Ed25519",
    "302b300606042b806570032100 KEY, false, an identifier with a zero in front",
    "312a300506032b6570032100 KEY, false, SET",
    "302a310506032b6570032100 KEY, false, SET within",
    "3029300506032b6570032100 KEY, false, one too few",
    "KEY, false, the raw key"
  })
  void oneSpelling(String spelling, boolean isDer, String what) {
    byte[] key = raw(SignatureAlgorithm.ED25519);
    byte[] spelled = bytes(spelling.replace("KEY", HexFormat.of().formatHex(key)).replace(" ", ""));
    if (isDer) {
      assertEquals(SignatureAlgorithm.ED25519, ALL.read(spelled).algorithm());
    } else {
      refuse(spelled, what);
    }
  }

  @Test
  void curvesAreNamedAndPointsPlain() {
    String ec = X9ObjectIdentifiers.id_ecPublicKey.getId();
    ASN1ObjectIdentifier p256 = SECObjectIdentifiers.secp256r1;
    byte[] key = raw(SignatureAlgorithm.ES256);
    assertEquals(SignatureAlgorithm.ES256, ALL.read(der(ec, p256, key)).algorithm());
    refuse(der(ec, null, key), "no curve");
    refuse(der(ec, DERNull.INSTANCE, key), "a curve that the issuer names");
    refuse(der(ec, ECNamedCurveTable.getByName("P-256"), key), "the curve spelled out");
    byte[] point =
        ECNamedCurveTable.getByName("P-256").getCurve().decodePoint(key).getEncoded(false);
    assertEquals(SignatureAlgorithm.ES256, ALL.read(der(ec, p256, point)).algorithm());
    refuse(der(ec, SECObjectIdentifiers.secp256k1, point), "a point of another curve");
    refuse(der(ec, new ASN1ObjectIdentifier("1.3.132.0.34"), key), "P-384");
    refuse(der("1.3.132.1.12", p256, key), "a key for Diffie-Hellman");
    byte[] header = Arrays.copyOf(der(ec, p256, key), 26);
    byte[] mixed = Arrays.copyOf(header, header.length + point.length);
    System.arraycopy(point, 0, mixed, header.length, point.length);
    refuse(mixed, "a whole point after the beginning of a compressed one");
    point[0] = (byte) (key[0] + 4);
    refuse(der(ec, p256, point), "a hybrid point");
    refuse(der(ec, p256, new byte[] {0}), "the point at infinity");
  }

  @ParameterizedTest
  @EnumSource(names = {"ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "SLH_DSA_SHA2_128S"})
  void postQuantumKeysHaveNoParameters(SignatureAlgorithm algorithm) {
    byte[] raw = raw(algorithm);
    byte[] good = Spki.encode(algorithm, raw);
    assertEquals(algorithm, ALL.read(good).algorithm());
    SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(good);
    String identifier = info.getAlgorithm().getAlgorithm().getId();
    assertArrayEquals(good, der(identifier, null, raw));
    refuse(der(identifier, DERNull.INSTANCE, raw), "NULL parameters");
    refuse(der(identifier, null, Arrays.copyOf(raw, raw.length - 1)), "one byte short");
    refuse(der(identifier, null, Arrays.copyOf(raw, raw.length + 1)), "one byte long");
    refuse(der("2.16.840.1.101.3.4.3.32", null, raw), "the variant that signs a hash");
  }

  @Test
  void whatNoKeyNeedsIsNotRead() {
    refuse(new byte[0], "empty");
    refuse(new byte[10_000_000], "10 MB of zeros");
    byte[] nested = new byte[5000];
    for (int i = 0; i < nested.length; i++) {
      nested[i] = (byte) (i % 2 == 0 ? 0x30 : 0x80);
    }
    refuse(nested, "2,500 sequences one in another");
    byte[] ed25519 = Spki.encode(SignatureAlgorithm.ED25519, raw(SignatureAlgorithm.ED25519));
    for (int length = 0; length < ed25519.length; length++) {
      refuse(Arrays.copyOf(ed25519, length), length + " bytes");
    }
  }
}
