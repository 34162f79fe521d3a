package io.rowseal.enforcement;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.signature.VerificationKey;

/**
 * Decides whether a row is its owner's, from the row and the owner's public key alone. No state;
 * safe for use by several threads.
 */
public final class Verifier {
  private Verifier() {}

  /**
   * The key in the card of a row's owner.
   *
   * @param card one byte and the public key; null or empty if there is none
   * @throws RefusedException RS003 if there is no card, RS004 if it is another owner's, RS006 if it
   *     holds no key
   */
  public static VerificationKey ownersKey(Policy policy, Object ownerId, byte[] card) {
    return new OwnerCard(card).key(policy, ownerId);
  }

  /**
   * The key that a card is about, after the card's own claims about it were checked.
   *
   * @param row of an identity table, of which the shape was checked
   * @throws RefusedException RS004 to RS006
   */
  public static VerificationKey ownKey(Policy policy, Row row) {
    int place = policy.columns().publicKey();
    byte[] publicKey = (byte[]) row.value(place);
    // First, so that no more than a key's bytes are ever hashed.
    VerificationKey key = policy.keys().read(publicKey);
    if (!policy.ownerId().matches(row.owner(), publicKey)) {
      throw Refusal.OWNER_MISMATCH.because(
          "expected the "
              + policy.ownerId().hash().label()
              + " of column "
              + policy.columns().column(place).here());
    }
    for (Policy.Certificate certificate : policy.certificates()) {
      verifyCertificate(policy, row, key, certificate);
    }
    return key;
  }

  /**
   * Verifies a row of which the shape was checked.
   *
   * @throws RefusedException RS002 or RS006
   */
  public static void verify(Policy policy, Row row, VerificationKey key) {
    key.verify(policy.message(row), row.signature());
  }

  private static void verifyCertificate(
      Policy policy, Row row, VerificationKey key, Policy.Certificate certificate) {
    String name = policy.columns().column(certificate.certificate()).here();
    try {
      key.verify(
          (byte[]) row.value(certificate.certified()),
          (byte[]) row.value(certificate.certificate()));
    } catch (RefusedException refused) {
      throw refused.refusal() == Refusal.SIGNATURE_INVALID
          ? Refusal.CERTIFICATE_INVALID.because(
              name
                  + " is not this key's signature over column "
                  + policy.columns().column(certificate.certified()).here())
          : Refusal.MALFORMED.because("certificate " + name + ": " + refused.facts());
    }
  }
}
