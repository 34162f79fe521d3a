package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * A problem that an audit found.
 *
 * @param table where
 * @param source the data table or its versions table
 * @param rowKey of the row, as JSON
 * @param versionId the beginning of the version's id, in hex
 * @param code an SQLSTATE or a word
 * @param severity error, warning or notice
 * @param problem in words
 * @param ofCode how many of this code the table has, those among them that are not shown
 */
record ReportProblem(
    String table,
    String source,
    String rowKey,
    String versionId,
    String code,
    String severity,
    String problem,
    long ofCode) {
  private static final int FIELDS = 8;

  /** Reads problems from texts, eight each, in the order of the components. */
  static List<ReportProblem> read(String[] texts) {
    TextReader in = new TextReader("problems", texts, FIELDS);
    List<ReportProblem> problems = new ArrayList<>();
    while (in.hasNext()) {
      problems.add(
          new ReportProblem(
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.count()));
    }
    return problems;
  }
}
