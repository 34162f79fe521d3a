package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * A protected table in a report: what it is, and the numbers of {@code rowseal.audit} as texts.
 *
 * @param name of the table
 * @param role identities or data
 * @param layout where superseded versions are kept
 * @param rows how many keys there are
 * @param versions how many versions
 * @param tombstones how many rows are deleted
 * @param owners how many owners
 * @param invalid how many versions do not verify
 * @param forks how many versions have several successors
 * @param missingParents how many parents are not here
 * @param deferred how many rows wait for a card
 * @param quarantined how many rows wait in quarantine
 * @param seconds that the audit took
 * @param rowsPerSecond its speed
 * @param errors how many problems of that severity it has
 * @param warnings how many problems of that severity it has
 * @param notices how many problems of that severity it has
 */
record ReportTable(
    String name,
    String role,
    String layout,
    String rows,
    String versions,
    String tombstones,
    String owners,
    String invalid,
    String forks,
    String missingParents,
    String deferred,
    String quarantined,
    String seconds,
    String rowsPerSecond,
    long errors,
    long warnings,
    long notices) {
  /** What a reader sees above each of {@link #cells}. */
  static final List<String> HEADINGS =
      List.of(
          "table",
          "role",
          "layout",
          "rows",
          "versions",
          "tombstones",
          "owners",
          "invalid",
          "forks",
          "missing parents",
          "deferred",
          "quarantined",
          "seconds",
          "rows/s");

  private static final int FIELDS = 17;

  /** Something to show, and the style in which to show it. */
  record Cell(String text, String style) {}

  /** Reads tables from texts, seventeen each, in the order of the components. */
  static List<ReportTable> read(String[] texts) {
    TextReader in = new TextReader("tables", texts, FIELDS);
    List<ReportTable> tables = new ArrayList<>();
    while (in.hasNext()) {
      tables.add(
          new ReportTable(
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.text(),
              in.count(),
              in.count(),
              in.count()));
    }
    return tables;
  }

  /** How many problems it has. */
  long problems() {
    return errors + warnings + notices;
  }

  /** What the overview shows of it. */
  List<Cell> cells() {
    return List.of(
        new Cell(name, ""),
        new Cell(role, ""),
        new Cell(layout, ""),
        number(rows),
        number(versions),
        number(tombstones),
        number(owners),
        new Cell(invalid, invalid.equals("0") ? "number" : "number error"),
        number(forks),
        number(missingParents),
        number(deferred),
        number(quarantined),
        number(seconds),
        number(rowsPerSecond));
  }

  private static Cell number(String text) {
    return new Cell(text, "number");
  }
}
