package io.rowseal.policy;

import java.util.ArrayList;
import java.util.List;

/** Settings as SQL hands them over, of two small tables, and changes of them. */
public final class Fields {
  private final List<String> fields = new ArrayList<>();

  private Fields() {}

  /** Of a table of notes. Its large value goes beside the image. */
  public static Fields notes(String layout) {
    return new Fields()
        .common("data", "public.notes", "notes", layout)
        .and("identities", "public.cards")
        .and("large", "data")
        .and("key", "user_hash")
        .and("key", "id")
        .column("user_hash", "bytes", "bytea", true)
        .column("id", "text", "text", true)
        .column("body", "text", "text", false)
        .column("data", "bytes", "bytea", false)
        .closing();
  }

  /** Of the versions table of the notes, which calls the signature otherwise. */
  public static Fields notesVersions() {
    return notes("two-tables")
        .with("role", "versions")
        .with("table", "public.notes_versions")
        .with("signature_here", "seal");
  }

  /** Of a table of cards, which certify a second key. */
  public static Fields cards() {
    return new Fields()
        .common("identities", "public.cards", "cards", "unversioned")
        .and("public_key", "sign_pkey")
        .and("certificate", "crypt_cert")
        .and("certified", "crypt_pkey")
        .and("key", "user_hash")
        .column("user_hash", "bytes", "bytea", true)
        .column("sign_pkey", "bytes", "bytea", true)
        .column("crypt_pkey", "bytes", "bytea", true)
        .column("crypt_cert", "bytes", "bytea", true)
        .closing();
  }

  /** The same, but for the first value of one name, which is added where there is none. */
  public Fields with(String name, String value) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (name.equals(fields.get(i))) {
        fields.set(i + 1, value);
        return this;
      }
    }
    return and(name, value);
  }

  /** The same, but for what stands under one name in one column. */
  public Fields withColumn(String column, String name, String value) {
    boolean here = false;
    for (int i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equals("column")) {
        here = fields.get(i + 1).equals(column);
      } else if (here && fields.get(i).equals(name)) {
        fields.set(i + 1, value);
      }
    }
    return this;
  }

  /** The same, but for the name of a column, wherever it stands. */
  public Fields renamed(String from, String to) {
    fields.replaceAll(field -> field.equals(from) ? to : field);
    return this;
  }

  /** The same without the first value of one name. */
  public Fields without(String name) {
    for (int i = 0; i < fields.size(); i += 2) {
      if (name.equals(fields.get(i))) {
        fields.subList(i, i + 2).clear();
        return this;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** The same and another field, at the end. */
  public Fields and(String name, String value) {
    fields.add(name);
    fields.add(value);
    return this;
  }

  /** Names and values in turn. */
  public String[] array() {
    return fields.toArray(String[]::new);
  }

  /** All names, each as often as it stands there. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < fields.size(); i += 2) {
      names.add(fields.get(i));
    }
    return names;
  }

  private Fields common(String role, String table, String context, String layout) {
    return and("role", role)
        .and("table", table)
        .and("layout", layout)
        .and("format", "rowseal-v1")
        .and("context", context)
        .and("algorithm", "Ed25519")
        .and("owner_hash", "SHA3-512")
        .and("owner_prefix", "")
        .and("version_hash", "SHA-256")
        .and("version_prefix", "")
        .and("owner", "user_hash")
        .and("signature", "sign_b64")
        .and("signature_here", "sign_b64")
        .and("owner_timestamp", "owner_timestamp")
        .and("deleted", "deleted_flag")
        .and("version_id", "sign_b64")
        .and("version_id_here", "sign_b64")
        .and("version_id_type", "bytea")
        .and("on_invalid", "reject")
        .and("on_unknown_owner", "reject")
        .and("on_stale", "ignore");
  }

  private Fields closing() {
    return column("deleted_flag", "boolean", "boolean", true)
        .column("owner_timestamp", "integer", "bigint", true);
  }

  /** The same and another column, at the end. */
  public Fields column(String name, String kind, String type, boolean notNull) {
    return and("column", name)
        .and("here", name)
        .and("kind", kind)
        .and("type", type)
        .and("rendered", "f")
        .and("not_null", notNull ? "t" : "f");
  }
}
