package io.rowseal.enforcement;

/** What becomes of an incoming row, decided before anything is written. */
enum Verdict {
  /** It is stored. */
  STORE,
  /** It takes the place of the tip, which is archived. */
  SUPERSEDE,
  /** Nothing is left to do: it is stored already, or lost to a newer version. */
  SKIP,
  /** It takes the place of the row with the same primary key. */
  REPLACE,
  /** It goes to the versions table. */
  ARCHIVE,
  /** It came to the versions table but belongs into the data table. */
  PROMOTE,
  /** It waits aside. */
  PARK
}
