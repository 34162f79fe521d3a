package io.rowseal.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.row.RowLayout;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that cannot keep the promises are refused, and the refusal names the setting. */
class PolicyReaderTest {
  private static final Set<String> OPTIONAL = Set.of("identities", "large", "version_id_type");
  private static final Set<String> OF_DERIVED_IDS = Set.of("version_prefix", "version_id_here");

  private static String refusal(String... fields) {
    RefusedException refused = assertThrows(RefusedException.class, () -> Policy.read(fields));
    assertEquals(Refusal.CONFIGURATION, refused.refusal());
    return refused.facts();
  }

  private static void assertRefused(String expected, Fields fields) {
    String facts = refusal(fields.array());
    assertTrue(facts.contains(expected), facts);
  }

  @Test
  void readsADataTable() {
    Policy policy = Policy.read(Fields.notes("two-tables").array());
    RowLayout columns = policy.columns();
    assertEquals("public.notes", columns.table());
    assertEquals(0, columns.owner());
    assertEquals(3, columns.large());
    assertEquals(5, columns.timestamp());
    assertEquals(6, columns.signature());
    assertEquals(RowLayout.NONE, columns.versionId());
    assertEquals(RowLayout.NONE, columns.parent());
    assertEquals(2, columns.keyColumns().size());
    assertFalse(policy.holdsIdentities());
    assertFalse(policy.isAppendOnly());
    assertNull(policy.versionId());
    assertEquals("public.cards", policy.identities());
  }

  @Test
  void readsAnIdentityTable() {
    Policy policy = Policy.read(Fields.cards().array());
    assertTrue(policy.holdsIdentities());
    assertEquals(1, policy.columns().publicKey());
    assertEquals(new Policy.Certificate(3, 2), policy.certificates().get(0));
    assertNull(policy.identities());
  }

  @Test
  void readsAVersionsTable() {
    Policy policy = Policy.read(Fields.notesVersions().withColumn("id", "here", "note_id").array());
    assertTrue(policy.ofVersions());
    assertTrue(policy.isAppendOnly());
    assertEquals("seal", policy.columns().column(policy.columns().signature()).here());
    assertEquals("note_id", policy.columns().column(1).here());
    assertEquals("id", policy.columns().column(1).name());
  }

  @Test
  void readsDerivedVersionIds() {
    Policy policy =
        Policy.read(
            Fields.notes("one-table")
                .with("version_id", "sign_hash")
                .with("version_id_here", "hash_here")
                .with("version_id_type", "text")
                .with("version_prefix", "v_")
                .with("parent", "body")
                .array());
    assertEquals(7, policy.columns().versionId());
    assertEquals(ValueKind.TEXT, policy.columns().column(7).kind());
    assertEquals("hash_here", policy.columns().column(7).here());
    assertEquals(2, policy.columns().parent());
    assertNotNull(policy.versionId());
  }

  @Test
  void parentThatIsNamedByItsSignatureIsNoVersionId() {
    Policy policy =
        Policy.read(
            Fields.notes("one-table")
                .with("parent", "parent_sign_b64")
                .column("parent_sign_b64", "bytes", "bytea", false)
                .array());
    assertEquals(RowLayout.NONE, policy.columns().parent());
  }

  @Test
  void orderOfFieldsMeansNothingButWithinLists() {
    Fields late = Fields.notes("unversioned").without("table").without("owner");
    late.and("owner", "user_hash").and("table", "public.other");
    assertEquals("public.other", Policy.read(late.array()).columns().table());
  }

