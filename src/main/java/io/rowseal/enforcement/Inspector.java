package io.rowseal.enforcement;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Signing;
import io.rowseal.row.Row;
import io.rowseal.row.RowLayout;
import io.rowseal.row.TableColumn;
import io.rowseal.signature.VerificationKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;

/**
 * Tells step by step what enforcement would do with a row, for people who write a client. What a
 * backend remembers has no part in it.
 */
public final class Inspector {
  /**
   * Bytes of a message that an explanation shows: all of most rows, post-quantum cards included.
   */
  private static final int LONGEST_SHOWN = 16384;

  /** What orders a stored row, as an image of its own. */
  private static final RowLayout TIP =
      new RowLayout(
          "",
          List.of(
              TableColumn.unsigned("owner_timestamp", "owner_timestamp", ValueKind.INTEGER),
              TableColumn.unsigned("signature", "signature", ValueKind.BYTES)),
          1,
          new RowLayout.Places(new int[0], 0, 0, RowLayout.NONE, RowLayout.NONE, RowLayout.NONE));

  private final Policy policy;
  private final Row row;
  private final List<String> steps = new ArrayList<>();
  private VerificationKey key;

  private Inspector(Policy policy, Row row) {
    this.policy = policy;
    this.row = row;
  }

  /**
   * The steps of {@code explain}: check, {@code t} or {@code f}, finding. They end with the first
   * failure.
   *
   * @param card of the row's owner; empty or null if there is none
   * @param tip timestamp and signature of the stored row, as an image; null if there is none, empty
   *     if nobody looked
   * @throws RefusedException RS006 if the tip is not such an image
   */
  public static String[] explain(Policy policy, Row row, byte[] card, byte[] tip) {
    return new Inspector(policy, row).steps(card, tip);
  }

  private String[] steps(byte[] card, byte[] tip) {
    passed("settings", settings());
    boolean accepted =
        check("message", this::message)
            && check("shape", this::shape)
            && check("owner's key", () -> ownersKey(card))
            && check("signature", this::signature);
    boolean looked = tip == null || tip.length > 0;
    if (accepted && looked) {
      passed("order", order(tip));
    }
    return steps.toArray(String[]::new);
  }

  // ---------------------------------------------------------------- checks

  private String settings() {
    Signing signing = policy.signing();
    List<String> names = new ArrayList<>();
    for (TableColumn column : policy.columns().signed()) {
      names.add(column.name());
    }
    return signing.format().label()
        + ", context '"
        + signing.context()
        + "', "
        + signing.algorithm()
        + ", signed columns "
        + String.join(", ", names);
  }

  private String message() {
    byte[] message = policy.message(row);
    HexFormat hex = HexFormat.of();
    return message.length <= LONGEST_SHOWN
        ? hex.formatHex(message)
        : hex.formatHex(message, 0, LONGEST_SHOWN)
            + "… ("
            + message.length
            + " bytes; rowseal.payload gives them all)";
  }

  private String shape() {
    policy.checkShape(row);
    return "nothing required is missing";
  }

  private String ownersKey(byte[] card) {
    key =
        policy.holdsIdentities()
            ? Verifier.ownKey(policy, row)
            : Verifier.ownersKey(policy, row.owner(), card);
    return key.algorithm().label() + " key of this owner";
  }

  private String signature() {
    Verifier.verify(policy, row, key);
    return "verifies over the message";
  }

  // ---------------------------------------------------------------- order

  private String order(byte[] tip) {
    if (policy.isAppendOnly()) {
      return tip == null
          ? "the version is new: it would be stored beside the others"
          : "the version is stored already: nothing would be written";
    }
    return tip == null
        ? "the key is new: the row would be stored"
        : order(Row.decode(tip, TIP).version());
  }

  private String order(Version stored) {
    String than = "the stored version of owner_timestamp " + stored.ownerTimestamp();
    boolean archives = policy.layout() == Policy.Layout.TWO_TABLES;
    return switch (OrderingDecision.of(row.version(), stored).outcome()) {
      case NEWER ->
          "newer than "
              + than
              + ": the row would replace it"
              + (archives ? ", which is kept as a version" : "");
      case SAME -> "the same as " + than + ": nothing would be written";
      case OLDER -> "older than " + than + ": the row would be " + fateOfOlder(archives);
    };
  }

  private String fateOfOlder(boolean archives) {
    if (archives) {
      return "kept as a version";
    }
    return policy.reactions().staleIsError() ? "refused" : "ignored";
  }

  // ---------------------------------------------------------------- steps

  private void passed(String check, String finding) {
    steps.addAll(List.of(check, "t", finding));
  }

  private boolean check(String check, Supplier<String> finding) {
    try {
      passed(check, finding.get());
      return true;
    } catch (RefusedException refused) {
      steps.addAll(List.of(check, "f", refused.refusal().sqlState() + " " + refused.getMessage()));
      return false;
    }
  }
}
