package io.rowseal.client;

import java.time.InstantSource;

/**
 * The owner's timestamps. The greater wins, so each must be greater than those before, whatever a
 * device's clock says.
 */
public final class OwnerTime {
  /** 2100-01-01 in milliseconds: what no client signs, for nothing overtakes the greatest long. */
  static final long LIMIT = 4_102_444_800_000L;

  private final InstantSource clock;

  private OwnerTime(InstantSource clock) {
    this.clock = clock;
  }

  /** In milliseconds since 1970, by a clock. */
  public static OwnerTime milliseconds(InstantSource clock) {
    return new OwnerTime(clock);
  }

  /**
   * The timestamp that follows the greatest that the owner is known to have used.
   *
   * @throws IllegalStateException if it would be beyond the year 2100: a device of this owner has a
   *     wrong clock, or counts in another unit
   */
  public long after(long last) {
    long now = clock.millis();
    if (Math.max(now, last) >= LIMIT) {
      throw new IllegalStateException(
          "timestamp "
              + Math.max(now, last)
              + " is beyond the year 2100: a device of this owner has a wrong clock or counts in another unit");
    }
    return Math.max(now, last + 1);
  }
}
