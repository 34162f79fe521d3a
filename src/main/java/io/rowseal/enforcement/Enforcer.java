package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Relation;
import io.rowseal.database.Write;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Settings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The way through for one write. One instance serves one backend, in one thread; what it remembers
 * are only facts that cannot change: decoded keys, and the meaning of a settings text.
 */
public final class Enforcer {
  /** Each further try means that another transaction moved the tip meanwhile. */
  private static final int MERGE_TRIES = 100;

  private static final int POLICIES_KEPT = 256;

  private record TableId(Relation relation, String settings) {}

  /**
   * A verified image on its way into its own table; under another table's policy it says nothing.
   */
  private record Merge(ProtectedTable table, Object[] row) {

    boolean isOf(ProtectedTable otherTable, Object[] otherRow) {
      return table == otherTable && table.sameVersion(row, otherRow);
    }
  }

  private final Map<String, Policy> policies = new HashMap<>();
  private final Map<TableId, ProtectedTable> tables = new HashMap<>();
  private final OwnerKeys ownerKeys = new OwnerKeys();
  private final Verifier verifier = new Verifier(ownerKeys);

  /** What is being merged, so that the UPDATE trigger does not verify it a second time. */
  private Merge merging;

  /**
   * Decides about a write.
   *
   * @return true to let the row be stored, false to skip it
   * @throws RefusedException with its SQLSTATE, where the row is refused
   */
  public boolean enforce(Write write, Database database) {
    ProtectedTable table = table(database, write.relation(), write.settings());
    Object[] row = write.newRow(table.policy().image());
    try {
      table.policy().checkShape(row);
      boolean stored =
          write.isUpdate() ? update(table, database, write, row) : insert(table, database, row);
      if (stored) {
        fillVersionId(table.policy(), write, row);
      }
      return stored;
    } catch (RefusedException refused) {
      throw refused.at(table.place(row));
    }
  }

  /** Verifies a row of a table that is about to be protected. */
  void verify(Database database, Policy policy, Object[] row) {
    policy.checkShape(row);
    verifier.verify(database, policy, row);
  }

  Verifier verifier() {
    return verifier;
  }

  private boolean insert(ProtectedTable table, Database database, Object[] row) {
    Version incoming = table.version(row);
    Version stored = table.storedVersion(database, row);
    if (isRedelivery(table, database, row, stored)) {
      return false;
    }
    accept(table, database, row);
    for (int i = 0; i < MERGE_TRIES; i++) {
      if (stored == null) {
        return true;
      }
      if (isStale(table, incoming, stored) || merge(table, database, row)) {
        return false;
      }
      stored = table.storedVersion(database, row);
      if (isRedelivery(table, database, row, stored)) {
        return false; // another transaction stored the same version meanwhile
      }
    }
    throw new IllegalStateException(
        "the stored row could not be updated; does another trigger on " + table + " skip updates?");
  }

  private static boolean isRedelivery(
      ProtectedTable table, Database database, Object[] row, Version stored) {
    return stored != null
        && Arrays.equals(stored.signature(), table.version(row).signature())
        && table.sameVersion(table.storedImage(database, row), row);
  }

  private boolean update(ProtectedTable table, Database database, Write write, Object[] row) {
    Object[] old = write.oldRow(table.policy().image());
    if (!table.sameKey(old, row)) {
      throw Refusal.KEY_CHANGED.because("the key was " + table.place(old));
    }
    if (table.sameVersion(old, row)) {
      return othersChanged(table.policy(), write);
    }
    if (merging == null || !merging.isOf(table, row)) {
      accept(table, database, row);
    }
    return !isStale(table, table.version(row), table.version(old));
  }

  private void accept(ProtectedTable table, Database database, Object[] row) {
    Policy policy = table.policy();
    verifier.verify(database, policy, row);
    if (policy.holdsIdentities()) {
      ownerKeys.written(database);
    }
  }

  private boolean merge(ProtectedTable table, Database database, Object[] row) {
    Object[] complete = row.clone();
    table
        .policy()
        .versionId()
        .ifPresent(
            id -> complete[row.length - 1] = id.of((byte[]) row[table.policy().signature()]));
    Merge outer = merging;
    merging = new Merge(table, complete);
    try {
      return table.merge(database, complete);
    } finally {
      merging = outer;
    }
  }

  /**
   * Whether the incoming version loses. The same version with other bytes was tampered with where
   * it is stored: the authentic one takes its place.
   */
  private static boolean isStale(ProtectedTable table, Version incoming, Version stored) {
    OrderingDecision decision = OrderingDecision.of(incoming, stored);
    if (decision.outcome() != OrderingDecision.Outcome.OLDER) {
      return false;
    }
    if (table.policy().staleIsError()) {
      throw Refusal.STALE.because(
          "the stored version has owner_timestamp "
              + stored.ownerTimestamp()
              + ", this one "
              + incoming.ownerTimestamp());
    }
    return true;
  }

  private static boolean othersChanged(Policy policy, Write write) {
    return !policy.others().isEmpty()
        && !Arrays.deepEquals(write.newRow(policy.others()), write.oldRow(policy.others()));
  }

  private static void fillVersionId(Policy policy, Write write, Object[] row) {
    int place = policy.versionLength();
    if (policy.versionId().isPresent() && row[place] == null) {
      write.replace(
          policy.image().get(place), policy.versionId().get().of((byte[]) row[policy.signature()]));
    }
  }

  /**
   * The policy that a settings text states; one object for each text, so that what hangs on it is
   * shared.
   */
  Policy policy(Database database, String settings) {
    Policy policy = policies.get(settings);
    if (policy == null) {
      policy = Policy.of(Settings.read(database, settings));
      if (policies.size() >= POLICIES_KEPT) {
        policies.clear();
        tables.clear();
      }
      policies.put(settings, policy);
    }
    return policy;
  }

  private ProtectedTable table(Database database, Relation relation, String settings) {
    TableId id = new TableId(relation, settings);
    ProtectedTable table = tables.get(id);
    if (table == null) {
      table = new ProtectedTable(relation, policy(database, settings));
      tables.put(id, table);
    }
    return table;
  }
}
