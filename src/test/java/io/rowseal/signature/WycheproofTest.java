package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.io.File;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.util.BigIntegers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Project Wycheproof's vectors, good and bad, the test vectors of RFC 8032 among them, where they
 * are: {@code src/test/vectors/select.mjs} puts them there from a clone, for none of them is in
 * this repository. What Rowseal refuses although it is valid says so, and why: the greater of
 * ECDSA's two s, and signatures with a context.
 */
@EnabledIf("isHere")
class WycheproofTest {
  private static final Set<Refusal> OF_SIGNATURES =
      EnumSet.of(Refusal.SIGNATURE_INVALID, Refusal.MALFORMED, Refusal.NOT_SIGNED);

  private static final Path VECTORS = Path.of("target/wycheproof");

  /** The one algorithm of which it has none; {@link VectorsTest} does. */
  private static final String WITHOUT = "SLH_DSA_SHA2_128S";

  record Vector(byte[] publicKey, JsonNode json) {
    byte[] bytes(String field) {
      return Base64.getDecoder().decode(json.get(field).asText());
    }

    boolean isValid() {
      return json.get("result").asText().equals("valid");
    }

    String refused() {
      return json.path("refused").asText();
    }

    String name() {
      return json.get("tcId") + " " + json.get("flags") + " " + json.get("comment");
    }
  }

  private static List<Vector> vectors(SignatureAlgorithm algorithm) throws IOException {
    List<Vector> vectors = new ArrayList<>();
    File file = VECTORS.resolve(algorithm.label() + ".json").toFile();
    for (JsonNode group : new ObjectMapper().readTree(file)) {
      byte[] publicKey = Base64.getDecoder().decode(group.get("publicKey").asText());
      group.get("tests").forEach(test -> vectors.add(new Vector(publicKey, test)));
    }
    return vectors;
  }

  static boolean isHere() {
    return Files.isDirectory(VECTORS);
  }

  /** Null if it verifies. */
  private static Refusal refusal(SignatureAlgorithm algorithm, Vector vector, byte[] signature) {
    try {
      algorithm.publicKey(vector.publicKey()).verify(vector.bytes("msg"), signature);
      return null;
    } catch (RefusedException refused) {
      return refused.refusal();
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = WITHOUT)
  void whatIsValidVerifiesAndNothingElse(SignatureAlgorithm algorithm) throws IOException {
    int valid = 0;
    int invalid = 0;
    for (Vector vector : vectors(algorithm)) {
      Refusal refusal = refusal(algorithm, vector, vector.bytes("sig"));
      if (vector.isValid() && vector.refused().isEmpty()) {
        assertEquals(null, refusal, vector.name());
        valid++;
      } else {
        assertTrue(OF_SIGNATURES.contains(refusal), refusal + " " + vector.name());
        invalid++;
      }
    }
    assertTrue(valid > 5 && invalid > 7, valid + " valid, " + invalid + " not");
  }

  /** What is refused for its high s is fine but for that. */
  @ParameterizedTest
  @EnumSource(names = {"ES256", "ES256K"})
  void theSmallerSVerifies(SignatureAlgorithm algorithm) throws IOException {
    String curve = algorithm == SignatureAlgorithm.ES256 ? "secp256r1" : "secp256k1";
    BigInteger order = SECNamedCurves.getByName(curve).getN();
    int tried = 0;
    for (Vector vector : vectors(algorithm)) {
      if (vector.refused().equals("high s")) {
        byte[] signature = vector.bytes("sig");
        BigInteger s = new BigInteger(1, signature, 32, 32);
        BigIntegers.asUnsignedByteArray(order.subtract(s), signature, 32, 32);
        assertEquals(null, refusal(algorithm, vector, signature), vector.name());
        tried++;
      }
    }
    assertTrue(tried > 10, tried + " tried");
  }

  @Test
  void theReasonsOfRefusalAreKnown() throws IOException {
    Set<String> reasons = Set.of("", "high s", "context");
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.values()) {
      if (!algorithm.name().equals(WITHOUT)) {
        for (Vector vector : vectors(algorithm)) {
          assertTrue(reasons.contains(vector.refused()), vector.name());
        }
      }
    }
  }
}
