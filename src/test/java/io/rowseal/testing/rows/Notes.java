package io.rowseal.testing.rows;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The table {@code note}, whose columns of odd types hold values that only PostgreSQL prints right.
 * Its column {@code seen} is not signed.
 */
public final class Notes {
  public static final CreateTable TABLE =
      CreateTable.named("note")
          .column("user_hash", "bytea")
          .column("id", "uuid")
          .column("body", "text")
          .column("size", "int")
          .column("written", "timestamptz")
          .column("tags", "text[]")
          .column("weight", "float8")
          .column("code", "char(4)")
          .column("deleted_flag", "boolean")
          .column("owner_timestamp", "bigint")
          .column("sign_b64", "bytea")
          .column("seen", "int")
          .key("user_hash", "id");
  public static final Protection PROTECTION =
      Protection.of("note", "card").with("exclude", "{seen}");

  /** A versions table that calls the column {@code id} otherwise, and lacks {@code seen}. */
  public static final CreateTable VERSIONS =
      TABLE.as("note_versions").renamed("id", "note_id").without("seen").key("sign_b64");

  public static final Protection VERSIONED =
      PROTECTION.with("versions", "note_versions").with("versions_columns", "{\"id\":\"note_id\"}");

  private static final TableDescription DESCRIPTION = description();
  private static final TableDescription WITH_MOOD = description().column("mood", ValueKind.TEXT);

  private Notes() {}

  private static TableDescription description() {
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

  public static Row note(Owner owner, UUID id, long timestamp, String body) {
    return owner.sign(DESCRIPTION, unsigned(id, timestamp, body, false)).with("seen", 0);
  }

  public static Row tombstone(Owner owner, UUID id, long timestamp, String body) {
    return owner.sign(DESCRIPTION, unsigned(id, timestamp, body, true)).with("seen", 0);
  }

  /** A note from the time after the table got the column {@code mood}. */
  public static Row note(Owner owner, UUID id, long timestamp, String body, String mood) {
    Map<String, Object> row = unsigned(id, timestamp, body, false);
    row.put("mood", mood);
    return owner.sign(WITH_MOOD, row).with("seen", 0);
  }

  public static Insert insert(Row note) {
    return Insert.into("note").row(note);
  }

  /** Into the table {@link #VERSIONS}. */
  public static Insert insertVersion(Row note) {
    return Insert.into("note_versions").row(note.without("seen").renamed("id", "note_id"));
  }

  private static Map<String, Object> unsigned(
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
}
