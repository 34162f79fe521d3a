package io.rowseal.error;

import java.io.Serial;

/** The one exception by which Rowseal refuses. A host turns it into an SQL error. */
public final class RefusedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final Refusal refusal;
  private final String facts;

  RefusedException(Refusal refusal, String facts) {
    // A refusal is an ordinary answer to bad input: nobody reads its stack trace, so none is filled
    // in.
    super(refusal.meaning() + ": " + facts, null, false, false);
    this.refusal = refusal;
    this.facts = facts;
  }

  public Refusal refusal() {
    return refusal;
  }

  /** The facts of this case, without {@link Refusal#meaning()}. */
  public String facts() {
    return facts;
  }

  /** The same refusal with its place (table and key) in front of the facts. */
  public RefusedException at(String place) {
    return new RefusedException(refusal, place + ": " + facts);
  }
}
