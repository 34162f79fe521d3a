// The owner's timestamps. The greater wins, so each must be greater than those before, whatever a device's clock says.

const YEAR_2100 = 4_102_444_800n; // in seconds since 1970

/** Clocks: what time it is, and what no client of the owner signs, for nothing overtakes the greatest bigint. */
export const MILLISECONDS = { now: () => BigInt(Date.now()), limit: YEAR_2100 * 1000n };
export const SECONDS = { now: () => BigInt(Math.floor(Date.now() / 1000)), limit: YEAR_2100 };

/** The timestamp that follows `last`, the greatest that the owner is known to have used. */
export const nextTimestamp = (last = 0n, clock = MILLISECONDS) => {
  const now = clock.now();
  const next = now > BigInt(last) ? now : BigInt(last) + 1n;
  if (next > clock.limit) {
    throw new RangeError(
      `timestamp ${next} is beyond ${clock.limit}, the limit of this clock: a device of this owner has a wrong clock or counts in another unit`);
  }
  return next;
};
