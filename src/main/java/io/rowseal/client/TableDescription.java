package io.rowseal.client;

import io.rowseal.encoding.Column;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a client must know of a protected table. Immutable: starts with the defaults of {@code
 * rowseal.protect}, and each method returns a description that differs in one thing. {@link
 * JdbcTable#describe} reads it from a live table.
 */
public final class TableDescription {
  private final Parts parts;

  /** What is changed while a description is made, and never afterwards. */
  private static final class Parts implements Cloneable {
    String context;
    List<Column> columns = List.of();
    Set<String> unsigned = Set.of();
    Map<String, String> certificates = Map.of();
    MessageFormat format = MessageFormat.ROWSEAL_V1;
    Set<SignatureAlgorithm> algorithms = Set.of(SignatureAlgorithm.ED25519);
    boolean isSpki;
    String owner = "user_hash";
    HashAlgorithm ownerHash = HashAlgorithm.SHA3_512;
    String ownerPrefix = "";
    String timestamp = "owner_timestamp";
    String deleted = "deleted_flag";
    String signature = "sign_b64";
    Optional<String> publicKey = Optional.empty();
    long latest = OwnerTime.LIMIT;

    @Override
    protected Parts clone() {
      try {
        return (Parts) super.clone();
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private TableDescription(Parts parts) {
    this.parts = parts;
  }

  /**
   * A description without columns.
   *
   * @param context by default the unqualified name of the data table
   */
  public static TableDescription of(String context) {
    Parts parts = new Parts();
    parts.context = Objects.requireNonNull(context, "context");
    return new TableDescription(parts);
  }

  private TableDescription with(Consumer<Parts> change) {
    Parts changed = parts.clone();
    change.accept(changed);
    return new TableDescription(changed);
  }

  /** With one more signed column: all but the signature itself and what is unsigned. */
  public TableDescription column(String name, ValueKind kind) {
    if (columns().stream().anyMatch(column -> column.name().equals(name))) {
      throw new IllegalArgumentException("column " + name + " is described twice");
    }
    return with(
        p -> {
          List<Column> columns = new ArrayList<>(p.columns);
          columns.add(new Column(name, kind));
          p.columns = List.copyOf(columns);
        });
  }

  /** With one more column that rows may have and that is not signed. */
  public TableDescription unsigned(String column) {
    return with(
        p -> {
          Set<String> unsigned = new LinkedHashSet<>(p.unsigned);
          unsigned.add(column);
          p.unsigned = Set.copyOf(unsigned);
        });
  }

  public TableDescription format(MessageFormat format) {
    return with(p -> p.format = Objects.requireNonNull(format));
  }

  /** All keys are raw keys of one algorithm; Ed25519 unless something else is said. */
  public TableDescription algorithm(SignatureAlgorithm algorithm) {
    return with(
        p -> {
          p.algorithms = Set.of(algorithm);
          p.isSpki = false;
        });
  }

  /**
   * Each key is a SubjectPublicKeyInfo and names its own algorithm.
   *
   * @param allowed which are welcome; all, if none is named
   */
  public TableDescription spki(SignatureAlgorithm... allowed) {
    return with(
        p -> {
          p.algorithms = Set.of(allowed.length == 0 ? SignatureAlgorithm.values() : allowed);
          p.isSpki = true;
        });
  }

  /** The owner column, and how the owner id follows from the public key. */
  public TableDescription owner(String column, HashAlgorithm hash, String prefix) {
    return with(
        p -> {
          p.owner = Objects.requireNonNull(column);
          p.ownerHash = Objects.requireNonNull(hash);
          p.ownerPrefix = Objects.requireNonNull(prefix);
        });
  }

  /** The column that holds the signature. */
  public TableDescription signature(String column) {
    return with(p -> p.signature = Objects.requireNonNull(column));
  }

  /** The column that orders versions. */
  public TableDescription timestamp(String column) {
    return with(p -> p.timestamp = Objects.requireNonNull(column));
  }

  /** The column that says that a version is a tombstone. */
  public TableDescription deleted(String column) {
    return with(p -> p.deleted = Objects.requireNonNull(column));
  }

  /** Makes it an identity table: the column holds the owner's public key. */
  public TableDescription publicKey(String column) {
    return with(p -> p.publicKey = Optional.of(column));
  }

  /** A certificate column holds the owner's signature over the bytes of a certified column. */
  public TableDescription certificate(String certificate, String certified) {
    return with(
        p -> {
          Map<String, String> certificates = new LinkedHashMap<>(p.certificates);
          certificates.put(certificate, certified);
          p.certificates = Map.copyOf(certificates);
        });
  }

  /**
   * The greatest timestamp that a signer signs, in the owner's own unit; by default the year 2100
   * in milliseconds. It is the client's affair: no server knows it.
   */
  public TableDescription latest(long timestamp) {
    return with(p -> p.latest = timestamp);
  }

  public String context() {
    return parts.context;
  }

  /** The signed columns. */
  public List<Column> columns() {
    return parts.columns;
  }

  public String owner() {
    return parts.owner;
  }

  public String signature() {
    return parts.signature;
  }

  public String timestamp() {
    return parts.timestamp;
  }

  Set<String> unsigned() {
    return parts.unsigned;
  }

  Map<String, String> certificates() {
    return parts.certificates;
  }

  MessageFormat format() {
    return parts.format;
  }

  /** Of owners' keys. */
  Set<SignatureAlgorithm> algorithms() {
    return parts.algorithms;
  }

  /** Whether each key names its own algorithm; otherwise there is only one. */
  boolean isSpki() {
    return parts.isSpki;
  }

  Optional<String> publicKey() {
    return parts.publicKey;
  }

  HashAlgorithm ownerHash() {
    return parts.ownerHash;
  }

  String ownerPrefix() {
    return parts.ownerPrefix;
  }

  String deleted() {
    return parts.deleted;
  }

  long latest() {
    return parts.latest;
  }
}
