package io.rowseal.testing;

import io.rowseal.client.RowSigner;
import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/** An owner of rows in the table {@code entry}, whatever device they sign on. */
public final class Author {
  private final RowSigner cards;
  private final RowSigner entries;
  private final EntryTables.VersionId versionId;

  /** An owner whose keys and signatures follow from the source of randomness. */
  public Author(SignatureAlgorithm algorithm, EntryTables.VersionId versionId, Random random) {
    SigningKey key = SigningKey.generate(algorithm, new Repeatable(random));
    this.versionId = versionId;
    cards =
        new RowSigner(
            key,
            TableDescription.of("card")
                .column("user_hash", ValueKind.BYTES)
                .column("sign_pkey", ValueKind.BYTES)
                .column("name", ValueKind.TEXT)
                .column("deleted_flag", ValueKind.BOOLEAN)
                .column("owner_timestamp", ValueKind.INTEGER)
                .publicKey("sign_pkey"));
    entries =
        new RowSigner(
            key,
            TableDescription.of("entry")
                .column("user_hash", ValueKind.BYTES)
                .column("uuid", ValueKind.TEXT)
                .column("value_b64", ValueKind.BYTES)
                .column("deleted_flag", ValueKind.BOOLEAN)
                .column(versionId.parent(), ValueKind.BYTES)
                .column("owner_timestamp", ValueKind.INTEGER));
  }

  /** The values of {@link Owner#INSERT_CARD}. */
  public Object[] card(long timestamp) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", "card of " + timestamp);
    row.put("deleted_flag", false);
    row.put("owner_timestamp", timestamp);
    return Owner.cardValues(cards.sign(row));
  }

  /** A version; the parent is a version id, or null. */
  public Entry entry(UUID uuid, long timestamp, byte[] value, boolean deleted, byte[] parent) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("uuid", uuid.toString());
    row.put("value_b64", value);
    row.put("deleted_flag", deleted);
    row.put(versionId.parent(), parent);
    row.put("owner_timestamp", timestamp);
    Map<String, Object> signed = entries.sign(row);
    return new Entry(
        (byte[]) signed.get("user_hash"),
        uuid,
        value,
        deleted,
        parent,
        timestamp,
        (byte[]) signed.get("sign_b64"));
  }

  public byte[] id() {
    return (byte[]) entries.ownerId();
  }

  /** Randomness for tests alone: a seed must bring back the signatures that decided a tie. */
  private static final class Repeatable extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final Random random;

    Repeatable(Random random) {
      this.random = random;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }
  }
}
