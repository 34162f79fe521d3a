package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.RowImage;
import io.rowseal.database.TriggerRow;
import io.rowseal.enforcement.ProtectedTable.Stored;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.OrderingDecision.Outcome;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import java.util.Objects;

/**
 * The way through for one write, in two steps. {@link #examine} verifies and decides; it reads, but
 * writes nothing. {@link #act} carries out what was decided, if the row is not simply to be stored.
 *
 * <p>One instance serves one backend, in one thread; what it remembers between writes are only
 * facts that cannot change: decoded keys, and the meaning of a settings text.
 */
public final class Enforcer {
  /** Each further try means that another transaction moved the tip meanwhile. */
  private static final int MERGE_TRIES = 100;

  /** A verified row on its way into a table; for another table it says nothing. */
  private record Voucher(String table, Object[] row) {}

  /** What {@link #examine} leaves to {@link #act}. */
  private record Pending(
      ProtectedRows rows,
      ProtectedTable table,
      Object[] row,
      Object[] old,
      boolean completed,
      Verdict verdict,
      RefusedException refusal) {}

  private final OwnerKeys ownerKeys = new OwnerKeys();
  private final Verifier verifier = new Verifier(ownerKeys);
  private final Policies policies = new Policies();
  private Voucher voucher;
  private Pending pending;

  /**
   * Decides about a write.
   *
   * @param role the calling role, which owns the table
   * @param relation OID of the protected table
   * @param fingerprint of its settings
   * @param newImage the row to be stored
   * @param oldImage the row that an UPDATE replaces, null for an INSERT
   * @param othersChanged whether an UPDATE changes columns that are not signed
   * @return true if the trigger function must call {@link #act}, false to let the row be stored
   * @throws RefusedException with its SQLSTATE, where the row is refused
   */
  public boolean examine(
      Database database,
      String role,
      long relation,
      long fingerprint,
      byte[] newImage,
      byte[] oldImage,
      boolean othersChanged) {
    ProtectedRows rows = policies.rows(database, role, relation, fingerprint);
    Policy policy = rows.policy();
    ProtectedTable table = policy.ofVersions() ? rows.versions() : rows.data();
    Object[] given = RowImage.decode(newImage, policy.image());
    Object[] old = oldImage == null ? null : RowImage.decode(oldImage, policy.image());
    Object[] row = policy.complete(given);
    Verdict verdict;
    RefusedException refusal = null;
    try {
      policy.checkShape(row);
      verdict =
          old == null
              ? insert(database, rows, table, row)
              : update(database, rows, table, row, old, othersChanged);
    } catch (RefusedException refused) {
      refusal = refused.at(table.place(row));
      if (!policy.parks(refused.refusal())) {
        throw refusal;
      }
      verdict = Verdict.PARK;
    }
    boolean completed = given != row;
    pending = new Pending(rows, table, row, old, completed, verdict, refusal);
    return completed || verdict != Verdict.STORE;
  }

  /**
   * Carries out what {@link #examine} decided about the same row.
   *
   * @return true to let the row be stored, false to skip it
   */
  public boolean act(Database database, TriggerRow trigger) {
    Pending todo = Objects.requireNonNull(pending, "no row was examined");
    pending = null;
    switch (todo.verdict()) {
      case SUPERSEDE -> archive(database, todo.rows(), todo.old());
      case REPLACE -> place(database, todo.table(), todo.row());
      case ARCHIVE -> archive(database, todo.rows(), todo.row());
      case PROMOTE -> place(database, todo.rows().data(), todo.row());
      case PARK -> Parking.park(database, todo.table(), todo.rows(), todo.row(), todo.refusal());
      case STORE, SKIP -> {}
    }
    boolean stored = todo.verdict() == Verdict.STORE || todo.verdict() == Verdict.SUPERSEDE;
    if (stored && todo.completed()) {
      fillVersionId(todo, trigger);
    }
    return stored;
  }

  /** Verifies a stored row. */
  void verify(Database database, Policy policy, Object[] row) {
    policy.checkShape(row);
    verifier.verify(database, policy, row);
  }

  Verifier verifier() {
    return verifier;
  }

  Policy policy(Database database, String settings) {
    return policies.policy(database, settings);
  }

  // ---------------------------------------------------------------- decisions

  private Verdict insert(
      Database database, ProtectedRows rows, ProtectedTable table, Object[] row) {
    Policy policy = rows.policy();
    if (policy.ofVersions()) {
      return insertVersion(database, rows, row);
    }
    Stored stored = table.stored(database, row);
    if (stored != null && stored.holds(table, row)) {
      return Verdict.SKIP;
    }
    if (policy.layout() == Policy.Layout.ONE_TABLE) {
      accept(database, policy, table, row);
      // The same version with other bytes was tampered with where it is stored.
      return stored == null ? Verdict.STORE : Verdict.REPLACE;
    }
    return ordered(database, rows, row, stored == null ? null : stored.version(), Verdict.REPLACE);
  }

  private Verdict update(
      Database database,
      ProtectedRows rows,
      ProtectedTable table,
      Object[] row,
      Object[] old,
      boolean othersChanged) {
    Policy policy = rows.policy();
    if (!table.sameKey(old, row)) {
      throw Refusal.KEY_CHANGED.because("the key was " + table.place(old));
    }
    if (table.sameVersion(old, row)) {
      return othersChanged ? Verdict.STORE : Verdict.SKIP;
    }
    if (policy.ofVersions() || policy.layout() == Policy.Layout.ONE_TABLE) {
      if (isVouched(table, row)) {
        return Verdict.STORE;
      }
      throw Refusal.APPEND_ONLY.because("insert the new version beside it");
    }
    Verdict ifNewer =
        policy.layout() == Policy.Layout.TWO_TABLES && wasSigned(policy, table, row, old)
            ? Verdict.SUPERSEDE
            : Verdict.STORE;
    return ordered(database, rows, row, table.version(old), ifNewer);
  }

