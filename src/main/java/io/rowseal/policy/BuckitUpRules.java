package io.rowseal.policy;

import io.rowseal.encoding.Decodability;
import io.rowseal.encoding.Decodability.Field;
import io.rowseal.encoding.Decodability.Shape;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy.Certificate;
import io.rowseal.row.TableColumn;
import io.rowseal.signature.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.List;

/**
 * What the format {@code buckitup} asks of a table. Its messages have neither names nor delimiters,
 * so it can be used only where a message has one reading.
 */
final class BuckitUpRules {
  private final Policy policy;
  private final boolean oneAlgorithm;
  private final boolean oneKeyLength;

  private BuckitUpRules(Policy policy) {
    this.policy = policy;
    String algorithm = policy.signing().algorithm();
    oneAlgorithm = SignatureAlgorithm.named(algorithm).isPresent();
    // A SEC1 point has two lengths.
    oneKeyLength = oneAlgorithm && !algorithm.startsWith("ES");
  }

  /**
   * Refuses a table that the format does not fit.
   *
   * @throws io.rowseal.error.RefusedException RS012, naming the columns
   */
  static void check(Policy policy) {
    BuckitUpRules rules = new BuckitUpRules(policy);
    rules.refuseUndefined();
    rules.refuseAmbiguity();
  }

  /** The format says nothing of types that are neither text, bytes, boolean nor integer. */
  private void refuseUndefined() {
    List<String> undefined = new ArrayList<>();
    for (TableColumn column : policy.columns().signed()) {
      if (column.rendered()) {
        undefined.add(column.name() + " (" + column.type() + ")");
      }
    }
    if (!undefined.isEmpty()) {
      throw Refusal.CONFIGURATION.because(
          "the format buckitup has no encoding for "
              + String.join(", ", undefined)
              + "; exclude them, or use the format rowseal-v1");
    }
  }

  private void refuseAmbiguity() {
    List<Field> fields = new ArrayList<>();
    List<TableColumn> signed = policy.columns().signed();
    for (int i = 0; i < signed.size(); i++) {
      fields.add(new Field(signed.get(i).name(), shape(i), !signed.get(i).notNull()));
    }
    List<String> ambiguous = Decodability.ambiguous(fields);
    if (!ambiguous.isEmpty()) {
      throw Refusal.CONFIGURATION.because(
          "in the format buckitup two different rows could have the same message, because of the columns "
              + String.join(", ", ambiguous)
              + "; make them NOT NULL, leave at most one of free length, or use the format rowseal-v1");
    }
  }

  private Shape shape(int place) {
    if (policy.columns().column(place).kind() == ValueKind.BOOLEAN) {
      return Shape.BOOLEAN;
    }
    if (place == policy.columns().timestamp()) {
      return Shape.TIMESTAMP;
    }
    if (isCertified(place)) {
      return oneAlgorithm ? Shape.CERTIFIED : Shape.FREE;
    }
    return isFixed(place) ? Shape.FIXED : Shape.FREE;
  }

  private boolean isFixed(int place) {
    return place == policy.columns().owner()
        || policy.columns().column(place).type().equals("uuid")
        || (place == policy.columns().parent() && isDistinctFromNull(policy.versionId()))
        || (place == policy.columns().publicKey() && oneKeyLength)
        || (oneAlgorithm && isCertificate(place));
  }

  private boolean isCertified(int place) {
    for (Certificate certificate : policy.certificates()) {
      if (certificate.certified() == place) {
        return true;
      }
    }
    return false;
  }

  private boolean isCertificate(int place) {
    for (Certificate certificate : policy.certificates()) {
      if (certificate.certificate() == place) {
        return true;
      }
    }
    return false;
  }

  /** Whether no such digest begins as the format spells NULL. */
  private static boolean isDistinctFromNull(DigestFormat format) {
    return format != null && format.kind() == ValueKind.TEXT && !format.prefix().startsWith("n");
  }
}
