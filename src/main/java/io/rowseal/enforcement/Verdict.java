package io.rowseal.enforcement;

/** What a trigger function is to do with a row. */
public enum Verdict {
  /** Store it: it is the owner's word. */
  STORE(0),
  /** The policy is not known here. Tell it, and ask again. */
  POLICY_UNKNOWN(1),
  /** The owner's key is not known here. Ask again with the owner's card. */
  KEY_UNKNOWN(2),
  /** It is refused. Ask why. */
  REFUSED(3),
  /** Archive the stored row, then store it. */
  SUPERSEDE(4),
  /** It is older than the stored row. */
  OLDER(5),
  /** Nothing is left to do: the stored row stays. */
  KEEP(6),
  /** It was verified, and is the lesser of two with one timestamp and signature: archive it. */
  BEHIND(7),
  /** Store it: it is the owner's word. More rows come, so helpers may be called. */
  CALL_HELPERS(8),
  /** Archive the stored row, then store this one. More rows come, so helpers may be called. */
  SUPERSEDE_AND_CALL_HELPERS(12);

  private final long code;

  Verdict(long code) {
    this.code = code;
  }

  /** The same of STORE or SUPERSEDE, when helpers are worth calling. */
  Verdict andCallHelpers() {
    return this == SUPERSEDE ? SUPERSEDE_AND_CALL_HELPERS : CALL_HELPERS;
  }

  /** How SQL calls it. */
  public long code() {
    return code;
  }
}
