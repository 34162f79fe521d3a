package io.rowseal.enforcement;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.signature.VerificationKey;
import io.rowseal.work.Workers;
import java.util.Arrays;

/**
 * Decides about one write from the rows that the trigger was handed. It reads nothing and writes
 * nothing. What outlives a call are decoded keys, which cannot change, and rows that were handed
 * over: see {@link Backlog}. For one thread.
 *
 * <p>Where a verdict needs the owner's key and that is not known here, the answer is {@link
 * Verdict#KEY_UNKNOWN}: the caller looks the card up and asks again.
 */
public final class Enforcer {
  /** Instead of a statement's number: no statement may hand the row over. */
  private static final long AT_ONCE = 0;

  private final OwnerKeys ownerKeys = new OwnerKeys();
  private final Backlog backlog;

  /**
   * @param workers who help with bulk statements
   */
  public Enforcer(Workers workers) {
    backlog = new Backlog(workers);
  }

  /**
   * Decides about a row that is to be stored as a new one.
   *
   * @param card of its owner; null if it was not looked up, empty if there is none
   * @return STORE, KEY_UNKNOWN or REFUSED
   */
  public Verdict insert(Policy policy, Row row, byte[] card) {
    try {
      return decide(policy, row, card);
    } catch (RefusedException refused) {
      return Verdict.REFUSED;
    }
  }

  /**
   * Decides about a row that is to be stored as a new one by a statement at whose end {@link
   * #settle} is called. STORE then says that nothing is wrong as far as is known.
   *
   * @param card of its owner; null if it was not looked up, empty if there is none
   * @param statement its number
   * @return STORE, KEY_UNKNOWN, REFUSED or CALL_HELPERS
   */
  public Verdict handOver(Policy policy, Row row, byte[] card, long statement) {
    try {
      policy.checkShape(row);
      return handedOver(policy, row, card, Verdict.STORE, statement);
    } catch (RefusedException refused) {
      return Verdict.REFUSED;
    }
  }

  /** From now on helpers verify the rows of this statement; none if there are to be none. */
  public void callHelpers(long statement, int helpers) {
    backlog.callHelpers(statement, helpers);
  }

  /**
   * Verifies what the statement has handed over and is not verified yet.
   *
   * @return why the first bad row is refused, with table and key in front; null if none is bad.
   *     Says so as often as it is asked.
   */
  public RefusedException settle(long statement) {
    return backlog.settle(statement);
  }

  /**
   * Decides about a row that is to take the place of another.
   *
   * @param card of its owner; null if it was not looked up, empty if there is none
   * @return anything but POLICY_UNKNOWN
   */
  public Verdict update(Policy policy, Row row, Row old, byte[] card) {
    return update(policy, row, old, card, AT_ONCE);
  }

  /**
   * The same of a statement at whose end {@link #settle} is called, which a newer row need not wait
   * for.
   *
   * @param statement its number; zero to verify at once
   */
  public Verdict update(Policy policy, Row row, Row old, byte[] card, long statement) {
    try {
      return decide(policy, row, old, card, statement);
    } catch (RefusedException refused) {
      return Verdict.REFUSED;
    }
  }

  /**
   * Why a row is refused, with table and key in front; null if it is not.
   *
   * @param old the row whose place it is to take; null if it is to be stored as a new one
   */
  public RefusedException refusal(Policy policy, Row row, Row old, byte[] card) {
    try {
      if (old == null) {
        decide(policy, row, card);
      } else {
        decide(policy, row, old, card, AT_ONCE);
      }
      return null;
    } catch (RefusedException refused) {
      return refused.at(row.place());
    }
  }

  // ---------------------------------------------------------------- decisions

  private Verdict decide(Policy policy, Row row, byte[] card) {
    policy.checkShape(row);
    return verified(policy, row, card, Verdict.STORE);
  }

  private Verdict decide(Policy policy, Row row, Row old, byte[] card, long statement) {
    policy.checkShape(row);
    if (row.sameVersion(old)) {
      return Verdict.STORE; // what differs is the version id, and that is right now
    }
    if (policy.isAppendOnly()) {
      return besideOthers(policy, row, old, card);
    }
    if (!row.sameKey(old)) {
      throw keyChanged(old);
    }
    Version incoming = row.version();
    Version stored = old.version();
    return switch (OrderingDecision.of(incoming, stored).outcome()) {
      case OLDER -> older(policy, row, card, incoming, stored);
      case SAME -> tie(policy, row, old, card);
      case NEWER ->
          statement == AT_ONCE
              ? verified(policy, row, card, newer(policy, old))
              : handedOver(policy, row, card, newer(policy, old), statement);
    };
  }

  /** What was superseded is kept, if it can have been a version of its own. */
  private static Verdict newer(Policy policy, Row old) {
    boolean archives = policy.layout() == Policy.Layout.TWO_TABLES && hasShape(policy, old);
    return archives ? Verdict.SUPERSEDE : Verdict.STORE;
  }

