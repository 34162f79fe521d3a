package io.rowseal.signature;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The hints of an ML-DSA signature have one spelling (FIPS 204, algorithm 21); with another,
 * anybody could turn a signature into a second one.
 *
 * <p>They are the last ω + k bytes: the places of the hints, polynomial after polynomial, each in
 * ascending order; zeros up to ω; then for each of the k polynomials where its places end.
 */
class LatticeTest {

  private record Hints(byte[] signature, int omega, int k) {
    int start() {
      return signature.length - omega - k;
    }

    int end(int polynomial) {
      return polynomial < 0 ? 0 : signature[start() + omega + polynomial] & 0xff;
    }

    byte[] with(int at, int value) {
      byte[] other = signature.clone();
      other[start() + at] = (byte) value;
      return other;
    }

    byte[] swapped(int at) {
      byte[] other = with(at, signature[start() + at + 1]);
      other[start() + at + 1] = signature[start() + at];
      return other;
    }

    /** Where a polynomial with two hints or more begins; -1 if there is none. */
    int pair() {
      for (int i = 0; i < k; i++) {
        if (end(i) - end(i - 1) >= 2) {
          return end(i - 1);
        }
      }
      return -1;
    }
  }

  @ParameterizedTest
  @CsvSource({"ML-DSA-44,80,4", "ML-DSA-65,55,6", "ML-DSA-87,75,8"})
  void hintsHaveOneSpelling(String label, int omega, int k) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.named(label).orElseThrow();
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    VerificationKey verification = algorithm.publicKey(key.publicKey());
    byte[] message = null;
    Hints hints = null;
    for (int i = 0; hints == null || hints.pair() < 0 || hints.end(k - 1) >= omega; i++) {
      message = ("message " + i).getBytes(StandardCharsets.UTF_8);
      hints = new Hints(key.sign(message), omega, k);
    }
    verification.verify(message, hints.signature());
    int pair = hints.pair();
    byte[] first = hints.signature().clone();
    byte[][] others = {
      hints.swapped(pair),
      hints.with(pair + 1, hints.signature()[hints.start() + pair]),
      hints.with(hints.end(k - 1), 1),
      hints.with(omega - 1, 255),
      hints.with(omega + k - 1, omega + 1),
      hints.with(omega + k - 1, 255),
      hints.with(omega, hints.end(1) + 1),
      hints.with(omega + k - 1, hints.end(k - 2) - 1),
      hints.with(omega + k - 1, hints.end(k - 1) + 1),
      hints.with(omega + k - 1, hints.end(k - 1) - 1),
      none(hints)
    };
    assertEquals(true, Arrays.equals(first, hints.signature()));
    for (int i = 0; i < others.length; i++) {
      byte[] other = others[i];
      byte[] signed = message;
      assertEquals(
          Refusal.SIGNATURE_INVALID,
          assertThrows(
                  RefusedException.class, () -> verification.verify(signed, other), "case " + i)
              .refusal(),
          "case " + i);
    }
  }

  private static byte[] none(Hints hints) {
    byte[] other = hints.signature().clone();
    Arrays.fill(other, hints.start(), other.length, (byte) 0);
    return other;
  }

  /** The answer z must be short: what one bit makes long is refused even before the rest. */
  @ParameterizedTest
  @CsvSource({"ML-DSA-44,32,84", "ML-DSA-65,48,61", "ML-DSA-87,64,83"})
  void answersAreShort(String label, int challenge, int hints) {
    SignatureAlgorithm algorithm = SignatureAlgorithm.named(label).orElseThrow();
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    byte[] message = label.getBytes(StandardCharsets.UTF_8);
    for (byte filling : new byte[] {0, -1}) {
      byte[] signature = key.sign(message);
      Arrays.fill(signature, challenge, signature.length - hints, filling);
      assertThrows(
          RefusedException.class,
          () -> algorithm.publicKey(key.publicKey()).verify(message, signature));
    }
  }
}
