package io.rowseal.policy;

import io.rowseal.database.RowImage;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.Column;
import io.rowseal.encoding.Decodability;
import io.rowseal.encoding.Decodability.Field;
import io.rowseal.encoding.Decodability.Shape;
import io.rowseal.encoding.MessageEncoder;
import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.OwnerHash;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a protected table demands of its rows: the settings, checked once and in the form that
 * enforcement uses. It cannot be built from settings that contradict each other.
 *
 * <p>A row image is an array: the signed columns in table order, then the signature, then the
 * version id if the table has a derived one.
 */
public final class Policy {

  /** A certificate column and the key column whose bytes it signs, as places in the row image. */
  public record Certificate(int certificate, int certified) {}

  /** Where superseded versions are kept. */
  public enum Layout {
    UNVERSIONED("unversioned"),
    TWO_TABLES("two-tables"),
    ONE_TABLE("one-table");

    private final String label;

    Layout(String label) {
      this.label = label;
    }

    private static Layout named(String label) {
      return Arrays.stream(values()).filter(l -> l.label.equals(label)).findFirst().orElse(null);
    }
  }

  /**
   * A table that holds rows of this policy, as SQL knows it.
   *
   * @param name quoted
   * @param columns of the row image, by the table's own names
   * @param primaryKey places in the image
   * @param image SQL expression of the image of a row {@code r}
   */
  public record Place(String name, List<TableColumn> columns, int[] primaryKey, String image) {}

  private final String subject;
  private final List<TableColumn> image;
  private final int signature;
  private final int owner;
  private final int timestamp;

  /** Place of the parent's version id; -1 where there is no parent, or its signature names it. */
  private final int parent;

  /** Place of the value that goes beside the image of a written row; -1 where none does. */
  private final int large;

  private final int publicKey;
  private final int[] key;
  private final List<Certificate> certificates;
  private final Optional<DigestFormat> versionId;
  private final DigestFormat ownerId;
  private final KeyReader keys;
  private final MessageEncoder encoder;
  private final boolean staleIsError;
  private final boolean quarantinesInvalid;
  private final boolean defersUnknownOwners;
  private final Layout layout;
  private final boolean ofVersions;
  private final Place data;
  private final Place versions;
  private final Optional<IdentitySource> identities;

  /**
   * Where the owners' public keys are.
   *
   * @param table the identity table, quoted for SQL
   * @param owner its owner column
   * @param publicKey its public key column
   */
  public record IdentitySource(String table, String owner, String publicKey) {}

  private Policy(Settings settings) {
    subject = settings.subject();
    List<TableColumn> signed = settings.columns();
    owner = place(signed, settings.required("owner"));
    timestamp = place(signed, settings.required("owner_timestamp"));
    place(signed, settings.required("deleted"));
    parent = namesAnId(settings) ? place(signed, settings.required("parent")) : -1;
    large = settings.optional("large") == null ? -1 : place(signed, settings.required("large"));
    key = settings.key().stream().mapToInt(name -> place(signed, name)).toArray();
    image = new ArrayList<>(signed);
    signature = image.size();
    image.add(
        new TableColumn(
            settings.required("signature"),
            settings.required("signature"),
            ValueKind.BYTES,
            "pg_catalog.bytea",
            false,
            false));
    versionId = versionId(settings);
    ownerId =
        new DigestFormat(
            hash(settings, "owner_hash"),
            settings.required("owner_prefix"),
            signed.get(owner).kind());
    keys = keys(settings);
    boolean holdsIdentities = settings.optional("public_key") != null;
    publicKey = holdsIdentities ? place(signed, settings.required("public_key")) : -1;
    certificates =
        settings.certificates().entrySet().stream()
            .map(
                entry ->
                    new Certificate(place(signed, entry.getKey()), place(signed, entry.getValue())))
            .toList();
    identities = holdsIdentities ? Optional.empty() : Optional.of(identitySource(settings));
    staleIsError = choose(settings, "on_stale", "ignore", "error");
    quarantinesInvalid = choose(settings, "on_invalid", "reject", "quarantine");
    defersUnknownOwners = choose(settings, "on_unknown_owner", "reject", "defer");
    layout =
        choose(
            settings,
            "layout",
            Layout::named,
            Arrays.stream(Layout.values()).map(l -> l.label).toList());
    if (staleIsError && layout != Layout.UNVERSIONED) {
      throw Refusal.CONFIGURATION.because(
          "on_stale 'error' is for unversioned tables; a versioned table keeps stale versions");
    }
    ofVersions = settings.required("role").equals("versions");
    data =
        new Place(
            settings.required("table"),
            List.copyOf(image),
            places(settings.primaryKey()),
            settings.dataImage());
    versions = layout == Layout.TWO_TABLES ? versionsPlace(settings) : null;
    MessageFormat format =
        choose(
            settings,
            "format",
            name -> MessageFormat.named(name).orElse(null),
            Arrays.stream(MessageFormat.values()).map(MessageFormat::label).toList());
    List<Column> columns = signed.stream().map(TableColumn::signed).toList();
    encoder = format.encoder(settings.required("context"), columns, signed.get(timestamp).name());
    if (format == MessageFormat.BUCKITUP) {
      refuseUndefined(signed);
      refuseAmbiguity(settings);
    }
  }

