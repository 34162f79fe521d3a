package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Identifier;
import io.rowseal.database.Query;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy;
import io.rowseal.signature.VerificationKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;

/**
 * The decoded public keys of owners. An owner id is the hash of its key, so a key once found is
 * right for ever and needs no invalidation. Only a transaction that writes cards itself looks up
 * each time: its cards may be rolled back.
 */
final class OwnerKeys {
  /** About 10 MB of decoded ML-DSA-87 keys, the largest. */
  private static final int KEPT = 512;

  private static final Query CURRENT_TRANSACTION =
      Query.builder()
          .text("SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text")
          .result(ValueKind.TEXT)
          .build();

  /** Under another policy the same bytes may be no key, or one that is not welcome any more. */
  private record Owner(Policy policy, Object id) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Owner owner && policy == owner.policy && Objects.equals(id, owner.id);
    }

    @Override
    public int hashCode() {
      return Objects.hashCode(id);
    }
  }

  private final Map<Policy, Query> queries = new WeakHashMap<>();
  private final Map<Owner, VerificationKey> keys =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Owner, VerificationKey> eldest) {
          return size() > KEPT;
        }
      };

  /** The latest transaction that wrote a card; null if none did. */
  private String writer;

  /** The owner's key, or empty where the identity table has no card of that owner. */
  Optional<VerificationKey> find(Database database, Policy policy, Object ownerId) {
    Owner owner = new Owner(policy, comparable(ownerId));
    VerificationKey known = keys.get(owner);
    if (known != null) {
      return Optional.of(known);
    }
    List<Object[]> found =
        database.rows(queries.computeIfAbsent(policy, OwnerKeys::query), ownerId);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    VerificationKey key = decode(policy, ownerId, (byte[]) found.get(0)[0]);
    if (writer == null || !writer.equals(found.get(0)[1])) {
      keys.put(owner, key);
    }
    return Optional.of(key);
  }

  /**
   * Notes that the running transaction writes cards: until it ends, what it finds may be rolled
   * back.
   */
  void written(Database database) {
    writer = (String) database.rows(CURRENT_TRANSACTION).get(0)[0];
  }

  /**
   * The card was verified when it was stored; that the key is the owner's is cheap to check again.
   */
  private static VerificationKey decode(Policy policy, Object ownerId, byte[] publicKey) {
    if (publicKey == null || !policy.ownerId().matches(ownerId, publicKey)) {
      throw Refusal.OWNER_MISMATCH.because("the stored card of this owner was tampered with");
    }
    return policy.keys().read(publicKey);
  }

  private static Query query(Policy policy) {
    Policy.IdentitySource source = policy.identities().orElseThrow();
    Query.Builder query =
        Query.builder()
            .text(
                "SELECT "
                    + Identifier.quoted(source.publicKey())
                    + "::pg_catalog.bytea, pg_catalog.pg_current_xact_id_if_assigned()::pg_catalog.text FROM "
                    + source.table()
                    + " WHERE "
                    + Identifier.quoted(source.owner())
                    + " = ");
    policy.image().get(policy.owner()).write(query);
    query.text(" LIMIT 1"); // where cards are versioned in one table, all hold the same key
    return query.result(ValueKind.BYTES).result(ValueKind.TEXT).build();
  }

  private static Object comparable(Object id) {
    return id instanceof byte[] bytes ? java.nio.ByteBuffer.wrap(bytes) : id;
  }
}
