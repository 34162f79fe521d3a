package io.rowseal.testing;

import io.rowseal.client.RowSigner;
import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** An owner of rows in the table {@code note}, with the SQL that stores them. */
public final class Owner {
  public static final String CARD_TABLE =
      "CREATE TABLE card (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean,"
          + " owner_timestamp bigint, sign_b64 bytea)";
  public static final String NOTE_COLUMNS =
      "user_hash bytea, id uuid, body text, size int, written timestamptz, tags text[], weight float8, code char(4),"
          + " deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, seen int, PRIMARY KEY (user_hash, id)";
  public static final String PROTECT_CARDS = "SELECT rowseal.protect_identities('card')";
  public static final String PROTECT_NOTES =
      "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}')";

  private static final String[] NOTE = {
    "user_hash",
    "id",
    "body",
    "size",
    "written",
    "tags",
    "weight",
    "code",
    "deleted_flag",
    "owner_timestamp",
    "sign_b64"
  };

  private final SigningKey key;
  private final RowSigner cards;
  private final RowSigner notes;

  public Owner(SignatureAlgorithm algorithm) {
    key = SigningKey.generate(algorithm, new SecureRandom());
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
    notes = new RowSigner(key, notes());
  }

  private static TableDescription notes() {
    return TableDescription.of("note")
        .column("user_hash", ValueKind.BYTES)
        .column("id", ValueKind.TEXT)
        .column("body", ValueKind.TEXT)
        .column("size", ValueKind.INTEGER)
        .column("written", ValueKind.TEXT)
        .column("tags", ValueKind.TEXT)
        .column("weight", ValueKind.TEXT)
        .column("code", ValueKind.TEXT)
        .column("deleted_flag", ValueKind.BOOLEAN)
        .column("owner_timestamp", ValueKind.INTEGER);
  }

  public Map<String, Object> card(long timestamp, String name) {
    return cards.sign(
        new LinkedHashMap<>(
            Map.of("name", name, "deleted_flag", false, "owner_timestamp", timestamp)));
  }

  /** A note whose columns of odd types hold values that only PostgreSQL prints right. */
  public Map<String, Object> note(UUID id, long timestamp, String body, boolean deleted) {
    return notes.sign(unsignedNote(id, timestamp, body, deleted));
  }

  /** A note from the time after the table got the column {@code mood}. */
  public Map<String, Object> moodyNote(UUID id, long timestamp, String body, String mood) {
    Map<String, Object> row = unsignedNote(id, timestamp, body, false);
    row.put("mood", mood);
    return new RowSigner(key, notes().column("mood", ValueKind.TEXT)).sign(row);
  }

  private static Map<String, Object> unsignedNote(
      UUID id, long timestamp, String body, boolean deleted) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("id", id.toString());
    row.put("body", body);
    row.put("size", 7L);
    row.put("written", "0044-03-15 12:00:00.000001+00 BC");
    row.put("tags", "{a,\"b c\",NULL,\"\"}");
    row.put("weight", "1e+20");
    row.put("code", "ab  ");
    row.put("deleted_flag", deleted);
    row.put("owner_timestamp", timestamp);
    return row;
  }

  public static Object[] cardValues(Map<String, Object> card) {
    return values(
        card, "user_hash", "sign_pkey", "name", "deleted_flag", "owner_timestamp", "sign_b64");
  }

  public static Object[] noteValues(Map<String, Object> note) {
    return values(note, NOTE);
  }

  public static final String INSERT_CARD = "INSERT INTO card VALUES (?, ?, ?, ?, ?, ?)";
  public static final String NOTE_ROW =
      "(?, ?::uuid, ?, ?::int, ?::timestamptz, ?::text[], ?::float8, ?::char(4), ?, ?, ?, 0)";
  public static final String INSERT_NOTE = "INSERT INTO note VALUES " + NOTE_ROW;

  private static Object[] values(Map<String, Object> row, String... names) {
    Object[] values = new Object[names.length];
    for (int i = 0; i < names.length; i++) {
      values[i] = row.get(names[i]);
    }
    return values;
  }
}