  /**
   * The policy that the settings state.
   *
   * @throws io.rowseal.error.RefusedException RS012 where the settings are unknown or contradict
   *     each other
   */
  public static Policy of(Settings settings) {
    return new Policy(settings);
  }

  /** Signed columns, signature, derived version id: what a row image holds. */
  public List<TableColumn> image() {
    return image;
  }

  /**
   * The values of a row on its way into a table.
   *
   * @param written its image, in which the value that may be large is left out
   * @param beside that value; without meaning where no column has such values
   * @throws io.rowseal.error.RefusedException RS006 if it is not such an image
   */
  public Object[] row(byte[] written, byte[] beside) {
    Object[] row = RowImage.decode(written, image);
    if (large >= 0) {
      row[large] = beside;
    }
    return row;
  }

  /** The settings as a text that is the same for a data table and its versions table. */
  public String subject() {
    return subject;
  }

  public Layout layout() {
    return layout;
  }

  /** Whether these are the settings of a versions table's own triggers. */
  public boolean ofVersions() {
    return ofVersions;
  }

  /** The table that holds the tips, or all versions where there is one table. */
  public Place data() {
    return data;
  }

  /** The table of superseded versions; null unless the layout has one. */
  public Place versions() {
    return versions;
  }

  /** How many columns of the image a stored row must share with another to be the same version. */
  public int versionLength() {
    return signature + 1;
  }

  public int signature() {
    return signature;
  }

  public int owner() {
    return owner;
  }

  public int timestamp() {
    return timestamp;
  }

  /** Places of the primary key's columns. */
  public int[] key() {
    return key.clone();
  }

  public boolean holdsIdentities() {
    return identities.isEmpty();
  }

  /** Place of the public key; identity tables only. */
  public int publicKey() {
    return publicKey;
  }

  public List<Certificate> certificates() {
    return certificates;
  }

  public Optional<IdentitySource> identities() {
    return identities;
  }

  public DigestFormat ownerId() {
    return ownerId;
  }

  public KeyReader keys() {
    return keys;
  }

  public boolean staleIsError() {
    return staleIsError;
  }

  /** Whether a row that is refused so waits aside instead of failing its statement. */
  public boolean parks(Refusal refusal) {
    return switch (refusal) {
      case OWNER_UNKNOWN -> defersUnknownOwners;
      case NOT_SIGNED, SIGNATURE_INVALID, OWNER_MISMATCH, CERTIFICATE_INVALID, MALFORMED ->
          quarantinesInvalid;
      default -> false;
    };
  }

