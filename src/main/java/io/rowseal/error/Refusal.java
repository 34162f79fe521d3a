package io.rowseal.error;

/** Why a row or a setting is refused. The SQLSTATEs are public: clients branch on them. */
public enum Refusal {
  NOT_SIGNED("RS001", "row is not signed"),
  SIGNATURE_INVALID("RS002", "signature does not verify"),
  OWNER_UNKNOWN("RS003", "owner unknown"),
  OWNER_MISMATCH("RS004", "owner id is not the hash of the public key"),
  CERTIFICATE_INVALID("RS005", "certificate does not verify"),
  MALFORMED("RS006", "malformed"),
  KEY_CHANGED("RS007", "row key or owner changed"),
  REMOVAL("RS008", "rows are deleted by a signed tombstone only"),
  APPEND_ONLY("RS009", "stored versions are append-only"),
  STALE("RS010", "stale"),
  PROTECTION_WEAKENED("RS011", "would weaken protection"),
  CONFIGURATION("RS012", "configuration refused");

  private final String sqlState;
  private final String meaning;

  Refusal(String sqlState, String meaning) {
    this.sqlState = sqlState;
    this.meaning = meaning;
  }

  /** Five characters, as in the SQL standard's SQLSTATE. */
  public String sqlState() {
    return sqlState;
  }

  /** What the refusal means, without the facts of one case. */
  public String meaning() {
    return meaning;
  }

  /**
   * An exception that says what this refusal means and the facts of this case.
   *
   * @param facts which value was found and what was expected; no secrets, no row contents
   */
  public RefusedException because(String facts) {
    return new RefusedException(this, facts);
  }
}
