package io.rowseal.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An audit as one HTML page that needs nothing but itself: no script, no style, font or picture
 * from elsewhere. Everything that comes from the database is escaped.
 */
public final class HtmlReport {
  private static final List<String> TABLE_HEADINGS =
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
  private static final int FIRST_NUMBER = 3;
  private static final int INVALID = 7;
  private static final int TABLE_FIELDS = 17;
  private static final int ERRORS = 14;
  private static final List<String> SEVERITIES = List.of("error", "warning", "notice");

  private static final int PROBLEM_FIELDS = 7;
  private static final int ROW_KEY = 2;
  private static final int GROWTH_FIELDS = 3;

  /** Table and row key stand in front of each version. */
  private static final int GRAPH_FIELDS = 2 + VersionNode.FIELDS;

  private final StringBuilder html = new StringBuilder();
  private final List<String[]> tables;
  private final Map<String, List<String[]>> problems;
  private final Map<String, List<String[]>> growth;
  private final Map<String, List<String[]>> graphs;

  private HtmlReport(String[] tables, String[] problems, String[] growth, String[] graphs) {
    this.tables = records(tables, TABLE_FIELDS);
    this.problems = byTable(records(problems, PROBLEM_FIELDS));
    this.growth = byTable(records(growth, GROWTH_FIELDS));
    this.graphs = byTable(records(graphs, GRAPH_FIELDS));
  }

  /**
   * The page.
   *
   * @param header database, time and version of Rowseal
   * @param tables per table: its name, role, layout, the numbers of {@code rowseal.audit}, and how
   *     many problems of severity error, warning and notice it has
   * @param problems per problem: table, source, row key, version id, code, severity, problem
   * @param growth per table and period: table, period, number of versions
   * @param graphs per version of a row to be drawn: table, row key, and what {@link VersionNode}
   *     lists
   */
  public static String of(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    return new HtmlReport(tables, problems, growth, graphs).write(header);
  }

  private String write(String[] header) {
    html.append(HtmlStyle.HEAD.replace("$title", Html.escaped("Rowseal audit of " + header[0])));
    element("h1", "Audit of " + header[0]);
    element("p", header[1] + " · Rowseal " + header[2]);
    summary();
    overview();
    for (String[] table : tables) {
      section(table);
    }
    return html.append("</main></body></html>\n").toString();
  }

  private void summary() {
    long[] totals = new long[SEVERITIES.size()];
    for (String[] table : tables) {
      for (int i = 0; i < totals.length; i++) {
        totals[i] += Long.parseLong(table[ERRORS + i]);
      }
    }
    html.append("<div class=\"cards\">");
    card("tables", tables.size(), "");
    for (int i = 0; i < totals.length; i++) {
      card(SEVERITIES.get(i) + "s", totals[i], totals[i] == 0 ? "" : SEVERITIES.get(i));
    }
    html.append("</div>\n");
    if (Arrays.stream(totals).sum() == 0) {
      html.append("<p class=\"good\">Every stored version verifies, and nothing is amiss.</p>\n");
    }
  }

  private void card(String label, long number, String style) {
    html.append("<div class=\"card ").append(style).append("\"><b>").append(number);
    html.append("</b><span>").append(label).append("</span></div>");
  }

  private void overview() {
    html.append("<h2>Tables</h2>\n<div class=\"scroll\"><table class=\"overview\"><thead><tr>");
    TABLE_HEADINGS.forEach(heading -> element("th", heading));
    html.append("</tr></thead><tbody>\n");
    for (String[] table : tables) {
      html.append("<tr>");
      for (int i = 0; i < TABLE_HEADINGS.size(); i++) {
        cell(i, table[i]);
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void cell(int place, String value) {
    String style =
        place < FIRST_NUMBER
            ? ""
            : place == INVALID && !value.equals("0") ? "number error" : "number";
    html.append("<td class=\"").append(style).append("\">").append(Html.escaped(value));
    html.append("</td>");
  }

  private void section(String[] table) {
    element("h2", table[0]);
    problems(table);
    growth(growth.getOrDefault(table[0], List.of()));
    graphs(graphs.getOrDefault(table[0], List.of()));
  }

  private void problems(String[] table) {
    List<String[]> shown = problems.getOrDefault(table[0], List.of());
    long all = 0;
    for (int i = 0; i < SEVERITIES.size(); i++) {
      all += Long.parseLong(table[ERRORS + i]);
    }
    if (all == 0) {
      html.append("<p class=\"good\">No problems.</p>\n");
      return;
    }
    html.append("<h3>Problems</h3>\n<div class=\"scroll\"><table><thead><tr>");
    for (String heading : List.of("severity", "code", "where", "row key", "version", "problem")) {
      element("th", heading);
    }
    html.append("</tr></thead><tbody>\n");
    shown.forEach(this::problem);
    html.append("</tbody></table></div>\n");
    if (all > shown.size()) {
      element("p", "… and " + (all - shown.size()) + " more; see rowseal.verify");
    }
  }

  private void problem(String[] problem) {
    String severity = SEVERITIES.contains(problem[5]) ? problem[5] : "error";
    html.append("<tr><td><span class=\"badge ").append(severity).append("\">");
    html.append(severity).append("</span></td>");
    for (int i : new int[] {4, 1, 2, 3}) {
      html.append(i == ROW_KEY ? "<td><code class=\"key\">" : "<td><code>");
      html.append(Html.escaped(problem[i])).append("</code></td>");
    }
    html.append("<td class=\"problem\">").append(Html.escaped(problem[6])).append("</td></tr>\n");
  }

  private void growth(List<String[]> periods) {
    if (!periods.isEmpty()) {
      html.append("<h3>Growth</h3>\n").append(GrowthSvg.of(periods));
    }
  }

  private void graphs(List<String[]> versions) {
    if (versions.isEmpty()) {
      return;
    }
    html.append("<h3>Version graphs</h3>\n").append(HtmlStyle.LEGEND);
    Map<String, List<String>> byKey = new LinkedHashMap<>();
    for (String[] version : versions) {
      byKey
          .computeIfAbsent(version[1], key -> new ArrayList<>())
          .addAll(Arrays.asList(version).subList(2, GRAPH_FIELDS));
    }
    byKey.forEach(
        (key, texts) -> {
          html.append("<figure><div class=\"scroll\">");
          html.append(GraphSvg.of(VersionGraph.read(texts.toArray(String[]::new))));
          html.append("</div>");
          element("figcaption", key);
          html.append("</figure>\n");
        });
  }

  private void element(String name, String text) {
    html.append('<').append(name).append('>').append(Html.escaped(text));
    html.append("</").append(name).append(">\n");
  }

  private static List<String[]> records(String[] texts, int fields) {
    List<String[]> records = new ArrayList<>();
    for (int i = 0; i < texts.length; i += fields) {
      String[] fieldsOfOne = Arrays.copyOfRange(texts, i, i + fields);
      Arrays.setAll(fieldsOfOne, j -> fieldsOfOne[j] == null ? "" : fieldsOfOne[j]);
      records.add(fieldsOfOne);
    }
    return records;
  }

  private static Map<String, List<String[]>> byTable(List<String[]> records) {
    Map<String, List<String[]>> byTable = new LinkedHashMap<>();
    records.forEach(r -> byTable.computeIfAbsent(r[0], table -> new ArrayList<>()).add(r));
    return byTable;
  }
}
