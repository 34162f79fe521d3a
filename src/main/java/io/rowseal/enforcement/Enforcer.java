package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.enforcement.ProtectedTable.Stored;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.OrderingDecision.Outcome;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;

/**
 * The way through for one write, in two steps. To examine a row is to verify it and to decide; that
 * reads, but writes nothing. {@link #act} carries out what was decided, unless the trigger function
 * does that itself.
 *
 * <p>One instance serves one backend, in one thread; what it remembers between writes are only
 * facts that cannot change: decoded keys, and the meaning of a settings text.
 */
public final class Enforcer {
  /** Each further try means that another transaction moved the tip meanwhile. */
  private static final int MERGE_TRIES = 100;

  /**
   * A row on its way into a table, under settings; for other tables and settings it says nothing.
   */
  private record Voucher(String subject, String table, Object[] row) {
    boolean covers(ProtectedTable other, Object[] otherRow) {
      return table.equals(other.name())
          && subject.equals(other.subject())
          && other.sameVersion(row, otherRow);
    }
  }

  /** What was decided, for {@link #act}. */
  private record Pending(
      ProtectedRows rows,
      ProtectedTable table,
      Object[] row,
      Verdict verdict,
      RefusedException refusal) {}

  @FunctionalInterface
  private interface Decision {
    Verdict make();
  }

  private final OwnerKeys ownerKeys = new OwnerKeys();
  private final Verifier verifier = new Verifier(ownerKeys);
  private final Policies policies = new Policies();

  /** A verified row that {@link #act} is writing. */
  private Voucher verified;

  /** A tip that the trigger function of an UPDATE is about to archive. */
  private Voucher superseded;

  private Pending pending;

  /**
   * What is protected in a relation.
   *
   * @param role name of the calling role, which owns the table, in UTF-8
   * @param relation OID of the protected table
   * @param fingerprint of its settings
   * @throws RefusedException RS012 where the table's triggers are not as protect made them
   */
  public ProtectedRows rows(Database database, byte[] role, long relation, long fingerprint) {
    return policies.rows(database, role, relation, fingerprint);
  }

  /**
   * Decides about a row that is inserted into a data table. Where the stored row is older, it is an
   * UPDATE that is examined instead.
   *
   * @param storedVersion timestamp and signature of the row with the same primary key, as an image;
   *     null if there is none
   * @throws RefusedException with its SQLSTATE, where the row is refused
   */
  public Verdict examineInsert(
      Database database, ProtectedRows rows, Object[] row, byte[] storedVersion) {
    superseded = null;
    return examined(
        rows,
        rows.data(),
        row,
        () -> insert(database, rows, row, ProtectedTable.version(storedVersion)));
  }

  /**
   * Decides about an UPDATE of a data or versions table. The two rows differ.
   *
   * @param row as it would be
   * @param old as it is
   * @throws RefusedException with its SQLSTATE, where the row is refused
   */
  public Verdict examineUpdate(Database database, ProtectedRows rows, Object[] row, Object[] old) {
    superseded = null;
    return examined(rows, rows.own(), row, () -> update(database, rows, row, old));
  }

  /**
   * Decides about a row that is inserted into a versions table.
   *
   * @throws RefusedException with its SQLSTATE, where the row is refused
   */
  public Verdict examineVersion(Database database, ProtectedRows rows, Object[] row) {
    return examined(rows, rows.own(), row, () -> insertVersion(database, rows, row));
  }

  /**
   * Carries out what was decided about the row that was examined last.
   *
   * @param others its columns that are not signed, as a JSON object
   */
  public void act(Database database, String others) {
    Pending todo = pending;
    if (todo == null) {
      throw Refusal.CONFIGURATION.because("no row was examined");
    }
    pending = null;
    switch (todo.verdict()) {
      case REPLACE -> place(database, todo.rows(), todo.table(), todo.row());
      case ARCHIVE -> archive(database, todo.rows(), todo.row());
      case PROMOTE -> place(database, todo.rows(), todo.rows().data(), todo.row());
      case PARK ->
          Parking.park(database, todo.table(), todo.rows(), todo.row(), others, todo.refusal());
      case STORE, SUPERSEDE, SKIP -> {}
    }
  }

