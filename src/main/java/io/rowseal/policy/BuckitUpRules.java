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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the format {@code buckitup} asks of a table. Its messages have neither names nor delimiters,
 * so it can be used only where a message has one reading.
 */
final class BuckitUpRules {
  private final Policy policy;
  private final boolean oneAlgorithm;
  private final boolean oneKeyLength;
  private final boolean bindsMessages;

  private BuckitUpRules(Policy policy) {
    this.policy = policy;
    Optional<SignatureAlgorithm> algorithm = SignatureAlgorithm.named(policy.signing().algorithm());
    oneAlgorithm = algorithm.isPresent();
    oneKeyLength = algorithm.map(SignatureAlgorithm::hasOneKeyLength).orElse(false);
    bindsMessages = algorithm.map(SignatureAlgorithm::bindsMessages).orElse(false);
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
      fields.add(
          new Field(signed.get(i).name(), shape(i), !signed.get(i).notNull(), certificates(i)));
    }
    List<String> ambiguous = Decodability.ambiguous(fields);
    if (!ambiguous.isEmpty()) {
      throw Refusal.CONFIGURATION.because(
          "in the format buckitup two different rows could have the same message, because of the columns "
              + String.join(", ", ambiguous)
              + "; make them NOT NULL, leave at most one of free length, or use the format rowseal-v1"
              + hintOnCertificates());
    }
  }

  private Shape shape(int place) {
    if (policy.columns().column(place).kind() == ValueKind.BOOLEAN) {
      return Shape.BOOLEAN;
    }
    if (place == policy.columns().timestamp()) {
      return Shape.TIMESTAMP;
    }
    if (isFixed(place)) {
      return Shape.FIXED;
    }
    return bindsMessages && !certificates(place).isEmpty() ? Shape.CERTIFIED : Shape.FREE;
  }

  private String hintOnCertificates() {
    return policy.certificates().isEmpty()
        ? ""
        : "; what is certified counts as free where its certificate's name sorts behind its own,"
            + " and under ES256, ES256K and SPKI";
  }

  private boolean isFixed(int place) {
    return place == policy.columns().owner()
        || policy.columns().column(place).type().equals("uuid")
        || (place == policy.columns().parent() && isDistinctFromNull(policy.versionId()))
        || (place == policy.columns().publicKey() && oneKeyLength)
        || (oneAlgorithm && isCertificate(place));
  }

  private Set<String> certificates(int certified) {
    Set<String> names = new HashSet<>();
    for (Certificate certificate : policy.certificates()) {
      if (certificate.certified() == certified) {
        names.add(policy.columns().column(certificate.certificate()).name());
      }
    }
    return names;
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
