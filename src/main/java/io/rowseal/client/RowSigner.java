package io.rowseal.client;

import io.rowseal.signature.OwnerKey;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Signs rows of one table for one owner.
 *
 * <pre>{@code
 * SigningKey key = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
 * TableDescription notes =
 *     TableDescription.of("notes")
 *         .column("user_hash", ValueKind.BYTES)
 *         .column("id", ValueKind.INTEGER)
 *         .column("body", ValueKind.TEXT)
 *         .column("deleted_flag", ValueKind.BOOLEAN)
 *         .column("owner_timestamp", ValueKind.INTEGER);
 * Map<String, Object> row =
 *     new RowSigner(key, notes)
 *         .sign(Map.of("id", 1L, "body", "hello", "deleted_flag", false, "owner_timestamp", 1L));
 * }</pre>
 *
 * <p>Safe for use by several threads, if the key is.
 */
public final class RowSigner {
  private final OwnerKey key;
  private final TableDescription table;
  private final RowMessages messages;

  /**
   * A signer.
   *
   * @throws IllegalArgumentException if the key is of another algorithm than the table's
   */
  public RowSigner(OwnerKey key, TableDescription table) {
    if (!table.algorithms().contains(key.algorithm())) {
      throw new IllegalArgumentException(
          "keys of %s are %s, not %s"
              .formatted(
                  table.context(),
                  table.algorithms().stream()
                      .map(SignatureAlgorithm::label)
                      .sorted()
                      .collect(Collectors.joining(", ")),
                  key.algorithm().label()));
    }
    this.key = key;
    this.table = table;
    this.messages = new RowMessages(table);
  }

  /** The owner id as the owner column holds it: {@code byte[]}, or text with the prefix. */
  public Object ownerId() {
    return messages.ownerId(storedKey());
  }

  /**
   * The row with owner id, public key and certificates (of an identity table), and signature filled
   * in. What is not signed is left out.
   *
   * @param row values by column name, {@code byte[]}, {@code Boolean}, {@code Long} or {@code
   *     String}, or all of them text, as PostgreSQL prints them
   * @throws io.rowseal.error.RefusedException RS006 that names the column which is missing,
   *     misspelt or of another type
   * @throws IllegalArgumentException if the timestamp is beyond {@link TableDescription#latest}
   */
  public Map<String, Object> sign(Map<String, ?> row) {
    Map<String, Object> filled = new HashMap<>(row);
    filled.put(table.owner(), ownerId());
    table.publicKey().ifPresent(column -> filled.put(column, storedKey()));
    table
        .certificates()
        .forEach(
            (certificate, certified) ->
                filled.put(
                    certificate,
                    key.sign((byte[]) messages.value(certified, filled.get(certified)))));
    Map<String, Object> signed = new LinkedHashMap<>(messages.values(filled));
    if (signed.get(table.timestamp()) instanceof Long timestamp && timestamp > table.latest()) {
      throw new IllegalArgumentException(
          "timestamp %d is beyond %d, the latest that this client signs"
              .formatted(timestamp, table.latest()));
    }
    byte[] signature = key.sign(messages.message(signed));
    signed.put(table.signature(), signature);
    return signed;
  }

  private byte[] storedKey() {
    return table.isSpki() ? key.spki() : key.publicKey();
  }
}