  /**
   * After a version could not be inserted into the versions table, since a row with its id is
   * there: the authentic one of the two stays.
   */
  public void settleArchive(Database database, ProtectedRows rows, Object[] row) {
    ProtectedTable versions = rows.archive();
    if (!holds(database, versions, row, row)
        && isAuthentic(database, rows.policy(), row)
        && !vouched(versions, row, () -> versions.update(database, row))) {
      throw skippedBy(versions);
    }
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

  /** Nothing stays pending from an earlier row, whatever becomes of this one. */
  private Verdict examined(
      ProtectedRows rows, ProtectedTable table, Object[] row, Decision decision) {
    Policy policy = rows.policy();
    Verdict verdict;
    RefusedException refusal = null;
    pending = null;
    try {
      policy.checkShape(row);
      verdict = decision.make();
    } catch (RefusedException refused) {
      refusal = refused.at(table.place(row));
      if (!policy.parks(refused.refusal())) {
        throw refusal;
      }
      verdict = Verdict.PARK;
    }
    boolean acts = verdict != Verdict.STORE && verdict != Verdict.SUPERSEDE;
    pending = acts ? new Pending(rows, table, row, verdict, refusal) : null;
    return verdict;
  }

  private Verdict insert(Database database, ProtectedRows rows, Object[] row, Version stored) {
    if (rows.policy().layout() == Policy.Layout.ONE_TABLE) {
      accept(database, rows.policy(), rows.data(), row);
      // The same version with other bytes was tampered with where it is stored.
      return stored == null ? Verdict.STORE : Verdict.REPLACE;
    }
    return ordered(database, rows, row, stored);
  }

  private Verdict update(Database database, ProtectedRows rows, Object[] row, Object[] old) {
    Policy policy = rows.policy();
    ProtectedTable table = rows.own();
    if (!table.sameKey(old, row)) {
      throw Refusal.KEY_CHANGED.because("the key was " + table.place(old));
    }
    if (table.sameVersion(old, row)) {
      return Verdict.STORE; // what differs is the version id, and that is right now
    }
    if (policy.ofVersions() || policy.layout() == Policy.Layout.ONE_TABLE) {
      if (isVouched(table, row)) {
        return Verdict.STORE;
      }
      throw Refusal.APPEND_ONLY.because("insert the new version beside it");
    }
    Verdict verdict = ordered(database, rows, row, table.version(old));
    if (verdict == Verdict.STORE
        && policy.layout() == Policy.Layout.TWO_TABLES
        && wasSigned(policy, table, row, old)) {
      superseded = new Voucher(rows.versions().subject(), rows.versions().name(), old);
      return Verdict.SUPERSEDE;
    }
    return verdict;
  }

  /** Verifies a row of the data table and puts it in order with the tip. */
  private Verdict ordered(Database database, ProtectedRows rows, Object[] row, Version tip) {
    ProtectedTable table = rows.data();
    boolean stale = tip != null && order(table.version(row), tip) == Outcome.OLDER;
    boolean archived =
        stale && rows.versions() != null && holds(database, rows.versions(), row, row);
    if (archived) {
      return Verdict.SKIP;
    }
    accept(database, rows.policy(), table, row);
    if (!stale) {
      return Verdict.STORE;
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
    ProtectedTable versions = rows.archive();
    // A tip was verified when it was stored.
    boolean replaced = superseded != null && superseded.covers(versions, row);
    superseded = null;
    if (replaced || isVouched(versions, row)) {
      return Verdict.STORE;
    }
    Stored tip = rows.data().stored(database, row);
    if (tip != null && tip.holds(versions, row)) {
      return Verdict.SKIP; // it belongs here once it is replaced
    }
    Stored stored = versions.stored(database, row);
    if (stored != null && stored.holds(versions, row)) {
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
  private void archive(Database database, ProtectedRows rows, Object[] row) {
    ProtectedTable versions = rows.archive();
    if (!vouched(versions, row, () -> versions.insert(database, row))) {
      settleArchive(database, rows, row);
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
  private void place(Database database, ProtectedRows rows, ProtectedTable table, Object[] row) {
    if (!vouched(table, row, () -> table.update(database, row))) {
      settle(database, rows, table, row);
    }
  }

  /**
   * After an UPDATE that replaced no row: either there is none, or another transaction has stored a
   * newer one meanwhile, before the UPDATE or while this waited to insert.
   */
  private void settle(Database database, ProtectedRows rows, ProtectedTable table, Object[] row) {
    for (int i = 0; i < MERGE_TRIES; i++) {
      Stored stored = table.stored(database, row);
      Outcome outcome =
          stored == null ? Outcome.NEWER : order(table.version(row), stored.version());
      if (outcome == Outcome.OLDER && rows.versions() != null) {
        archive(database, rows, row);
      }
      if (outcome != Outcome.NEWER) {
        return;
      }
      Write write =
          stored == null ? () -> table.insert(database, row) : () -> table.update(database, row);
      if (vouched(table, row, write)) {
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
    Voucher outer = verified;
    verified = new Voucher(table.subject(), table.name(), row);
    try {
      return write.run();
    } finally {
      verified = outer;
    }
  }

  @FunctionalInterface
  private interface Write {
    boolean run();
  }

  private boolean isVouched(ProtectedTable table, Object[] row) {
    return verified != null && verified.covers(table, row);
  }
}
