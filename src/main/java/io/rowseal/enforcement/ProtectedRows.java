package io.rowseal.enforcement;

import io.rowseal.policy.Policy;

/**
 * Rows under one policy and where they are.
 *
 * @param policy what they must satisfy
 * @param data the tips, or all versions where there is one table
 * @param versions the superseded versions, null unless they have a table of their own
 */
record ProtectedRows(Policy policy, ProtectedTable data, ProtectedTable versions) {

  /** The table whose triggers have this policy. */
  ProtectedTable own() {
    return policy.ofVersions() ? versions : data;
  }

  static ProtectedRows of(Policy policy) {
    return new ProtectedRows(
        policy,
        new ProtectedTable(policy, policy.data()),
        policy.versions() == null ? null : new ProtectedTable(policy, policy.versions()));
  }
}
