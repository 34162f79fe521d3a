package io.rowseal.policy;

import io.rowseal.error.Refusal;

/**
 * What happens to a row that is refused.
 *
 * @param staleIsError whether an older version is refused, and not ignored
 * @param quarantinesInvalid whether a row that is not its owner's word waits aside
 * @param defersUnknownOwners whether a row waits aside for its owner's card
 */
public record Reactions(
    boolean staleIsError, boolean quarantinesInvalid, boolean defersUnknownOwners) {

  /** Whether a row that is refused so waits aside instead of failing its statement. */
  public boolean parks(Refusal refusal) {
    return switch (refusal) {
      case OWNER_UNKNOWN -> defersUnknownOwners;
      case NOT_SIGNED,
          SIGNATURE_INVALID,
          OWNER_MISMATCH,
          CERTIFICATE_INVALID,
          MALFORMED,
          KEY_CHANGED,
          APPEND_ONLY ->
          quarantinesInvalid;
      case REMOVAL, STALE, PROTECTION_WEAKENED, CONFIGURATION -> false;
    };
  }
}
