package io.rowseal.bench;

import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * What a figure must reach.
 *
 * @param text as the table shows it; empty where nothing is asked for
 */
record Goal(String text, DoublePredicate reached) {
  static final Goal NONE = new Goal("", figure -> true);

  static Goal atLeast(double bound) {
    return new Goal("≥ " + number(bound), figure -> figure >= bound);
  }

  static Goal atMost(double bound) {
    return new Goal("≤ " + number(bound), figure -> figure <= bound);
  }

  boolean exists() {
    return !text.isEmpty();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
