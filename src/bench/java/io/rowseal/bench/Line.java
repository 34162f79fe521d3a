package io.rowseal.bench;

import java.util.Map;

/**
 * A line of the result table.
 *
 * @param row of the specification's table
 * @param figure what the goal is about, mostly a ratio; NaN if it was not run
 * @param note what else a reader should know; the reason if it was not run
 * @param samples raw, by side
 */
record Line(
    int row,
    String work,
    String ours,
    String against,
    double figure,
    Goal goal,
    String note,
    Map<String, Samples> samples) {

  static Line notRun(int row, String work, String reason) {
    return new Line(row, work, "not run", "", Double.NaN, Goal.NONE, reason, Map.of());
  }

  boolean wasRun() {
    return !Double.isNaN(figure);
  }

  String verdict() {
    if (!wasRun()) {
      return "not run";
    }
    return !goal.exists() ? "" : goal.reached().test(figure) ? "yes" : "NO";
  }
}
