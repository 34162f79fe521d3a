package io.rowseal.enforcement;

import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy;

/** Rows under one policy and where they are. */
public final class ProtectedRows {
  private final Policy policy;
  private final ProtectedTable data;
  private final ProtectedTable versions;

  ProtectedRows(Policy policy) {
    this.policy = policy;
    data = new ProtectedTable(policy, policy.data());
    versions = policy.versions() == null ? null : new ProtectedTable(policy, policy.versions());
  }

  /** The values of a row that a trigger function hands over; see {@link Policy#row}. */
  public Object[] row(byte[] image, byte[] large) {
    return policy.row(image, large);
  }

  /** What they must satisfy. */
  Policy policy() {
    return policy;
  }

  /** The tips, or all versions where there is one table. */
  ProtectedTable data() {
    return data;
  }

  /** The superseded versions, null unless they have a table of their own. */
  ProtectedTable versions() {
    return versions;
  }

  /**
   * The table of the superseded versions, where there must be one.
   *
   * @throws io.rowseal.error.RefusedException RS012 where there is none
   */
  ProtectedTable archive() {
    if (versions == null) {
      throw Refusal.CONFIGURATION.because(data + " has no versions table");
    }
    return versions;
  }

  /** The table whose triggers have this policy. */
  ProtectedTable own() {
    return policy.ofVersions() ? versions : data;
  }
}
