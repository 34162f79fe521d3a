package io.rowseal.enforcement;

/** What becomes of an incoming row, decided before anything is written. */
public enum Verdict {
  /** It is stored. */
  STORE(0),
  /** It is stored, and the tip that it replaces is archived. */
  SUPERSEDE(1),
  /** Nothing is left to do: it is stored already, or lost to a newer version. */
  SKIP(2),
  /** It takes the place of the row with the same primary key. */
  REPLACE(2),
  /** It goes to the versions table. */
  ARCHIVE(2),
  /** It came to the versions table but belongs into the data table. */
  PROMOTE(2),
  /** It waits aside. */
  PARK(2);

  private final long step;

  Verdict(long step) {
    this.step = step;
  }

  /**
   * What the trigger function does next: 0 stores the row, 1 archives the old row first, 2 calls
   * {@link Enforcer#act} and stores nothing.
   */
  public long step() {
    return step;
  }
}
