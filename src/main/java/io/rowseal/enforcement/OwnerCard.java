package io.rowseal.enforcement;

import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy;
import io.rowseal.signature.VerificationKey;
import java.util.Arrays;

/**
 * What an identity table says of an owner: one byte, then the public key. Nothing if there is no
 * card of this owner.
 *
 * <p>The byte is 1 if the card is committed, 0 if the running transaction has written it and may
 * still take it back.
 */
final class OwnerCard {
  private static final byte UNCOMMITTED = 0;
  private static final byte COMMITTED = 1;

  private final byte[] bytes;

  /**
   * @param bytes as SQL hands them over; null counts as no card
   * @throws io.rowseal.error.RefusedException RS006 if they are no card
   */
  OwnerCard(byte[] bytes) {
    if (bytes != null && bytes.length > 0 && bytes[0] != COMMITTED && bytes[0] != UNCOMMITTED) {
      throw Refusal.MALFORMED.because("an owner's card that does not say whether it is committed");
    }
    this.bytes = bytes;
  }

  /** Whether the card can be relied on after this transaction. */
  boolean isCommitted() {
    return bytes != null && bytes.length > 0 && bytes[0] == COMMITTED;
  }

  /**
   * The owner's key. The card was verified when it was stored; that the key is the owner's is cheap
   * to check again.
   *
   * @throws io.rowseal.error.RefusedException RS003 if there is no card, RS004 if it is another
   *     owner's, RS006 if the key is none that the policy takes
   */
  VerificationKey key(Policy policy, Object ownerId) {
    if (bytes == null || bytes.length == 0) {
      throw Refusal.OWNER_UNKNOWN.because(
          "no card of this owner in " + policy.identities() + "; store the owner's card first");
    }
    byte[] publicKey = Arrays.copyOfRange(bytes, 1, bytes.length);
    if (!policy.ownerId().matches(ownerId, publicKey)) {
      throw Refusal.OWNER_MISMATCH.because("the stored card of this owner was tampered with");
    }
    return policy.keys().read(publicKey);
  }
}
