package io.rowseal.policy;

import io.rowseal.encoding.MessageFormat;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy.Certificate;
import io.rowseal.policy.Policy.Layout;
import io.rowseal.row.RowLayout;
import io.rowseal.row.TableColumn;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a policy of settings, or refuses them: RS012 for each value that is not known, and for each
 * two that contradict each other. So nothing that uses a policy needs to ask whether it makes
 * sense.
 */
final class PolicyReader {
  private static final String SPKI = "SPKI";
  private static final List<String> ROLES = List.of("identities", "data", "versions");
  private static final List<String> ID_TYPES = List.of("bytea", "text");

  private final PolicyFields fields;
  private final List<TableColumn> signed;
  private final Map<String, Integer> places = new HashMap<>();

  PolicyReader(PolicyFields fields) {
    this.fields = fields;
    this.signed = fields.columns();
    for (int i = 0; i < signed.size(); i++) {
      if (places.put(signed.get(i).name(), i) != null) {
        throw Refusal.CONFIGURATION.because("column " + signed.get(i).name() + " is there twice");
      }
    }
  }

  Policy policy() {
    requiredPlace("deleted", ValueKind.BOOLEAN);
    DigestFormat versionId = versionId();
    RowLayout columns = columns(versionId);
    Layout layout = layout();
    MessageFormat format = format();
    Policy policy =
        new Policy(
            columns,
            layout,
            ofVersions(layout),
            ownerId(columns.owner()),
            versionId,
            keys(),
            certificates(),
            signing(format),
            reactions(layout),
            columns.publicKey() == RowLayout.NONE ? identities() : null);
    if (format == MessageFormat.BUCKITUP) {
      BuckitUpRules.check(policy);
    }
    return policy;
  }

  // ---------------------------------------------------------------- columns

  private RowLayout columns(DigestFormat versionId) {
    List<TableColumn> columns = new ArrayList<>(signed);
    columns.add(unsigned("signature", "signature_here", ValueKind.BYTES));
    if (versionId != null) {
      columns.add(unsigned("version_id", "version_id_here", versionId.kind()));
    }
    int owner = requiredPlace("owner", ValueKind.BYTES, ValueKind.TEXT);
    return new RowLayout(
        fields.required("table"),
        columns,
        signed.size(),
        new RowLayout.Places(
            key(owner),
            owner,
            requiredPlace("owner_timestamp", ValueKind.INTEGER),
            namesParentById() ? place("parent", ValueKind.BYTES, ValueKind.TEXT) : RowLayout.NONE,
            fields.optional("large") == null ? RowLayout.NONE : place("large", ValueKind.BYTES),
            publicKey()));
  }

  private TableColumn unsigned(String setting, String here, ValueKind kind) {
    String name = fields.required(setting);
    if (places.containsKey(name)) {
      throw Refusal.CONFIGURATION.because(
          "column " + name + " (setting " + setting + ") cannot be among the signed columns");
    }
    return TableColumn.unsigned(name, fields.required(here), kind);
  }

  private int[] key(int owner) {
    List<String> names = fields.key();
    if (!names.contains(signed.get(owner).name())) {
      throw Refusal.CONFIGURATION.because(
          "the row key does not contain the owner column " + signed.get(owner).name());
    }
    int[] key = new int[names.size()];
    for (int i = 0; i < key.length; i++) {
      key[i] = placeOf(names.get(i));
      if (names.indexOf(names.get(i)) < i) {
        throw Refusal.CONFIGURATION.because("column " + names.get(i) + " is in the row key twice");
      }
    }
    return key;
  }

  /** The column {@code parent_sign_b64} holds a signature, also where versions go by their hash. */
  private boolean namesParentById() {
    String parent = fields.optional("parent");
    return parent != null && !parent.equals("parent_" + fields.required("signature"));
  }

  private int publicKey() {
    boolean holdsIdentities = fields.optional("public_key") != null;
    String role = chosen("role", ROLES);
    if (role.equals("data") && holdsIdentities) {
      throw Refusal.CONFIGURATION.because("setting 'public_key' is for identity tables");
    }
    return role.equals("identities") || holdsIdentities
        ? requiredPlace("public_key", ValueKind.BYTES)
        : RowLayout.NONE;
  }

  /** The place of a column that every version needs. */
  private int requiredPlace(String setting, ValueKind... kinds) {
    int place = place(setting, kinds);
    requireNotNull(setting, signed.get(place));
    return place;
  }

  private int place(String setting, ValueKind... kinds) {
    int place = placeOf(fields.required(setting));
    requireKind(setting, signed.get(place), kinds);
    return place;
  }

  private int placeOf(String column) {
    Integer place = places.get(column);
    if (place == null) {
      throw Refusal.CONFIGURATION.because("column " + column + " is not among the signed columns");
    }
    return place;
  }

