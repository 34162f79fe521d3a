package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.RefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;

/** NIST's own vectors for ECDSA over P-256 with SHA-256: keys and signatures, good and bad. */
class CavpTest {
  private static final SignatureAlgorithm ES256 = SignatureAlgorithm.ES256;
  private static final BigInteger ORDER = SECNamedCurves.getByName("secp256r1").getN();

  /** What stands between two empty lines. */
  private record Vector(Map<String, String> fields) {
    boolean isValid() {
      return fields.get("Result").startsWith("P");
    }

    byte[] bytes(String name) {
      return HexFormat.of().parseHex(fields.get(name));
    }

    /** Leading zeros are left out there; what is too large for a coordinate stays so. */
    byte[] number(String name) {
      BigInteger number = new BigInteger(fields.get(name), 16);
      return number.bitLength() > 256
          ? number.toByteArray()
          : BigIntegers.asUnsignedByteArray(32, number);
    }

    byte[] point() {
      return concatenated(new byte[] {4}, number("Qx"), number("Qy"));
    }

    byte[] signature() {
      return concatenated(number("R"), number("S"));
    }
  }

  private static byte[] concatenated(byte[]... parts) {
    return org.bouncycastle.util.Arrays.concatenate(parts);
  }

  private static List<Vector> vectors(String file) throws IOException {
    String text;
    try (InputStream in = CavpTest.class.getResourceAsStream("/cavp/" + file)) {
      text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
    List<Vector> vectors = new ArrayList<>();
    for (String block : text.split("\n\n+")) {
      Map<String, String> fields = new HashMap<>();
      block
          .lines()
          .filter(line -> line.contains(" = "))
          .forEach(line -> fields.put(line.split(" = ")[0], line.split(" = ")[1].strip()));
      if (!fields.isEmpty()) {
        vectors.add(new Vector(fields));
      }
    }
    return vectors;
  }

  private static void verify(Vector vector, byte[] signature) {
    ES256.publicKey(vector.point()).verify(vector.bytes("Msg"), signature);
  }

  /** Of the two s that NIST takes, Rowseal takes the smaller. */
  private static void assertVerifies(Vector vector) {
    byte[] signature = vector.signature();
    byte[] normalized = ES256.normalized(signature);
    verify(vector, normalized);
    BigInteger s = new BigInteger(1, normalized, 32, 32);
    byte[] other =
        concatenated(
            Arrays.copyOf(signature, 32), BigIntegers.asUnsignedByteArray(32, ORDER.subtract(s)));
    assertThrows(RefusedException.class, () -> verify(vector, other));
  }

  @Test
  void signatures() throws IOException {
    List<Vector> vectors = vectors("SigVer.rsp");
    assertEquals(15, vectors.size());
    for (Vector vector : vectors) {
      if (vector.isValid()) {
        assertVerifies(vector);
      } else {
        assertThrows(
            RefusedException.class,
            () -> verify(vector, ES256.normalized(vector.signature())),
            vector.toString());
      }
    }
  }

  @Test
  void signaturesWithTheirPrivateKeys() throws IOException {
    List<Vector> vectors = vectors("SigGen.txt");
    assertEquals(15, vectors.size());
    for (Vector vector : vectors) {
      assertVerifies(vector);
      SigningKey key = ES256.signingKey(vector.number("d"), new SecureRandom());
      assertArrayEquals(vector.point(), ES256.uncompressed(key.publicKey()));
      verify(vector, key.sign(vector.bytes("Msg")));
    }
  }

  @Test
  void publicKeys() throws IOException {
    List<Vector> vectors = vectors("PKV.rsp");
    assertEquals(12, vectors.size());
    for (Vector vector : vectors) {
      if (vector.isValid()) {
        assertEquals(ES256, ES256.publicKey(vector.point()).algorithm());
      } else {
        assertThrows(
            RefusedException.class, () -> ES256.publicKey(vector.point()), vector.toString());
      }
    }
  }
}