  private Verdict older(Policy policy, Row row, byte[] card, Version incoming, Version stored) {
    if (policy.layout() == Policy.Layout.TWO_TABLES) {
      return Verdict.OLDER; // on its way into the versions table it is verified
    }
    Verdict verdict = verified(policy, row, card, Verdict.OLDER);
    return verdict == Verdict.OLDER ? stale(policy, incoming, stored) : verdict;
  }

  private static Verdict stale(Policy policy, Version incoming, Version stored) {
    if (policy.reactions().staleIsError()) {
      throw Refusal.STALE.because(
          "the stored version has owner_timestamp "
              + stored.ownerTimestamp()
              + ", this one "
              + incoming.ownerTimestamp());
    }
    return Verdict.OLDER;
  }

  /**
   * Where versions stand beside each other, none takes the place of another. Only what is stored
   * under the very version id that the row has may have to give way to it: in a versions table also
   * what is of another key, since it may go by version ids alone.
   */
  private Verdict besideOthers(Policy policy, Row row, Row old, byte[] card) {
    boolean otherKey = !policy.ofVersions() && !row.sameKey(old);
    if (otherKey || !isSameVersionId(policy, row, old)) {
      throw anotherVersion(row, old);
    }
    try {
      Verdict verdict = verified(policy, row, card, Verdict.STORE);
      boolean stays = verdict == Verdict.STORE && !wins(policy, row, old, card);
      return stays ? Verdict.KEEP : verdict;
    } catch (RefusedException refused) {
      throw policy.reactions().parks(refused.refusal()) ? refused : anotherVersion(row, old);
    }
  }

  /**
   * Two rows of one key, timestamp and signature; the stored one was tampered with, or both are
   * their owner's.
   */
  private Verdict tie(Policy policy, Row row, Row old, byte[] card) {
    Verdict verdict = verified(policy, row, card, Verdict.STORE);
    if (verdict == Verdict.KEY_UNKNOWN || !isAuthentic(policy, old, card)) {
      return verdict;
    }
    if (wins(policy, row, old, card)) {
      return newer(policy, old);
    }
    return policy.layout() == Policy.Layout.TWO_TABLES
        ? Verdict.BEHIND
        : stale(policy, row.version(), old.version());
  }

  /**
   * Whether a row that was verified comes after the one that is stored in its place. It does if
   * somebody tampered with that. If both are their owner's, because one signature fits two rows,
   * their own bytes decide at last, so that all peers keep the same one. Another owner's row is
   * taken for authentic, since the key to tell is not at hand.
   */
  private boolean wins(Policy policy, Row row, Row old, byte[] card) {
    if (Row.same(row.owner(), old.owner()) && !isAuthentic(policy, old, card)) {
      return true;
    }
    return switch (OrderingDecision.of(row.version(), old.version()).outcome()) {
      case NEWER -> true;
      case OLDER -> false;
      case SAME -> policy.isGreater(row, old);
    };
  }

  // ---------------------------------------------------------------- parts

  private Verdict verified(Policy policy, Row row, byte[] card, Verdict verdict) {
    VerificationKey key = key(policy, row, card);
    if (key == null) {
      return Verdict.KEY_UNKNOWN;
    }
    Verifier.verify(policy, row, key);
    return verdict;
  }

  /** It is verified until the statement ends. */
  private Verdict handedOver(Policy policy, Row row, byte[] card, Verdict verdict, long statement) {
    VerificationKey key = key(policy, row, card);
    if (key == null) {
      return Verdict.KEY_UNKNOWN;
    }
    if (backlog.takes(statement, row)) {
      return backlog.add(policy, row, key) ? verdict : Verdict.REFUSED;
    }
    Verifier.verify(policy, row, key);
    return backlog.isWorthHelpers(statement) ? verdict.andCallHelpers() : verdict;
  }

  private VerificationKey key(Policy policy, Row row, byte[] card) {
    return policy.holdsIdentities()
        ? Verifier.ownKey(policy, row)
        : ownerKeys.find(policy, row.owner(), card);
  }

  /** Of one key, and so of one owner, whose key is at hand. */
  private boolean isAuthentic(Policy policy, Row old, byte[] card) {
    try {
      policy.checkShape(old);
      Verifier.verify(policy, old, key(policy, old, card));
      return true;
    } catch (RefusedException refused) {
      return false;
    }
  }

  private static boolean hasShape(Policy policy, Row row) {
    try {
      policy.checkShape(row);
      return true;
    } catch (RefusedException refused) {
      return false;
    }
  }

  private static boolean isSameVersionId(Policy policy, Row row, Row old) {
    return Arrays.equals(row.signature(), old.signature())
        || (old.versionId() != null && Row.same(policy.versionId(row), old.versionId()));
  }

  private static RefusedException keyChanged(Row old) {
    return Refusal.KEY_CHANGED.because("the key was " + old.place());
  }

  private static RefusedException anotherVersion(Row row, Row old) {
    return row.sameKey(old)
        ? Refusal.APPEND_ONLY.because("insert the new version beside it")
        : keyChanged(old);
  }
}
