package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Fields;
import io.rowseal.policy.Policy;
import io.rowseal.row.Images;
import io.rowseal.row.Row;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.VerificationKey;
import io.rowseal.work.Workers;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is decided about a row, from the row, the one that it replaces, and its owner's card. */
class EnforcerTest {
  private static final byte[] NO_CARD = {};

  private final Signer owner = new Signer();
  private final Enforcer enforcer = new Enforcer(new Workers());
  private final Policy unversioned = Policy.read(Fields.notes("unversioned").array());
  private final Policy twoTables = Policy.read(Fields.notes("two-tables").array());
  private final Policy oneTable = Policy.read(Fields.notes("one-table").array());
  private final Policy versions = Policy.read(Fields.notesVersions().array());

  private Row note(Policy policy, String body, long timestamp) {
    return Row.decode(owner.note(policy, "n", body, timestamp), policy.columns());
  }

  /** A row that differs from a signed one in its body, and has its signature. */
  private static Row forged(Policy policy, Row row, String body) {
    Object[] values = row.values().clone();
    values[2] = body;
    return Row.decode(Images.image(values), policy.columns());
  }

  private static Row withSignature(Policy policy, Row row, byte[] signature) {
    Object[] values = row.values().clone();
    values[policy.columns().signature()] = signature;
    return Row.decode(Images.image(values), policy.columns());
  }

  private void insert(Policy policy, Row row, byte[] card) {
    if (enforcer.insert(policy, row, card) == Verdict.REFUSED) {
      throw enforcer.refusal(policy, row, null, card);
    }
  }

  private void update(Policy policy, Row row, Row old, byte[] card) {
    if (enforcer.update(policy, row, old, card) == Verdict.REFUSED) {
      throw enforcer.refusal(policy, row, old, card);
    }
  }

  private static void assertRefused(Refusal expected, Runnable decision) {
    RefusedException refused = assertThrows(RefusedException.class, decision::run);
    assertEquals(expected, refused.refusal(), refused.getMessage());
    assertTrue(refused.facts().startsWith("public.notes"), refused.facts());
  }

  // ---------------------------------------------------------------- cards

