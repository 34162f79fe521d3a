package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * How many versions of a table the owners made in one period.
 *
 * @param table whose
 * @param name of the period
 * @param versions how many
 */
record ReportPeriod(String table, String name, long versions) {
  private static final int FIELDS = 3;

  /** Reads periods from texts, three each, in the order of the components. */
  static List<ReportPeriod> read(String[] texts) {
    TextReader in = new TextReader("growth", texts, FIELDS);
    List<ReportPeriod> periods = new ArrayList<>();
    while (in.hasNext()) {
      periods.add(new ReportPeriod(in.text(), in.text(), in.count()));
    }
    return periods;
  }
}