  /** The derived version id, if the table has one; it stands behind the signature in the image. */
  public Optional<DigestFormat> versionId() {
    return versionId;
  }

  /** The row with its derived version id in place, if the table has one. */
  public Object[] complete(Object[] row) {
    if (versionId.isEmpty() || row[signature + 1] != null || row[signature] == null) {
      return row;
    }
    Object[] complete = row.clone();
    complete[signature + 1] = versionId.get().of((byte[]) row[signature]);
    return complete;
  }

  /** The bytes that the owner signs. */
  public byte[] message(Object[] row) {
    return encoder.encode(row);
  }

  /**
   * Refuses what no signature could mend, before any look-up or cryptography.
   *
   * @throws io.rowseal.error.RefusedException RS001 without signature, RS006 for a required NULL or
   *     a malformed version id or parent
   */
  public void checkShape(Object[] row) {
    for (int i = 0; i < signature; i++) {
      if (row[i] == null && image.get(i).notNull()) {
        throw Refusal.MALFORMED.because("column " + image.get(i).name() + " is null");
      }
    }
    if (!(row[signature] instanceof byte[] bytes) || bytes.length == 0) {
      throw Refusal.NOT_SIGNED.because("column " + image.get(signature).name() + " is empty");
    }
    versionId.ifPresent(format -> checkVersionId(format, row, bytes));
  }

  /** The column {@code parent_sign_b64} holds a signature, also where versions go by their hash. */
  private static boolean namesAnId(Settings settings) {
    String parent = settings.optional("parent");
    return parent != null && !parent.equals("parent_" + settings.required("signature"));
  }

  private void checkVersionId(DigestFormat format, Object[] row, byte[] bytes) {
    Object found = row[signature + 1];
    if (found != null && !format.matches(found, bytes)) {
      throw Refusal.MALFORMED.because(
          "column "
              + image.get(signature + 1).name()
              + " is not the "
              + format.hash().label()
              + " of the signature; leave it null to have it filled in");
    }
    if (parent >= 0 && row[parent] != null && !format.wellFormed(row[parent])) {
      throw Refusal.MALFORMED.because(
          "column "
              + image.get(parent).name()
              + " is not a version id: expected "
              + format.description());
    }
  }

  private Optional<DigestFormat> versionId(Settings settings) {
    OwnerHash hash = hash(settings, "version_hash");
    String column = settings.required("version_id");
    if (column.equals(image.get(signature).name())) {
      return Optional.empty();
    }
    boolean text = settings.required("version_id_type").equals("text");
    ValueKind kind = text ? ValueKind.TEXT : ValueKind.BYTES;
    image.add(
        new TableColumn(
            column, column, kind, text ? "pg_catalog.text" : "pg_catalog.bytea", false, false));
    return Optional.of(new DigestFormat(hash, settings.required("version_prefix"), kind));
  }

  private Place versionsPlace(Settings settings) {
    List<TableColumn> columns =
        image.stream()
            .map(c -> c.called(settings.versionsColumns().getOrDefault(c.name(), c.name())))
            .toList();
    return new Place(
        settings.required("versions"),
        columns,
        places(settings.versionsKey()),
        settings.versionsImage());
  }

  private int[] places(List<String> names) {
    return names.stream().mapToInt(name -> place(image, name)).toArray();
  }

  /**
   * The format buckitup says nothing of types that are neither text nor bytes, truth or integer.
   */
  private static void refuseUndefined(List<TableColumn> signed) {
    String columns =
        signed.stream()
            .filter(TableColumn::rendered)
            .map(column -> column.name() + " (" + column.type() + ")")
            .collect(Collectors.joining(", "));
    if (!columns.isEmpty()) {
      throw Refusal.CONFIGURATION.because(
          "the format buckitup has no encoding for "
              + columns
              + "; exclude them, or use the format rowseal-v1");
    }
  }

