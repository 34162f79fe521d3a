package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * A version of a row whose graph a report draws.
 *
 * @param table of the row
 * @param rowKey as JSON
 * @param texts what {@link VersionNode} lists
 */
record ReportVersion(String table, String rowKey, List<String> texts) {
  private static final int OWN_FIELDS = 2;
  private static final int FIELDS = OWN_FIELDS + VersionNode.FIELDS;

  /** Reads versions from texts: table and row key, then what {@link VersionNode} lists. */
  static List<ReportVersion> read(String[] texts) {
    TextReader in = new TextReader("graphs", texts, FIELDS);
    List<ReportVersion> versions = new ArrayList<>();
    while (in.hasNext()) {
      String table = in.text();
      String rowKey = in.text();
      versions.add(new ReportVersion(table, rowKey, nodeTexts(in)));
    }
    return versions;
  }

  private static List<String> nodeTexts(TextReader in) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < VersionNode.FIELDS; i++) {
      texts.add(in.text());
    }
    return texts;
  }
}
