package io.rowseal.signature;

import io.rowseal.error.Refusal;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the public keys of one identity table. */
@FunctionalInterface
public interface KeyReader {

  /**
   * No key of any algorithm has more bytes than this, raw or as SubjectPublicKeyInfo. Not a
   * constant, which would be worked out in every connection that reads keys.
   */
  static int longest() {
    return Spki.longest();
  }

  /**
   * Decodes a public key.
   *
   * @throws io.rowseal.error.RefusedException RS006 if it is malformed or its algorithm is not
   *     welcome
   */
  VerificationKey read(byte[] publicKey);

  /** All keys are raw keys of one algorithm. */
  static KeyReader fixed(SignatureAlgorithm algorithm) {
    return algorithm::publicKey;
  }

  /**
   * Each key is a DER SubjectPublicKeyInfo and names its own algorithm, which must be one of those
   * allowed.
   */
  static KeyReader spki(Set<SignatureAlgorithm> allowed) {
    Set<SignatureAlgorithm> welcome = EnumSet.copyOf(allowed);
    return publicKey -> {
      Spki.Content content = Spki.decode(publicKey);
      if (!welcome.contains(content.algorithm())) {
        throw Refusal.MALFORMED.because(
            "keys of "
                + content.algorithm().label()
                + " are not welcome here; welcome are "
                + welcome.stream()
                    .map(SignatureAlgorithm::label)
                    .collect(Collectors.joining(", ")));
      }
      return content.algorithm().publicKey(content.publicKey());
    };
  }
}
