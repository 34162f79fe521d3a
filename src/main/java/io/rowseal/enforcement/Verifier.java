package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.signature.VerificationKey;

/** Decides whether a row is its owner's, from the row and the owner's public key alone. */
final class Verifier {
  private final OwnerKeys ownerKeys;

  Verifier(OwnerKeys ownerKeys) {
    this.ownerKeys = ownerKeys;
  }

  /**
   * Verifies a row whose shape was checked.
   *
   * @throws RefusedException RS002 to RS006
   */
  void verify(Database database, Policy policy, Object[] row) {
    VerificationKey key =
        policy.holdsIdentities() ? ownKey(policy, row) : ownersKey(database, policy, row);
    key.verify(policy.message(row), (byte[]) row[policy.signature()]);
  }

  VerificationKey ownersKey(Database database, Policy policy, Object[] row) {
    return ownerKeys
        .find(database, policy, row[policy.owner()])
        .orElseThrow(
            () ->
                Refusal.OWNER_UNKNOWN.because(
                    "no card of this owner in "
                        + policy.identities().orElseThrow().table()
                        + "; store the owner's card first"));
  }

  /** The key that a card is about, after the card's own claims about it were checked. */
  VerificationKey ownKey(Policy policy, Object[] row) {
    byte[] publicKey = (byte[]) row[policy.publicKey()];
    // First, so that no more than a key's bytes are ever hashed.
    VerificationKey key = policy.keys().read(publicKey);
    if (!policy.ownerId().matches(row[policy.owner()], publicKey)) {
      throw Refusal.OWNER_MISMATCH.because(
          "expected the "
              + policy.ownerId().hash().label()
              + " of column "
              + policy.image().get(policy.publicKey()).name());
    }
    policy.certificates().forEach(certificate -> verifyCertificate(policy, row, key, certificate));
    return key;
  }

  private static void verifyCertificate(
      Policy policy, Object[] row, VerificationKey key, Policy.Certificate certificate) {
    String name = policy.image().get(certificate.certificate()).name();
    try {
      key.verify((byte[]) row[certificate.certified()], (byte[]) row[certificate.certificate()]);
    } catch (RefusedException refused) {
      throw refused.refusal() == Refusal.SIGNATURE_INVALID
          ? Refusal.CERTIFICATE_INVALID.because(
              name
                  + " is not this key's signature over column "
                  + policy.image().get(certificate.certified()).name())
          : Refusal.MALFORMED.because("certificate " + name + ": " + refused.facts());
    }
  }
}