  private static void requireKind(String setting, TableColumn column, ValueKind... kinds) {
    if (!Arrays.asList(kinds).contains(column.kind())) {
      throw Refusal.CONFIGURATION.because(
          "column "
              + column.name()
              + " (setting "
              + setting
              + ") cannot be of type "
              + column.type());
    }
  }

  private static void requireNotNull(String setting, TableColumn column) {
    if (!column.notNull()) {
      throw Refusal.CONFIGURATION.because(
          "column " + column.name() + " (setting " + setting + ") must be not_null");
    }
  }

  // ---------------------------------------------------------------- owners and ids

  private DigestFormat ownerId(int owner) {
    return new DigestFormat(
        hash("owner_hash"), fields.required("owner_prefix"), signed.get(owner).kind());
  }

  private DigestFormat versionId() {
    HashAlgorithm hash = hash("version_hash");
    if (fields.required("version_id").equals(fields.required("signature"))) {
      return null;
    }
    boolean text = chosen("version_id_type", ID_TYPES).equals("text");
    return new DigestFormat(
        hash, fields.required("version_prefix"), text ? ValueKind.TEXT : ValueKind.BYTES);
  }

  private String identities() {
    String named = fields.optional("identities");
    return named == null ? "the identity table" : named;
  }

  private List<Certificate> certificates() {
    List<Certificate> certificates = new ArrayList<>();
    for (PolicyFields.CertificateNames names : fields.certificates()) {
      certificates.add(
          new Certificate(
              bytesOf("certificate", names.certificate()),
              bytesOf("certified", names.certified())));
    }
    return List.copyOf(certificates);
  }

  private int bytesOf(String setting, String name) {
    int place = placeOf(name);
    requireKind(setting, signed.get(place), ValueKind.BYTES);
    requireNotNull(setting, signed.get(place));
    return place;
  }

  private KeyReader keys() {
    String name = fields.required("algorithm");
    if (name.equals(SPKI)) {
      return KeyReader.spki(allowed());
    }
    return KeyReader.fixed(known(SignatureAlgorithm.named(name), "algorithm", name, algorithms()));
  }

  private static List<String> algorithms() {
    List<String> known = new ArrayList<>(SignatureAlgorithm.labels());
    known.add(SPKI);
    return known;
  }

  private Set<SignatureAlgorithm> allowed() {
    String list = fields.optional("allowed_algorithms");
    if (list == null) {
      return EnumSet.allOf(SignatureAlgorithm.class);
    }
    Set<SignatureAlgorithm> allowed = EnumSet.noneOf(SignatureAlgorithm.class);
    for (String name : list.split(",", -1)) {
      allowed.add(
          known(
              SignatureAlgorithm.named(name),
              "allowed_algorithms",
              name,
              SignatureAlgorithm.labels()));
    }
    return allowed;
  }

  private HashAlgorithm hash(String setting) {
    String name = fields.required(setting);
    return known(HashAlgorithm.named(name), setting, name, HashAlgorithm.labels());
  }

  private static <T> T known(Optional<T> found, String setting, String name, List<String> labels) {
    if (found.isEmpty()) {
      throw PolicyFields.unknown(setting, name, labels);
    }
    return found.get();
  }

  // ---------------------------------------------------------------- signing and storing

  private MessageFormat format() {
    String name = fields.required("format");
    return known(MessageFormat.named(name), "format", name, MessageFormat.labels());
  }

  private Signing signing(MessageFormat format) {
    String context = fields.required("context");
    return new Signing(
        format,
        context,
        fields.required("algorithm"),
        format.encoder(context, Signing.columns(signed), fields.required("owner_timestamp")));
  }

  private Layout layout() {
    List<String> known = new ArrayList<>();
    String name = fields.required("layout");
    for (Layout layout : Layout.values()) {
      if (layout.label().equals(name)) {
        return layout;
      }
      known.add(layout.label());
    }
    throw PolicyFields.unknown("layout", name, known);
  }

  private boolean ofVersions(Layout layout) {
    boolean ofVersions = chosen("role", ROLES).equals("versions");
    if (ofVersions && layout != Layout.TWO_TABLES) {
      throw Refusal.CONFIGURATION.because(
          "the layout " + layout.label() + " has no versions table");
    }
    return ofVersions;
  }

  private Reactions reactions(Layout layout) {
    boolean staleIsError = isSecond("on_stale", "ignore", "error");
    if (staleIsError && layout != Layout.UNVERSIONED) {
      throw Refusal.CONFIGURATION.because(
          "on_stale 'error' is for unversioned tables; a versioned table keeps stale versions");
    }
    return new Reactions(
        staleIsError,
        isSecond("on_invalid", "reject", "quarantine"),
        isSecond("on_unknown_owner", "reject", "defer"));
  }

  private boolean isSecond(String setting, String first, String second) {
    return chosen(setting, List.of(first, second)).equals(second);
  }

  private String chosen(String setting, List<String> known) {
    String value = fields.required(setting);
    if (!known.contains(value)) {
      throw PolicyFields.unknown(setting, value, known);
    }
    return value;
  }
}
