package io.rowseal.ordering;

import java.util.Arrays;

/**
 * How an incoming version stands to the stored one: the greater {@code (owner_timestamp,
 * signature)} wins, bytes compared unsigned. Rows that have both in common are one version, or else
 * their own bytes decide ({@code Policy.isGreater}): so the order is total, and all peers agree.
 *
 * @param outcome of the incoming version
 * @param incoming evidence
 * @param stored evidence
 */
public record OrderingDecision(Outcome outcome, Version incoming, Version stored) {

  /** How the incoming version stands to the stored one. */
  public enum Outcome {
    NEWER,
    SAME,
    OLDER
  }

  public static OrderingDecision of(Version incoming, Version stored) {
    int byTime = Long.compare(incoming.ownerTimestamp(), stored.ownerTimestamp());
    int order =
        byTime != 0 ? byTime : Arrays.compareUnsigned(incoming.signature(), stored.signature());
    Outcome outcome = order > 0 ? Outcome.NEWER : order == 0 ? Outcome.SAME : Outcome.OLDER;
    return new OrderingDecision(outcome, incoming, stored);
  }
}
