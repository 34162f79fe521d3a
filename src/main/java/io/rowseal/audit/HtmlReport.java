package io.rowseal.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * An audit as one HTML page that needs nothing but itself: no script, no style, font or picture
 * from elsewhere. Everything that comes from the database is escaped.
 */
public final class HtmlReport {
  private static final String ERROR = "error";
  private static final String WARNING = "warning";
  private static final String NOTICE = "notice";
  private static final List<String> SEVERITIES = List.of(ERROR, WARNING, NOTICE);
  private static final List<String> PROBLEM_HEADINGS =
      List.of("severity", "code", "where", "row key", "version", "problem");

  private final StringBuilder html = new StringBuilder();
  private final ReportHeader header;
  private final List<ReportTable> tables;
  private final Map<String, List<ReportProblem>> problems;
  private final Map<String, List<ReportPeriod>> growth;
  private final Map<String, List<ReportVersion>> graphs;

  private HtmlReport(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    this.header = ReportHeader.read(header);
    this.tables = ReportTable.read(tables);
    this.problems = grouped(ReportProblem.read(problems), ReportProblem::table);
    this.growth = grouped(ReportPeriod.read(growth), ReportPeriod::table);
    this.graphs = grouped(ReportVersion.read(graphs), ReportVersion::table);
  }

  /**
   * The page.
   *
   * @param header what {@link ReportHeader} lists
   * @param tables what {@link ReportTable} lists, for each table
   * @param problems what {@link ReportProblem} lists, for each problem
   * @param growth what {@link ReportPeriod} lists, for each table and period
   * @param graphs what {@link ReportVersion} lists, for each version of a row to be drawn
   * @throws io.rowseal.error.RefusedException RS006 if they are not such texts
   */
  public static String of(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    return new HtmlReport(header, tables, problems, growth, graphs).write();
  }

  private String write() {
    String title = "Rowseal audit of " + header.database();
    html.append(HtmlStyle.HEAD.replace("$title", Html.escaped(title)));
    element("h1", "Audit of " + header.database());
    element("p", header.time() + " · Rowseal " + header.version());
    summary();
    overview();
    tables.forEach(this::section);
    return html.append("</main></body></html>\n").toString();
  }

  private void summary() {
    html.append("<div class=\"cards\">");
    card("tables", tables.size(), "");
    card(ERROR, tables.stream().mapToLong(ReportTable::errors).sum());
    card(WARNING, tables.stream().mapToLong(ReportTable::warnings).sum());
    card(NOTICE, tables.stream().mapToLong(ReportTable::notices).sum());
    html.append("</div>\n");
    if (tables.stream().allMatch(table -> table.problems() == 0)) {
      html.append("<p class=\"good\">Every stored version verifies, and nothing is amiss.</p>\n");
    }
  }

  private void card(String severity, long number) {
    card(severity + "s", number, number == 0 ? "" : severity);
  }

  private void card(String label, long number, String style) {
    html.append("<div class=\"card ").append(style).append("\"><b>").append(number);
    html.append("</b><span>").append(label).append("</span></div>");
  }

  private void overview() {
    html.append("<h2>Tables</h2>\n<div class=\"scroll\"><table class=\"overview\"><thead><tr>");
    ReportTable.HEADINGS.forEach(heading -> element("th", heading));
    html.append("</tr></thead><tbody>\n");
    for (ReportTable table : tables) {
      html.append("<tr>");
      table.cells().forEach(this::cell);
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private void cell(ReportTable.Cell cell) {
    html.append("<td class=\"").append(cell.style()).append("\">");
    html.append(Html.escaped(cell.text())).append("</td>");
  }

  private void section(ReportTable table) {
    element("h2", table.name());
    problems(table, problems.getOrDefault(table.name(), List.of()));
    growth(growth.getOrDefault(table.name(), List.of()));
    graphs(graphs.getOrDefault(table.name(), List.of()));
  }

  private void problems(ReportTable table, List<ReportProblem> shown) {
    if (table.problems() == 0) {
      html.append("<p class=\"good\">No problems.</p>\n");
      return;
    }
    html.append("<h3>Problems</h3>\n<div class=\"scroll\"><table><thead><tr>");
    PROBLEM_HEADINGS.forEach(heading -> element("th", heading));
    html.append("</tr></thead><tbody>\n");
    shown.forEach(this::problem);
    html.append("</tbody></table></div>\n");
    if (table.problems() > shown.size()) {
      element("p", "… and " + (table.problems() - shown.size()) + " more; see rowseal.verify");
    }
  }

  private void problem(ReportProblem problem) {
    String severity = SEVERITIES.contains(problem.severity()) ? problem.severity() : ERROR;
    html.append("<tr><td><span class=\"badge ").append(severity).append("\">");
    html.append(severity).append("</span></td>");
    code("", problem.code());
    code("", problem.source());
    code(" class=\"key\"", problem.rowKey());
    code("", problem.versionId());
    html.append("<td class=\"problem\">").append(Html.escaped(problem.problem()));
    html.append("</td></tr>\n");
  }

  private void code(String style, String text) {
    html.append("<td><code").append(style).append('>').append(Html.escaped(text));
    html.append("</code></td>");
  }

  private void growth(List<ReportPeriod> periods) {
    if (!periods.isEmpty()) {
      html.append("<h3>Growth</h3>\n").append(GrowthSvg.of(periods));
    }
  }

  private void graphs(List<ReportVersion> versions) {
    if (!versions.isEmpty()) {
      html.append("<h3>Version graphs</h3>\n").append(HtmlStyle.LEGEND);
      grouped(versions, ReportVersion::rowKey).forEach(this::graph);
    }
  }

  private void graph(String rowKey, List<ReportVersion> versions) {
    String[] texts = versions.stream().flatMap(v -> v.texts().stream()).toArray(String[]::new);
    html.append("<figure><div class=\"scroll\">").append(GraphSvg.of(VersionGraph.read(texts)));
    html.append("</div>");
    element("figcaption", rowKey);
    html.append("</figure>\n");
  }

  private void element(String name, String text) {
    html.append('<').append(name).append('>').append(Html.escaped(text));
    html.append("</").append(name).append(">\n");
  }

  private static <T> Map<String, List<T>> grouped(List<T> all, Function<T, String> name) {
    Map<String, List<T>> groups = new LinkedHashMap<>();
    all.forEach(one -> groups.computeIfAbsent(name.apply(one), n -> new ArrayList<>()).add(one));
    return groups;
  }
}
