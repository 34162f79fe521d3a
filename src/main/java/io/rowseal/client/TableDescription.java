package io.rowseal.client;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.HashAlgorithm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a signer must know of a table. Starts with the defaults of {@code rowseal.protect}; each
 * method changes one thing and returns the same description.
 */
public final class TableDescription {
  final String context;
  final List<Column> columns = new ArrayList<>();
  final Map<String, String> certificates = new LinkedHashMap<>();
  MessageFormat format = MessageFormat.ROWSEAL_V1;
  String owner = "user_hash";
  HashAlgorithm ownerHash = HashAlgorithm.SHA3_512;
  String ownerPrefix = "";
  String timestamp = "owner_timestamp";
  String signature = "sign_b64";
  String publicKey;

  private TableDescription(String context) {
    this.context = Objects.requireNonNull(context);
  }

  /**
   * A description without columns.
   *
   * @param context by default the unqualified name of the data table
   */
  public static TableDescription of(String context) {
    return new TableDescription(context);
  }

  /**
   * Adds a signed column; all but the signature itself and what {@code protect} excludes are
   * signed.
   */
  public TableDescription column(String name, ValueKind kind) {
    columns.add(new Column(name, kind));
    return this;
  }

  public TableDescription format(MessageFormat value) {
    format = value;
    return this;
  }

  public TableDescription owner(String column, HashAlgorithm hash, String prefix) {
    owner = column;
    ownerHash = hash;
    ownerPrefix = prefix;
    return this;
  }

  /** Makes it an identity table: the column gets the owner's public key. */
  public TableDescription publicKey(String column) {
    publicKey = column;
    return this;
  }

  /** A certificate column gets the owner's signature over the bytes of a certified column. */
  public TableDescription certificate(String certificate, String certified) {
    certificates.put(certificate, certified);
    return this;
  }
}
