package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.OwnerKey;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows are signed and verified without a database, and mistakes are named. */
class RowSignerTest {
  private static final TableDescription CARDS =
      TableDescription.of("user_cards")
          .column("user_hash", ValueKind.BYTES)
          .column("sign_pkey", ValueKind.BYTES)
          .column("contact_pkey", ValueKind.BYTES)
          .column("contact_cert", ValueKind.BYTES)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER)
          .publicKey("sign_pkey")
          .certificate("contact_cert", "contact_pkey");
  private static final TableDescription NOTES =
      TableDescription.of("notes")
          .column("user_hash", ValueKind.BYTES)
          .column("id", ValueKind.TEXT)
          .column("size", ValueKind.INTEGER)
          .column("content", ValueKind.BYTES)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER)
          .unsigned("seen");

  private final SigningKey key =
      SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());

  private static Map<String, Object> card() {
    return Map.of("contact_pkey", new byte[] {1}, "deleted_flag", false, "owner_timestamp", 1L);
  }

  private static Map<String, Object> note() {
    Map<String, Object> note = new HashMap<>();
    note.put("id", "1");
    note.put("size", 7);
    note.put("content", null);
    note.put("deleted_flag", false);
    note.put("owner_timestamp", 1L);
    return note;
  }

  /** As PostgreSQL prints it. */
  private static Map<String, Object> texts(Map<String, Object> row) {
    Map<String, Object> texts = new HashMap<>();
    row.forEach(
        (column, value) ->
            texts.put(
                column,
                value instanceof byte[] bytes
                    ? "\\x" + HexFormat.of().formatHex(bytes)
                    : value == null ? null : value.toString()));
    return texts;
  }

  private static String refused(Refusal refusal, Executable action) {
    RefusedException e = assertThrows(RefusedException.class, action);
    assertEquals(refusal, e.refusal(), e.getMessage());
    return e.getMessage();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSignedVerifies(SignatureAlgorithm algorithm) {
    SigningKey owner = SigningKey.generate(algorithm, new SecureRandom());
    for (TableDescription cards :
        new TableDescription[] {CARDS.algorithm(algorithm), CARDS.spki()}) {
      Map<String, Object> card = new RowSigner(owner, cards).sign(card());
      RowVerifier verifier = new RowVerifier(cards);
      verifier.card(card);
      RowVerifier.Card known = verifier.card(texts(card));

      // Owner ids are hashes of what the card holds.
      TableDescription notes = cards.isSpki() ? NOTES.spki() : NOTES.algorithm(algorithm);
      Map<String, Object> note = new RowSigner(owner, notes).sign(note());
      new RowVerifier(notes).verify(texts(note), known);
      note.put("size", 8L);
      refused(Refusal.SIGNATURE_INVALID, () -> new RowVerifier(notes).verify(note, known));
    }
  }

  @Test
  void whatIsForgedIsRefused() {
    RowVerifier cards = new RowVerifier(CARDS);
    Map<String, Object> card = new RowSigner(key, CARDS).sign(card());
    SigningKey other = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    RowVerifier.Card otherCard = cards.card(new RowSigner(other, CARDS).sign(card()));
    Map<String, Object> note = new RowSigner(key, NOTES).sign(note());
    refused(Refusal.OWNER_UNKNOWN, () -> new RowVerifier(NOTES).verify(note, otherCard));
    refused(
        Refusal.SIGNATURE_INVALID,
        () ->
            new RowVerifier(NOTES)
                .verify(with(note, "user_hash", new RowSigner(other, NOTES).ownerId()), otherCard));
    refused(Refusal.OWNER_MISMATCH, () -> cards.card(with(card, "user_hash", new byte[64])));
    refused(Refusal.CERTIFICATE_INVALID, () -> cards.card(with(card, "contact_pkey", new byte[1])));
    refused(Refusal.NOT_SIGNED, () -> cards.card(with(card, "sign_b64", null)));
    refused(Refusal.MALFORMED, () -> cards.card(with(card, "sign_pkey", new byte[3])));
  }

  private static Map<String, Object> with(Map<String, Object> row, String column, Object value) {
    Map<String, Object> changed = new HashMap<>(row);
    changed.put(column, value);
    return changed;
  }

  /** None of these may be a ClassCastException, or a signature over something else. */
  @Test
  void aWrongTypeAMisspeltOrAMissingColumnIsNamed() {
    RowSigner signer = new RowSigner(key, NOTES);
    Map<String, Object> misspelt = note();
    misspelt.put("sise", misspelt.remove("size"));
    assertTrue(refused(Refusal.MALFORMED, () -> signer.sign(misspelt)).contains("sise"));
    Map<String, Object> missing = note();
    missing.remove("content");
    assertTrue(
        refused(Refusal.MALFORMED, () -> signer.sign(missing))
            .contains("column content is missing"));
    for (Map.Entry<String, Object> wrong :
        Map.<String, Object>of(
                "size", 1.5, "content", "00", "deleted_flag", "yes", "id", UUID.randomUUID())
            .entrySet()) {
      String message =
          refused(
              Refusal.MALFORMED, () -> signer.sign(with(note(), wrong.getKey(), wrong.getValue())));
      assertTrue(message.contains("column " + wrong.getKey()), message);
    }
    assertTrue(
        refused(Refusal.MALFORMED, () -> signer.sign(with(note(), "owner_timestamp", null)))
            .contains("owner_timestamp"));
    refused(Refusal.MALFORMED, () -> signer.sign(with(note(), "size", "9223372036854775808")));
    signer.sign(with(note(), "size", "-9223372036854775808"));
    assertFalse(signer.sign(with(note(), "seen", true)).containsKey("seen"));
    assertThrows(IllegalArgumentException.class, () -> new RowSigner(key, NOTES.timestamp("at")));
    assertThrows(IllegalArgumentException.class, () -> NOTES.column("size", ValueKind.TEXT));
  }

  @Test
  void columnsCanBeNamedOtherwise() {
    TableDescription letters =
        TableDescription.of("letters")
            .column("author", ValueKind.TEXT)
            .column("gone", ValueKind.BOOLEAN)
            .column("at", ValueKind.INTEGER)
            .owner("author", HashAlgorithm.SHA_256, "a_")
            .deleted("gone")
            .timestamp("at")
            .signature("seal");
    Map<String, Object> letter = new RowSigner(key, letters).sign(Map.of("gone", false, "at", 1L));
    assertEquals(64, ((byte[]) letter.get("seal")).length);
    assertTrue(((String) letter.get("author")).startsWith("a_"));
  }

  @Test
  void aDescriptionDoesNotChange() {
    TableDescription first = TableDescription.of("x");
    first.column("a", ValueKind.TEXT).signature("b").unsigned("c");
    assertTrue(first.columns().isEmpty());
    assertEquals("sign_b64", first.signature());
  }

  @Test
  void ofSpkiKeysOnlyTheAllowedAreWelcome() {
    TableDescription some = CARDS.spki(SignatureAlgorithm.ES256, SignatureAlgorithm.ES256K);
    Map<String, Object> card = new RowSigner(key, CARDS.spki()).sign(card());
    refused(Refusal.MALFORMED, () -> new RowVerifier(some).card(card));
    assertThrows(IllegalArgumentException.class, () -> new RowSigner(key, some));
  }

  @Test
  void aKeyOfAnotherAlgorithmThanTheTables() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RowSigner(key, CARDS.algorithm(SignatureAlgorithm.ES256)));
  }

  @Test
  void aKeyThatIsHeldElsewhereSigns() {
    OwnerKey held = OwnerKey.heldElsewhere(key.algorithm(), key.publicKey(), key::sign);
    new RowVerifier(CARDS).card(new RowSigner(held, CARDS).sign(card()));
    SigningKey other = SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
    OwnerKey wrong = OwnerKey.heldElsewhere(key.algorithm(), key.publicKey(), other::sign);
    refused(Refusal.SIGNATURE_INVALID, () -> new RowSigner(wrong, CARDS).sign(card()));
    assertArrayEquals(key.spki(), held.spki());
  }

  @ParameterizedTest
  @CsvSource({"5, 1000, 1000", "1000, 1000, 1001", "2000, 1000, 2001"})
  void timeNeverGoesBack(long last, long now, long next) {
    assertEquals(
        next, OwnerTime.milliseconds(InstantSource.fixed(Instant.ofEpochMilli(now))).after(last));
  }

  @Test
  void aTimestampThatNothingOvertakesIsNotFollowed() {
    OwnerTime time = OwnerTime.milliseconds(InstantSource.system());
    assertThrows(IllegalStateException.class, () -> time.after(Long.MAX_VALUE));
    assertThrows(IllegalStateException.class, () -> time.after(OwnerTime.LIMIT));
  }

  @Test
  void whatIsBeyondTheOwnersOwnBoundIsNotSignedButVerified() {
    long far = OwnerTime.LIMIT + 1;
    Map<String, Object> note = with(note(), "owner_timestamp", far);
    assertThrows(IllegalArgumentException.class, () -> new RowSigner(key, NOTES).sign(note));
    assertThrows(
        IllegalArgumentException.class, () -> new RowSigner(key, NOTES.latest(0)).sign(note()));
    Map<String, Object> row = new RowSigner(key, NOTES.latest(far)).sign(note);
    RowVerifier.Card card = new RowVerifier(CARDS).card(new RowSigner(key, CARDS).sign(card()));
    new RowVerifier(NOTES).verify(row, card);
  }
}
