package io.rowseal.client;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.VerificationKey;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Verifies rows of one table without a database, as strictly as a database with Rowseal. Safe for
 * use by several threads.
 */
public final class RowVerifier {

  /** What is known of an owner whose card was verified. */
  public static final class Card {
    private final Object owner;
    private final VerificationKey key;

    private Card(Object owner, VerificationKey key) {
      this.owner = owner;
      this.key = key;
    }
  }

  private final TableDescription table;
  private final RowMessages messages;

  public RowVerifier(TableDescription table) {
    this.table = table;
    this.messages = new RowMessages(table);
  }

  /**
   * Verifies a card, a row of an identity table.
   *
   * @param row values by column name, as {@link RowSigner#sign} returns them, or text as PostgreSQL
   *     prints it
   * @return what {@link #verify} needs
   * @throws RefusedException with the reason for which Rowseal would refuse it
   */
  public Card card(Map<String, ?> row) {
    String column =
        table
            .publicKey()
            .orElseThrow(
                () -> new IllegalStateException(table.context() + " is no identity table"));
    Map<String, Object> values = messages.values(row);
    byte[] publicKey = (byte[]) values.get(column);
    VerificationKey key = reader().read(publicKey);
    Object owner = messages.ownerId(publicKey);
    if (!Objects.deepEquals(owner, values.get(table.owner()))) {
      throw Refusal.OWNER_MISMATCH.because(
          "column " + table.owner() + " is not the hash of column " + column);
    }
    table
        .certificates()
        .forEach(
            (certificate, certified) -> {
              try {
                key.verify((byte[]) values.get(certified), (byte[]) values.get(certificate));
              } catch (RefusedException e) {
                throw Refusal.CERTIFICATE_INVALID.because(
                    "column " + certificate + ": " + e.getMessage());
              }
            });
    Card card = new Card(owner, key);
    verify(row, card);
    return card;
  }

  /**
   * Verifies a row.
   *
   * @param row as for {@link #card}
   * @param card of the row's owner
   * @return what was verified of the row, and nothing else
   * @throws RefusedException with the reason for which Rowseal would refuse it
   */
  public Map<String, Object> verify(Map<String, ?> row, Card card) {
    Map<String, Object> values = messages.values(row);
    if (!Objects.deepEquals(card.owner, values.get(table.owner()))) {
      throw Refusal.OWNER_UNKNOWN.because("the card is another owner's");
    }
    byte[] signature = messages.signature(row);
    card.key.verify(messages.message(values), signature);
    Map<String, Object> verified = new LinkedHashMap<>(values);
    verified.put(table.signature(), signature);
    return verified;
  }

  private KeyReader reader() {
    return table
        .algorithm()
        .map(KeyReader::fixed)
        .orElseGet(() -> KeyReader.spki(EnumSet.allOf(SignatureAlgorithm.class)));
  }
}
