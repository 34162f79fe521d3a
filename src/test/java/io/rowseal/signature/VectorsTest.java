package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.testing.rows.Vector;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures that another implementation made verify, over their own message only. */
class VectorsTest {
  private static final List<Vector> VECTORS = Vector.all();

  static List<Vector> vectors() {
    return VECTORS;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void verifies(Vector vector) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.named(vector.algorithm()).orElseThrow();
    KeyReader reader =
        vector.isSpki() ? KeyReader.spki(EnumSet.of(algorithm)) : KeyReader.fixed(algorithm);
    VerificationKey key = reader.read(vector.publicKey());
    assertEquals(algorithm, key.algorithm());
    key.verify(vector.message(), vector.signature());
    byte[] other = vector.message();
    other[other.length - 1] ^= 1;
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        assertThrows(RefusedException.class, () -> key.verify(other, vector.signature()))
            .refusal());
  }

  @Test
  void eachAlgorithmIsThereRawAndAsSpki() {
    for (boolean spki : new boolean[] {false, true}) {
      assertEquals(
          EnumSet.allOf(SignatureAlgorithm.class),
          VECTORS.stream()
              .filter(vector -> vector.isSpki() == spki)
              .map(vector -> SignatureAlgorithm.named(vector.algorithm()).orElseThrow())
              .collect(Collectors.toCollection(() -> EnumSet.noneOf(SignatureAlgorithm.class))));
    }
  }
}
