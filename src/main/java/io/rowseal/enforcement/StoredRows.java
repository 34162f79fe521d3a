package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.signature.VerificationKey;

/** Verifies stored rows as writes are verified, in a form that several threads can share. */
public final class StoredRows {
  private final Enforcer enforcer;
  private long run;
  private Verifier verifier;

  public StoredRows(Enforcer enforcer) {
    this.enforcer = enforcer;
  }

  /** The policy that a settings text states. */
  public Policy policy(Database database, String settings) {
    return enforcer.policy(database, settings);
  }

  /**
   * Begins a run, or goes on with it. Each run looks owners' cards up anew: what a backend
   * remembers would hide that a card is gone.
   */
  public void inRun(long id) {
    if (verifier == null || run != id) {
      run = id;
      verifier = new Verifier(new OwnerKeys());
    }
  }

  /**
   * Prepares the verification of one row: whatever needs SQL is done now.
   *
   * @return the check, which any thread may run; it throws {@link RefusedException} for a row that
   *     a write would not have stored
   */
  public Runnable check(Database database, Policy policy, Object[] row) {
    Verifier keys = verifier;
    if (policy.holdsIdentities()) {
      return () -> {
        checkShape(policy, row);
        verify(policy, row, keys.ownKey(policy, row));
      };
    }
    try {
      VerificationKey key = keys.ownersKey(database, policy, row);
      return () -> {
        checkShape(policy, row);
        verify(policy, row, key);
      };
    } catch (RefusedException noKey) {
      return () -> {
        checkShape(policy, row);
        throw noKey;
      };
    }
  }

  /** A write may leave the version id to be filled in; a stored row has it. */
  private static void checkShape(Policy policy, Object[] row) {
    policy.checkShape(row);
    int versionId = policy.versionLength();
    if (policy.versionId().isPresent() && row[versionId] == null) {
      throw Refusal.MALFORMED.because(
          "column " + policy.image().get(versionId).name() + " is null");
    }
  }

  private static void verify(Policy policy, Object[] row, VerificationKey key) {
    key.verify(policy.message(row), (byte[]) row[policy.signature()]);
  }
}
