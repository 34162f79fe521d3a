package io.rowseal.client;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SigningKey;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

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
 * <p>Safe for use by several threads, provided the description is not changed any more.
 */
public final class RowSigner {
  private final SigningKey key;
  private final TableDescription table;
  private final MessageEncoder encoder;

  public RowSigner(SigningKey key, TableDescription table) {
    this.key = key;
    this.table = table;
    this.encoder = table.format.encoder(table.context, table.columns, table.timestamp);
  }

  /** The owner id as the owner column holds it: {@code byte[]}, or text with the prefix. */
  public Object ownerId() {
    byte[] digest = table.ownerHash.digest(key.publicKey());
    return isText(table.owner) ? table.ownerPrefix + HexFormat.of().formatHex(digest) : digest;
  }

  /**
   * The row with owner id, public key and certificates (of an identity table), and signature filled
   * in.
   *
   * @param row values by column name, {@code byte[]}, {@code Boolean}, {@code Long} or {@code
   *     String}; values of other PostgreSQL types as the text that PostgreSQL prints
   */
  public Map<String, Object> sign(Map<String, Object> row) {
    Map<String, Object> signed = new LinkedHashMap<>(row);
    signed.put(table.owner, ownerId());
    if (table.publicKey != null) {
      signed.put(table.publicKey, key.publicKey());
    }
    table.certificates.forEach(
        (certificate, certified) ->
            signed.put(certificate, key.sign((byte[]) signed.get(certified))));
    signed.put(table.signature, key.sign(message(signed)));
    return signed;
  }

  private byte[] message(Map<String, Object> row) {
    return encoder.encode(table.columns.stream().map(Column::name).map(row::get).toArray());
  }

  private boolean isText(String column) {
    return table.columns.stream()
        .anyMatch(c -> c.name().equals(column) && c.kind() == ValueKind.TEXT);
  }
}