  private void refuseAmbiguity(Settings settings) {
    List<Field> fields = new ArrayList<>();
    for (int i = 0; i < signature; i++) {
      TableColumn column = image.get(i);
      fields.add(new Field(column.name(), shape(i, settings), !column.notNull()));
    }
    List<String> ambiguous = Decodability.ambiguous(fields);
    if (!ambiguous.isEmpty()) {
      throw Refusal.CONFIGURATION.because(
          "in the format buckitup two different rows could have the same message, because of the columns "
              + String.join(", ", ambiguous)
              + "; make them NOT NULL, leave at most one of free length, or use the format rowseal-v1");
    }
  }

  private Shape shape(int place, Settings settings) {
    boolean oneAlgorithm = SignatureAlgorithm.named(settings.required("algorithm")).isPresent();
    boolean oneKeyLength =
        SignatureAlgorithm.named(settings.required("algorithm"))
            .filter(a -> a.label().startsWith("ES"))
            .isEmpty();
    TableColumn column = image.get(place);
    if (column.kind() == ValueKind.BOOLEAN) {
      return Shape.BOOLEAN;
    }
    if (place == timestamp) {
      return Shape.TIMESTAMP;
    }
    if (certificates.stream().anyMatch(c -> c.certified() == place)) {
      return oneAlgorithm ? Shape.CERTIFIED : Shape.FREE;
    }
    boolean fixed =
        place == owner
            || column.type().equals("uuid")
            || (place == parent && versionId.filter(Policy::distinctFromNull).isPresent())
            || (place == publicKey && oneAlgorithm && oneKeyLength)
            || (oneAlgorithm && certificates.stream().anyMatch(c -> c.certificate() == place));
    return fixed ? Shape.FIXED : Shape.FREE;
  }

  /** Whether no such digest begins as the NULL of the format buckitup is spelled. */
  private static boolean distinctFromNull(DigestFormat format) {
    return format.kind() == ValueKind.TEXT && !format.prefix().startsWith("n");
  }

  private static IdentitySource identitySource(Settings settings) {
    return new IdentitySource(
        settings.required("identities"),
        settings.required("identities_owner"),
        settings.required("identities_key"));
  }

  private static KeyReader keys(Settings settings) {
    if (settings.required("algorithm").equals("SPKI")) {
      return KeyReader.spki(allowed(settings));
    }
    List<String> known = new ArrayList<>(SignatureAlgorithm.labels());
    known.add("SPKI");
    return KeyReader.fixed(
        choose(settings, "algorithm", name -> SignatureAlgorithm.named(name).orElse(null), known));
  }

  private static Set<SignatureAlgorithm> allowed(Settings settings) {
    String list = settings.optional("allowed_algorithms");
    if (list == null) {
      return EnumSet.allOf(SignatureAlgorithm.class);
    }
    Set<SignatureAlgorithm> allowed = EnumSet.noneOf(SignatureAlgorithm.class);
    for (String name : list.split(",", -1)) {
      allowed.add(
          SignatureAlgorithm.named(name)
              .orElseThrow(() -> unknown("allowed_algorithms", name, SignatureAlgorithm.labels())));
    }
    return allowed;
  }

  private static OwnerHash hash(Settings settings, String setting) {
    return choose(
        settings, setting, name -> OwnerHash.named(name).orElse(null), OwnerHash.labels());
  }

  private static boolean choose(Settings settings, String setting, String no, String yes) {
    return choose(settings, setting, Map.of(no, false, yes, true)::get, List.of(no, yes));
  }

  private static <T> T choose(
      Settings settings, String setting, Function<String, T> named, List<String> known) {
    String name = settings.required(setting);
    T found = named.apply(name);
    if (found == null) {
      throw unknown(setting, name, known);
    }
    return found;
  }

  private static RuntimeException unknown(String setting, String name, List<String> known) {
    return Refusal.CONFIGURATION.because(
        setting + " '" + name + "' is not known; known are " + String.join(", ", known));
  }

  private static int place(List<TableColumn> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw Refusal.CONFIGURATION.because("column " + name + " is not among the signed columns");
  }
}
