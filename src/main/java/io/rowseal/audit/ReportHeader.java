package io.rowseal.audit;

/**
 * What stands above a report.
 *
 * @param database its name
 * @param time of the audit
 * @param version of Rowseal
 */
record ReportHeader(String database, String time, String version) {
  private static final int FIELDS = 3;
  private static final ReportHeader EMPTY = new ReportHeader("", "", "");

  /** Reads the header from three texts, in the order of the components. */
  static ReportHeader read(String[] texts) {
    TextReader in = new TextReader("header", texts, FIELDS);
    return in.hasNext() ? new ReportHeader(in.text(), in.text(), in.text()) : EMPTY;
  }
}