  @Test
  void keyIsAskedForOnceAndThenRemembered() {
    Row row = note(unversioned, "a", 1);
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(unversioned, row, null));
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, owner.card(true)));
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, null));
  }

  @Test
  void keyOfAnUncommittedCardIsUsedAndNotRemembered() {
    Row row = note(unversioned, "a", 1);
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, owner.card(false)));
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(unversioned, row, null));
  }

  @Test
  void keyIsRememberedForItsPolicyAlone() {
    Row row = note(unversioned, "a", 1);
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, owner.card(true)));
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(twoTables, note(twoTables, "a", 1), null));
  }

  @Test
  void keyIsRememberedForItsOwnerAlone() {
    enforcer.insert(unversioned, note(unversioned, "a", 1), owner.card(true));
    Signer other = new Signer();
    Row others = Row.decode(other.note(unversioned, "n", "b", 1), unversioned.columns());
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(unversioned, others, null));
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, others, other.card(true)));
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, note(unversioned, "c", 2), null));
  }

  @Test
  void keysOfManyOwnersAreForgottenAndAskedForAgain() {
    Row first = note(unversioned, "a", 1);
    enforcer.insert(unversioned, first, owner.card(true));
    for (int i = 0; i < 600; i++) {
      Signer other = new Signer();
      Row row = Row.decode(other.note(unversioned, "n", "b", 1), unversioned.columns());
      assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, other.card(true)));
    }
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(unversioned, first, null));
  }

  @Test
  void cardThatIsNotTheOwnersIsRefusedAndNotRemembered() {
    Row row = note(unversioned, "a", 1);
    byte[] others = new Signer().card(true);
    for (byte[] card : new byte[][] {others, {1}, {0}, Arrays.copyOf(owner.card(true), 40)}) {
      assertRefused(Refusal.OWNER_MISMATCH, () -> insert(unversioned, row, card));
    }
    assertRefused(Refusal.OWNER_UNKNOWN, () -> insert(unversioned, row, NO_CARD));
    byte[] odd = owner.card(true);
    odd[0] = 2;
    assertRefused(Refusal.MALFORMED, () -> insert(unversioned, row, odd));
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.insert(unversioned, row, null));
  }

  @Test
  void cardOfABadRowIsRememberedForItIsRightAllTheSame() {
    Row row = note(unversioned, "a", 1);
    Row forged = forged(unversioned, row, "b");
    assertRefused(Refusal.SIGNATURE_INVALID, () -> insert(unversioned, forged, owner.card(true)));
    assertEquals(Verdict.STORE, enforcer.insert(unversioned, row, null));
  }

  @Test
  void shapeIsCheckedBeforeAnybodyIsAskedForACard() {
    Row row = withSignature(unversioned, note(unversioned, "a", 1), null);
    assertRefused(Refusal.NOT_SIGNED, () -> insert(unversioned, row, null));
  }

  @Test
  void identitiesNeedNoCard() {
    Policy cards = Policy.read(Fields.cards().array());
    Row card = Row.decode(owner.cardImage(cards, 1), cards.columns());
    assertEquals(Verdict.STORE, enforcer.insert(cards, card, null));
    Object[] values = card.values().clone();
    values[0] = new byte[64];
    Row mismatch = Row.decode(Images.image(values), cards.columns());
    assertEquals(
        Refusal.OWNER_MISMATCH,
        assertThrows(RefusedException.class, () -> insert(cards, mismatch, null)).refusal());
    values[0] = owner.id();
    values[2] = new byte[] {9};
    Row uncertified = Row.decode(Images.image(values), cards.columns());
    assertEquals(
        Refusal.CERTIFICATE_INVALID,
        assertThrows(RefusedException.class, () -> insert(cards, uncertified, null)).refusal());
  }

  // ---------------------------------------------------------------- order

  @Test
  void newerTakesThePlace() {
    Row old = note(twoTables, "a", 1);
    Row row = note(twoTables, "b", 2);
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.update(twoTables, row, old, null));
    assertEquals(Verdict.SUPERSEDE, enforcer.update(twoTables, row, old, owner.card(true)));
    assertEquals(
        Verdict.STORE,
        enforcer.update(
            unversioned, note(unversioned, "b", 2), note(unversioned, "a", 1), owner.card(true)));
  }

  @Test
  void newerRowsOfABulkStatementAreVerifiedUntilItEnds() {
    long statement = 7;
    byte[] card = owner.card(true);
    Row old = note(twoTables, "a", 1);
    Row row = note(twoTables, "b", 2);
    for (int i = 1; i < 8; i++) {
      assertEquals(Verdict.SUPERSEDE, enforcer.update(twoTables, row, old, card, statement));
    }
    assertEquals(
        Verdict.SUPERSEDE_AND_CALL_HELPERS, enforcer.update(twoTables, row, old, card, statement));
    enforcer.callHelpers(statement, 1);
    Row forged = forged(twoTables, row, "x");
    assertEquals(Verdict.SUPERSEDE, enforcer.update(twoTables, forged, old, card, statement));
    assertEquals(Refusal.SIGNATURE_INVALID, enforcer.settle(statement).refusal());
    assertEquals(Verdict.REFUSED, enforcer.update(twoTables, forged, old, card));
  }

  @Test
  void whoseWordATieIsMustBeKnownAtOnce() {
    long statement = 7;
    enforcer.callHelpers(statement, 1);
    Row old = note(twoTables, "a", 1);
    Row forged = forged(twoTables, old, "x");
    assertEquals(
        Verdict.REFUSED, enforcer.update(twoTables, forged, old, owner.card(true), statement));
  }

  @Test
  void whatWasNeverSignedIsNotArchived() {
    Row old = withSignature(twoTables, note(twoTables, "a", 1), null);
    assertEquals(
        Verdict.STORE, enforcer.update(twoTables, note(twoTables, "b", 2), old, owner.card(true)));
  }

  @Test
  void olderGoesWhereItIsVerified() {
    Row old = note(twoTables, "b", 2);
    Row forged = forged(twoTables, note(twoTables, "a", 1), "x");
    assertEquals(Verdict.OLDER, enforcer.update(twoTables, forged, old, null));
  }

  @Test
  void olderIsVerifiedWhereNothingElseDoesIt() {
    Row old = note(unversioned, "b", 2);
    Row row = note(unversioned, "a", 1);
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.update(unversioned, row, old, null));
    assertEquals(Verdict.OLDER, enforcer.update(unversioned, row, old, owner.card(true)));
    assertRefused(
        Refusal.SIGNATURE_INVALID,
        () -> update(unversioned, forged(unversioned, row, "x"), old, null));
  }

  @Test
  void staleIsAnErrorWhereSettingsSaySo() {
    Policy strict = Policy.read(Fields.notes("unversioned").with("on_stale", "error").array());
    Row old = note(strict, "b", 2);
    Row row = note(strict, "a", 1);
    assertRefused(Refusal.STALE, () -> update(strict, row, old, owner.card(true)));
    assertRefused(
        Refusal.SIGNATURE_INVALID,
        () -> update(strict, forged(strict, row, "x"), old, owner.card(true)));
  }

  @Test
  void keyMayNotChange() {
    Row old = Row.decode(owner.note(twoTables, "m", "a", 1), twoTables.columns());
    for (Policy policy : new Policy[] {unversioned, twoTables, oneTable}) {
      assertRefused(Refusal.KEY_CHANGED, () -> update(policy, note(policy, "b", 2), old, null));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"one-table", "versions"})
  void versionsAreAppendOnly(String where) {
    Policy policy = where.equals("versions") ? versions : oneTable;
    Row old = note(policy, "a", 1);
    assertRefused(Refusal.APPEND_ONLY, () -> update(policy, note(policy, "b", 2), old, null));
    Row forged = forged(policy, old, "x");
    assertEquals(Verdict.KEY_UNKNOWN, enforcer.update(policy, forged, old, null));
    assertRefused(Refusal.APPEND_ONLY, () -> update(policy, forged, old, owner.card(true)));
    assertRefused(Refusal.APPEND_ONLY, () -> update(policy, forged, old, NO_CARD));
  }

  @Test
  void derivedVersionIdMayBePutRight() {
    Policy hashed =
        Policy.read(
            Fields.notes("one-table")
                .with("version_id", "sign_hash")
                .with("version_id_here", "sign_hash")
                .array());
    byte[] image = owner.note(hashed, "n", "a", 1);
    Row row = Row.decode(image, hashed.columns());
    Object[] values = row.values().clone();
    values[hashed.columns().versionId()] = hashed.versionId().of(row.signature());
    Row complete = Row.decode(Images.image(values), hashed.columns());
    assertEquals(Verdict.STORE, enforcer.update(hashed, complete, row, null));
    values[hashed.columns().versionId()] = new byte[32];
    Row wrong = Row.decode(Images.image(values), hashed.columns());
    assertEquals(Verdict.STORE, enforcer.update(hashed, complete, wrong, null));
    assertRefused(Refusal.MALFORMED, () -> update(hashed, wrong, complete, null));
    // Where a superuser has spoiled the signature, the version id still tells which version it was.
    Row spoiled = withSignature(hashed, complete, new byte[64]);
    assertEquals(Verdict.STORE, enforcer.update(hashed, complete, spoiled, owner.card(true)));
    assertEquals(Verdict.STORE, enforcer.update(hashed, row, spoiled, owner.card(true)));
  }

  // ---------------------------------------------------------------- ties

  @Test
  void ownersWordBeatsWhatSomebodyTamperedWith() {
    for (Policy policy : new Policy[] {unversioned, twoTables, oneTable, versions}) {
      Row row = note(policy, "a", 1);
      Row tampered = forged(policy, row, "x");
      assertEquals(Verdict.STORE, enforcer.update(policy, row, tampered, owner.card(true)));
    }
  }

  @Test
  void tamperedRowIsRefusedAndNotJustIgnored() {
    for (Policy policy : new Policy[] {unversioned, twoTables}) {
      Row row = note(policy, "a", 1);
      assertRefused(
          Refusal.SIGNATURE_INVALID,
          () -> update(policy, forged(policy, row, "x"), row, owner.card(true)));
    }
  }

  @Test
  void ofTwoRowsWithOneSignatureAllKeepTheSame() {
    assertTie(unversioned, Verdict.STORE, Verdict.OLDER);
    assertTie(twoTables, Verdict.SUPERSEDE, Verdict.BEHIND);
    assertTie(oneTable, Verdict.STORE, Verdict.KEEP);
    assertTie(versions, Verdict.STORE, Verdict.KEEP);
    Policy strict = Policy.read(Fields.notes("unversioned").with("on_stale", "error").array());
    assertTie(strict, Verdict.STORE, Verdict.REFUSED);
  }

  private void assertTie(Policy strict, Verdict forTheGreater, Verdict forTheLesser) {
    Policy policy = believing(strict);
    Row less = note(policy, "a", 1);
    Row greater = forged(policy, less, "b");
    assertEquals(forTheGreater, enforcer.update(policy, greater, less, owner.card(true)));
    assertEquals(forTheLesser, enforcer.update(policy, less, greater, owner.card(true)));
  }

  /** The timestamp comes first, whatever the bytes. */
  @Test
  void ofTwoVersionsWithOneIdAllKeepTheLater() {
    for (Policy strict : new Policy[] {oneTable, versions}) {
      Policy policy = believing(strict);
      Row early = note(policy, "b", 1);
      Row late = withSignature(policy, note(policy, "a", 2), early.signature());
      assertEquals(Verdict.STORE, enforcer.update(policy, late, early, owner.card(true)));
      assertEquals(Verdict.KEEP, enforcer.update(policy, early, late, owner.card(true)));
    }
  }

  /** A versions table may go by version ids alone. */
  @Test
  void ofTwoKeysWithOneVersionIdTheVersionsTableKeepsOne() {
    Row early = note(versions, "b", 1);
    Row late = Row.decode(owner.note(versions, "other", "a", 2), versions.columns());
    Row withOneId = withSignature(versions, late, early.signature());
    assertRefused(Refusal.KEY_CHANGED, () -> update(versions, withOneId, early, owner.card(true)));
    Policy policy = believing(versions);
    assertEquals(Verdict.STORE, enforcer.update(policy, withOneId, early, owner.card(true)));
    assertEquals(Verdict.KEEP, enforcer.update(policy, early, withOneId, owner.card(true)));
    assertRefused(
        Refusal.KEY_CHANGED, () -> update(believing(oneTable), withOneId, early, owner.card(true)));
  }

  @Test
  void tieOfCardsIsDecidedByTheirOwnKeys() {
    Policy cards = Policy.read(Fields.cards().array());
    Row card = Row.decode(owner.cardImage(cards, 1), cards.columns());
    Object[] values = card.values().clone();
    values[1] = new Signer().publicKey();
    Row tampered = Row.decode(Images.image(values), cards.columns());
    assertEquals(Verdict.STORE, enforcer.update(cards, card, tampered, null));
    assertEquals(
        Refusal.OWNER_MISMATCH,
        assertThrows(RefusedException.class, () -> update(cards, tampered, card, null)).refusal());
  }

  /** A policy under which every signature fits every row, as a malicious owner might achieve. */
  private static Policy believing(Policy policy) {
    VerificationKey any =
        new VerificationKey() {
          @Override
          public SignatureAlgorithm algorithm() {
            return SignatureAlgorithm.ED25519;
          }

          @Override
          public void verify(byte[] message, byte[] signature) {}
        };
    KeyReader reader = publicKey -> any;
    return new Policy(
        policy.columns(),
        policy.layout(),
        policy.ofVersions(),
        policy.ownerId(),
        policy.versionId(),
        reader,
        policy.certificates(),
        policy.signing(),
        policy.reactions(),
        policy.identities());
  }

  // ---------------------------------------------------------------- parking

  @Test
  void refusalsAreParkedWhereSettingsSaySo() {
    Policy quarantine =
        Policy.read(Fields.notes("unversioned").with("on_invalid", "quarantine").array());
    Row row = note(quarantine, "a", 1);
    Row forged = forged(quarantine, row, "x");
    assertEquals(Verdict.REFUSED, enforcer.insert(quarantine, forged, owner.card(true)));
    assertEquals(Verdict.REFUSED, enforcer.update(quarantine, forged, row, owner.card(true)));
    RefusedException why = enforcer.refusal(quarantine, forged, null, owner.card(true));
    assertEquals(Refusal.SIGNATURE_INVALID, why.refusal());
    assertTrue(why.facts().startsWith("public.notes (user_hash, id)=("), why.facts());
    assertNull(enforcer.refusal(quarantine, row, null, owner.card(true)));
    assertEquals(
        Refusal.OWNER_UNKNOWN,
        new Enforcer(new Workers()).refusal(quarantine, row, null, NO_CARD).refusal());

    Policy defer =
        Policy.read(Fields.notes("unversioned").with("on_unknown_owner", "defer").array());
    assertEquals(Verdict.REFUSED, enforcer.insert(defer, note(defer, "a", 1), NO_CARD));
    assertNull(enforcer.refusal(defer, note(defer, "a", 1), null, null));
  }

  @Test
  void forgeryOfAStoredVersionIsParkedToo() {
    Policy quarantine =
        Policy.read(Fields.notes("one-table").with("on_invalid", "quarantine").array());
    Row row = note(quarantine, "a", 1);
    Row forged = forged(quarantine, row, "x");
    assertEquals(Verdict.REFUSED, enforcer.update(quarantine, forged, row, owner.card(true)));
    assertEquals(
        Refusal.SIGNATURE_INVALID,
        enforcer.refusal(quarantine, forged, row, owner.card(true)).refusal());
  }
}