  /** Verifies a row of the data table and puts it in order with the tip. */
  private Verdict ordered(
      Database database, ProtectedRows rows, Object[] row, Version tip, Verdict ifNewer) {
    ProtectedTable table = rows.data();
    boolean stale = tip != null && order(table.version(row), tip) == Outcome.OLDER;
    boolean archived =
        stale && rows.versions() != null && holds(database, rows.versions(), row, row);
    if (archived) {
      return Verdict.SKIP;
    }
    accept(database, rows.policy(), table, row);
    if (!stale) {
      return tip == null ? Verdict.STORE : ifNewer;
    }
    if (rows.policy().staleIsError()) {
      throw Refusal.STALE.because(
          "the stored version has owner_timestamp "
              + tip.ownerTimestamp()
              + ", this one "
              + table.version(row).ownerTimestamp());
    }
    return rows.versions() == null ? Verdict.SKIP : Verdict.ARCHIVE;
  }

  /** A version that arrives in the versions table. */
  private Verdict insertVersion(Database database, ProtectedRows rows, Object[] row) {
    ProtectedTable versions = rows.versions();
    if (isVouched(versions, row)) {
      return Verdict.STORE;
    }
    Stored stored = versions.stored(database, row);
    if (stored != null && stored.holds(versions, row)) {
      return Verdict.SKIP;
    }
    Stored tip = rows.data().stored(database, row);
    if (tip != null && tip.holds(rows.data(), row)) {
      return Verdict.SKIP;
    }
    accept(database, rows.policy(), versions, row);
    if (tip == null || order(versions.version(row), tip.version()) != Outcome.OLDER) {
      return Verdict.PROMOTE;
    }
    return stored == null ? Verdict.STORE : Verdict.REPLACE;
  }

  private void accept(Database database, Policy policy, ProtectedTable table, Object[] row) {
    if (!isVouched(table, row)) {
      verifier.verify(database, policy, row);
    }
    if (policy.holdsIdentities()) {
      ownerKeys.written(database);
    }
  }

  private static Outcome order(Version incoming, Version stored) {
    return OrderingDecision.of(incoming, stored).outcome();
  }

  private static boolean holds(
      Database database, ProtectedTable table, Object[] row, Object[] expected) {
    Stored stored = table.stored(database, row);
    return stored != null && stored.holds(table, expected);
  }

  /**
   * Whether the replaced row can have been a version of its own. A superuser may have put something
   * there that was never signed, or another spelling of the same signature: neither is kept.
   */
  private static boolean wasSigned(
      Policy policy, ProtectedTable table, Object[] row, Object[] old) {
    if (order(table.version(row), table.version(old)) == Outcome.SAME) {
      return false;
    }
    try {
      policy.checkShape(old);
      return true;
    } catch (RefusedException refused) {
      return false;
    }
  }

  // ---------------------------------------------------------------- actions

  /** Stores a verified version in the versions table. */
  private void archive(Database database, ProtectedRows rows, Object[] version) {
    ProtectedTable versions = rows.versions();
    Object[] row = rows.policy().complete(version);
    if (vouched(versions, row, () -> versions.insert(database, row))
        || holds(database, versions, row, row)) {
      return;
    }
    // A copy of this version with other bytes is stored: the authentic one of the two stays.
    if (isAuthentic(database, rows.policy(), row)
        && !vouched(versions, row, () -> versions.update(database, row))) {
      throw skippedBy(versions);
    }
  }

  private boolean isAuthentic(Database database, Policy policy, Object[] row) {
    try {
      verify(database, policy, row);
      return true;
    } catch (RefusedException refused) {
      return false;
    }
  }

  /** Puts a verified row in the place of the one with its primary key, or where there is none. */
  private void place(Database database, ProtectedTable table, Object[] row) {
    if (!vouched(table, row, () -> table.update(database, row))) {
      settle(database, table, row);
    }
  }

  /**
   * After an UPDATE that replaced no row: either there is none, or the tip has become newer
   * meanwhile, and then the UPDATE's own trigger has done what is right.
   */
  private void settle(Database database, ProtectedTable table, Object[] row) {
    for (int i = 0; i < MERGE_TRIES; i++) {
      Stored stored = table.stored(database, row);
      if (stored == null) {
        if (vouched(table, row, () -> table.insert(database, row))) {
          return;
        }
      } else if (order(table.version(row), stored.version()) != Outcome.NEWER) {
        return;
      } else if (vouched(table, row, () -> table.update(database, row))) {
        return;
      }
    }
    throw skippedBy(table);
  }

  private static RefusedException skippedBy(ProtectedTable table) {
    return Refusal.CONFIGURATION.because(
        "a verified row could not be stored; does another trigger on " + table + " skip writes?");
  }

  /** Runs a write of a verified row, so that the triggers which it fires need not verify again. */
  private boolean vouched(ProtectedTable table, Object[] row, Write write) {
    Voucher outer = voucher;
    voucher = new Voucher(table.name(), row);
    try {
      return write.run();
    } finally {
      voucher = outer;
    }
  }

  @FunctionalInterface
  private interface Write {
    boolean run();
  }

  private boolean isVouched(ProtectedTable table, Object[] row) {
    return voucher != null
        && voucher.table().equals(table.name())
        && table.sameVersion(voucher.row(), row);
  }

  private static void fillVersionId(Pending todo, TriggerRow trigger) {
    int place = todo.rows().policy().versionLength();
    trigger.replace(todo.table().columns().get(place).column(), todo.row()[place]);
  }
}