  @Test
  void everyFieldThatIsNeededIsMissedByName() {
    for (String name : Fields.notes("two-tables").names()) {
      boolean needed =
          !OPTIONAL.contains(name)
              && !OF_DERIVED_IDS.contains(name)
              && !Set.of("column", "key").contains(name);
      if (needed) {
        assertRefused("'" + name + "'", Fields.notes("two-tables").without(name));
      }
    }
    assertRefused("'public_key'", Fields.cards().without("public_key"));
    assertRefused("'certified'", Fields.cards().without("certified"));
    assertRefused("'certificate'", Fields.cards().without("certificate"));
    for (String name : OF_DERIVED_IDS) {
      assertRefused(
          "'" + name + "'", Fields.notes("one-table").with("version_id", "x").without(name));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "role,owner",
    "layout,three-tables",
    "format,json",
    "algorithm,RSA",
    "owner_hash,MD5",
    "version_hash,MD5",
    "on_invalid,ignore",
    "on_unknown_owner,ignore",
    "on_stale,refuse",
    "kind,array",
    "rendered,true",
    "not_null,''"
  })
  void unknownValuesAreNamed(String name, String value) {
    assertRefused(
        name + " '" + value + "' is not known", Fields.notes("unversioned").with(name, value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "owner",
        "owner_timestamp",
        "deleted",
        "large",
        "parent",
        "public_key",
        "certified"
      })
  void columnsMustBeSigned(String name) {
    Fields fields =
        Set.of("public_key", "certified").contains(name)
            ? Fields.cards()
            : Fields.notes("unversioned");
    assertRefused("gone", fields.with(name, "gone"));
    assertRefused("gone", Fields.cards().and("key", "gone"));
  }

  @ParameterizedTest
  @CsvSource({
    "owner,deleted_flag",
    "owner_timestamp,body",
    "deleted,body",
    "large,body",
    "parent,owner_timestamp"
  })
  void columnsMustBeOfTheirKind(String setting, String column) {
    assertRefused(
        "column " + column + " (setting " + setting + ") cannot be of type",
        Fields.notes("unversioned").with(setting, column));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_hash", "owner_timestamp", "deleted_flag"})
  void whatEveryVersionNeedsIsNotNull(String column) {
    assertRefused(
        "column " + column, Fields.notes("unversioned").withColumn(column, "not_null", "f"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_hash", "sign_pkey", "crypt_pkey", "crypt_cert"})
  void whatEveryCardNeedsIsNotNull(String column) {
    assertRefused("column " + column, Fields.cards().withColumn(column, "not_null", "f"));
  }

  @Test
  void contradictionsAreRefused() {
    assertRefused("on_stale", Fields.notes("two-tables").with("on_stale", "error"));
    assertRefused("on_stale", Fields.notes("one-table").with("on_stale", "error"));
    assertRefused("no versions table", Fields.notes("unversioned").with("role", "versions"));
    assertRefused("'public_key'", Fields.notes("unversioned").with("public_key", "data"));
    assertRefused("sign_b64", Fields.notes("unversioned").column("sign_b64", "bytes", "b", false));
    assertRefused("user_hash", Fields.notes("unversioned").with("key", "body"));
    assertRefused("id is in the row key twice", Fields.notes("unversioned").and("key", "id"));
    assertRefused(
        "body is there twice", Fields.notes("unversioned").column("body", "text", "t", true));
  }

  @Test
  void oddFieldsAreNamed() {
    assertRefused("'colour'", Fields.notes("unversioned").and("colour", "red"));
    assertRefused("'role' is there twice", Fields.notes("unversioned").and("role", "data"));
    assertRefused("'kind' is there twice", Fields.notes("unversioned").and("kind", "text"));
    assertRefused("'on_stale' has no value", Fields.notes("unversioned").with("on_stale", null));
    assertTrue(refusal("role").contains("'role' has no value"));
    assertTrue(refusal(null, "x").contains("has no value"));
    assertTrue(refusal("here", "x").contains("'here'"));
    assertTrue(refusal().contains("is missing"));
    assertTrue(refusal((String[]) null).contains("no settings"));
  }

  @Test
  void thereMayBeTwoThousandColumns() {
    Fields fields = Fields.notes("unversioned");
    for (int i = 6; i < 2000; i++) {
      fields.column("c" + i, "text", "text", false);
    }
    assertEquals(2001, Policy.read(fields.array()).columns().columns().size());
    assertRefused("2000", fields.column("last", "text", "text", false));
  }

  @Test
  void keysMayNameTheirAlgorithm() {
    Fields spki = Fields.notes("unversioned").with("algorithm", "SPKI");
    assertEquals("SPKI", Policy.read(spki.array()).signing().algorithm());
    Policy.read(spki.with("allowed_algorithms", "Ed25519,ML-DSA-87").array());
    for (String list : new String[] {"", "RSA", "Ed25519,", "ed25519"}) {
      assertRefused("allowed_algorithms", spki.with("allowed_algorithms", list));
    }
  }

  private static Fields buckitUp() {
    return Fields.cards()
        .with("format", "buckitup")
        .withColumn("user_hash", "kind", "text")
        .withColumn("user_hash", "type", "text");
  }

  @Test
  void buckitUpNeedsOneReading() {
    Policy.read(buckitUp().array());
    Policy.read(buckitUp().column("name", "text", "text", true).array());
    assertRefused(
        "the columns name, nick",
        buckitUp().column("name", "text", "text", true).column("nick", "text", "text", true));
    assertRefused("the columns name", buckitUp().column("name", "text", "text", false));
  }

  /** Else its owner could certify both readings of what stands before it. */
  @Test
  void buckitUpNeedsACertificateBeforeWhatItCertifies() {
    Fields named = buckitUp().column("name", "text", "text", true);
    Policy.read(named.array());
    assertRefused(
        "the columns crypt_pkey, deleted_flag, later_cert, name",
        named.renamed("crypt_cert", "later_cert"));
  }

  /** One signature can be made to fit two messages. */
  @ParameterizedTest
  @ValueSource(strings = {"ES256", "ES256K", "SPKI"})
  void buckitUpNeedsCertificatesThatBind(String algorithm) {
    assertRefused("crypt_pkey", buckitUp().with("algorithm", algorithm));
  }

  @Test
  void buckitUpSaysNothingOfOtherTypes() {
    assertRefused(
        "no encoding for born (date)",
        buckitUp().column("born", "text", "date", true).withColumn("born", "rendered", "t"));
    assertRefused("user_hash", Fields.cards().with("format", "buckitup"));
  }
}
