package io.rowseal.enforcement;

import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.signature.VerificationKey;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The decoded public keys of owners. An owner id is the hash of its key, so a key that was found
 * once is right for ever and needs no invalidation. Only a card that may be rolled back is not
 * remembered. For one thread.
 */
final class OwnerKeys {
  /** About 10 MB of decoded ML-DSA-87 keys, the largest. */
  private static final int KEPT = 512;

  /** Under another policy the same bytes may be no key, or one that is not welcome any more. */
  private record Owner(Policy policy, Object id) {
    // By hand, since a record's own make classes in every new connection.
    @Override
    public boolean equals(Object other) {
      return other instanceof Owner owner && policy == owner.policy && id.equals(owner.id);
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }
  }

  private final Map<Owner, VerificationKey> keys =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Owner, VerificationKey> eldest) {
          return size() > KEPT;
        }
      };

  /** The owner that was asked for last: the rows of one statement mostly share it. */
  private Object lastId;

  private Policy lastPolicy;
  private VerificationKey lastKey;

  /**
   * The owner's key.
   *
   * @param ownerId bytes or text
   * @param card of the owner; null if it was not looked up
   * @return null if the key is not known, and there is no card to read it from
   * @throws io.rowseal.error.RefusedException RS003, RS004 or RS006 for a card without the owner's
   *     key
   */
  VerificationKey find(Policy policy, Object ownerId, byte[] card) {
    if (policy == lastPolicy && Row.same(ownerId, lastId)) {
      return lastKey;
    }
    Owner owner = new Owner(policy, comparable(ownerId));
    VerificationKey known = keys.get(owner);
    if (known == null) {
      return card == null ? null : read(owner, ownerId, new OwnerCard(card));
    }
    remember(owner, ownerId, known);
    return known;
  }

  private VerificationKey read(Owner owner, Object ownerId, OwnerCard card) {
    VerificationKey key = card.key(owner.policy(), ownerId);
    if (card.isCommitted()) {
      keys.put(owner, key);
      remember(owner, ownerId, key);
    }
    return key;
  }

  private void remember(Owner owner, Object ownerId, VerificationKey key) {
    lastPolicy = owner.policy();
    lastId = ownerId;
    lastKey = key;
  }

  private static Object comparable(Object id) {
    return id instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : id;
  }
}
