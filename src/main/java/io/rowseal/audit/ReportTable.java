package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * A protected table in a report: what it is, and numbers of {@code rowseal.audit}.
 *
 * @param name of the table
 * @param role identities or data
 * @param layout where superseded versions are kept
 * @param rows how many keys there are
 * @param versions how many versions
 * @param tombstones how many rows are deleted
 * @param owners how many owners
 * @param deferred how many rows wait for a card
 * @param quarantined how many rows wait in quarantine
 * @param seconds that the audit took, with decimals
 * @param rowsPerSecond its speed
 * @param errors how many problems of that severity it has
 * @param warnings how many problems of that severity it has
 * @param notices how many problems of that severity it has
 */
record ReportTable(
    String name,
    String role,
    String layout,
    long rows,
    long versions,
    long tombstones,
    long owners,
    long deferred,
    long quarantined,
    String seconds,
    long rowsPerSecond,
    long errors,
    long warnings,
    long notices) {
  /** What a reader sees above each of {@link #numbers}. */
  static final List<String> NUMBERS =
      List.of(
          "errors",
          "warnings",
          "notices",
          "rows",
          "versions",
          "tombstones",
          "owners",
          "deferred",
          "quarantined",
          "seconds",
          "rows/s");

  private static final int FIELDS = 14;

  /** Reads tables from texts, fourteen each, in the order of the components. */
  static List<ReportTable> read(String[] texts) {
    TextReader in = new TextReader("tables", texts, FIELDS);
    List<ReportTable> tables = new ArrayList<>();
    while (in.hasNext()) {
      tables.add(
          new ReportTable(
              in.text(),
              in.text(),
              in.text(),
              in.count(),
              in.count(),
              in.count(),
              in.count(),
              in.count(),
              in.count(),
              in.text(),
              in.count(),
              in.count(),
              in.count(),
              in.count()));
    }
    return tables;
  }

  /** Whether there is nothing to look at. */
  boolean isClean() {
    return errors + warnings + notices + parked() == 0;
  }

  /** How many rows wait aside. */
  long parked() {
    return deferred + quarantined;
  }

  /** What the overview shows of it. */
  List<String> numbers() {
    return List.of(
        Html.grouped(errors),
        Html.grouped(warnings),
        Html.grouped(notices),
        Html.grouped(rows),
        Html.grouped(versions),
        Html.grouped(tombstones),
        Html.grouped(owners),
        Html.grouped(deferred),
        Html.grouped(quarantined),
        seconds,
        Html.grouped(rowsPerSecond));
  }
}
