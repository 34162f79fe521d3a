package io.rowseal.policy;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.row.TableColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Settings as SQL hands them over: names and values in turn. PostgreSQL has taken the JSON apart,
 * so no JSON library is needed in a backend.
 *
 * <p>Most names stand once. Lists repeat a name: {@code key} for each column of the row key, {@code
 * certificate} and {@code certified} for each certificate, and for each signed column {@code
 * column} with what follows it up to the next one.
 */
final class PolicyFields {
  private static final int MOST_COLUMNS = 2_000;

  private static final Set<String> SINGLE =
      Set.of(
          "role",
          "table",
          "layout",
          "format",
          "context",
          "algorithm",
          "allowed_algorithms",
          "owner_hash",
          "owner_prefix",
          "version_hash",
          "version_prefix",
          "owner",
          "signature",
          "signature_here",
          "owner_timestamp",
          "deleted",
          "parent",
          "version_id",
          "version_id_here",
          "version_id_type",
          "public_key",
          "large",
          "on_invalid",
          "on_unknown_owner",
          "on_stale",
          "identities");

  private static final Set<String> OF_COLUMN =
      Set.of("here", "kind", "type", "rendered", "not_null");

  /** Names of a certificate's column and of the column that it certifies. */
  record CertificateNames(String certificate, String certified) {}

  private final Map<String, String> single = new HashMap<>();
  private final List<String> key = new ArrayList<>();
  private final List<CertificateNames> certificates = new ArrayList<>();
  private final List<TableColumn> columns = new ArrayList<>();

  /** The name of the column whose fields are being read; null before the first. */
  private String column;

  private final Map<String, String> ofColumn = new HashMap<>();

  /** A certificate's column that waits for the name of what it certifies. */
  private String certificate;

  private PolicyFields() {}

  /**
   * Sorts the fields.
   *
   * @throws RefusedException RS012 for a field that is unknown, missing, repeated or has no value
   */
  static PolicyFields read(String[] fields) {
    if (fields == null) {
      throw Refusal.CONFIGURATION.because("there are no settings");
    }
    PolicyFields read = new PolicyFields();
    for (int i = 0; i < fields.length; i += 2) {
      String value = i + 1 < fields.length ? fields[i + 1] : null;
      if (fields[i] == null || value == null) {
        throw Refusal.CONFIGURATION.because("setting '" + fields[i] + "' has no value");
      }
      read.take(fields[i], value);
    }
    read.finishCertificate();
    read.finishColumn();
    return read;
  }

  /** A setting that must be there. */
  String required(String name) {
    String value = single.get(name);
    if (value == null) {
      throw missing(name);
    }
    return value;
  }

  /** A setting that may be absent: null then. */
  String optional(String name) {
    return single.get(name);
  }

  /** Names of the row key's columns, in order. */
  List<String> key() {
    return key;
  }

  /** The certificates that a row carries. */
  List<CertificateNames> certificates() {
    return certificates;
  }

  /** The signed columns in table order. */
  List<TableColumn> columns() {
    return columns;
  }

  private void take(String name, String value) {
    if (certificate != null && !name.equals("certified")) {
      finishCertificate();
    }
    switch (name) {
      case "key" -> key.add(value);
      case "certificate" -> certificate = value;
      case "certified" -> certify(value);
      case "column" -> {
        finishColumn();
        column = value;
      }
      default -> takeNamed(name, value);
    }
  }

  private void takeNamed(String name, String value) {
    boolean belongsToColumn = column != null && OF_COLUMN.contains(name);
    if (!belongsToColumn && !SINGLE.contains(name)) {
      throw Refusal.CONFIGURATION.because("setting '" + name + "' is not known here");
    }
    if ((belongsToColumn ? ofColumn : single).put(name, value) != null) {
      throw Refusal.CONFIGURATION.because("setting '" + name + "' is there twice");
    }
  }

  private void certify(String certified) {
    if (certificate == null) {
      throw missing("certificate");
    }
    certificates.add(new CertificateNames(certificate, certified));
    certificate = null;
  }

  private void finishCertificate() {
    if (certificate != null) {
      throw missing("certified");
    }
  }

  private void finishColumn() {
    if (column == null) {
      return;
    }
    if (columns.size() == MOST_COLUMNS) {
      throw Refusal.CONFIGURATION.because("there are more than " + MOST_COLUMNS + " columns");
    }
    columns.add(
        new TableColumn(
            column,
            ofColumn("here"),
            kind(ofColumn("kind")),
            ofColumn("type"),
            isTrue("rendered"),
            isTrue("not_null")));
    ofColumn.clear();
  }

  private String ofColumn(String name) {
    String value = ofColumn.get(name);
    if (value == null) {
      throw Refusal.CONFIGURATION.because(
          "setting '" + name + "' of column " + column + " is missing; call protect again");
    }
    return value;
  }

  private boolean isTrue(String name) {
    String value = ofColumn(name);
    if (!value.equals("t") && !value.equals("f")) {
      throw unknown(name, value, List.of("t", "f"));
    }
    return value.equals("t");
  }

  private static ValueKind kind(String name) {
    return switch (name) {
      case "bytes" -> ValueKind.BYTES;
      case "boolean" -> ValueKind.BOOLEAN;
      case "integer" -> ValueKind.INTEGER;
      case "text" -> ValueKind.TEXT;
      default -> throw unknown("kind", name, List.of("bytes", "boolean", "integer", "text"));
    };
  }

  private static RefusedException missing(String name) {
    return Refusal.CONFIGURATION.because("setting '" + name + "' is missing; call protect again");
  }

  /** The refusal of a value that a setting cannot have. */
  static RefusedException unknown(String setting, String value, List<String> known) {
    return Refusal.CONFIGURATION.because(
        setting + " '" + value + "' is not known; known are " + String.join(", ", known));
  }
}
