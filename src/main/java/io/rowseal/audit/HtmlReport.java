package io.rowseal.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * An audit as one HTML page that needs nothing but itself: no script, no style, font or picture
 * from elsewhere. Problems come first, by code; then the tables, those without problems folded up.
 * Everything that comes from the database is escaped.
 */
public final class HtmlReport {
  /** More findings of one code than this are folded up, table by table. */
  private static final int UNFOLDED = 20;

  private final StringBuilder html = new StringBuilder();
  private final ReportHeader header;
  private final List<ReportTable> tables;
  private final List<ReportGroup> groups;
  private final Map<String, List<ReportPeriod>> growth;
  private final Map<String, List<ReportVersion>> graphs;

  private HtmlReport(
      String[] header, String[] tables, String[] problems, String[] growth, String[] graphs) {
    this.header = ReportHeader.read(header);
    this.tables = ReportTable.read(tables);
    this.groups = ReportGroup.of(ReportProblem.read(problems));
    this.growth = byName(ReportPeriod.read(growth), ReportPeriod::table);
    this.graphs = byName(ReportVersion.read(graphs), ReportVersion::table);
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
    html.append(HtmlStyle.head("Rowseal audit of " + header.database()));
    element("h1", "Audit of " + header.database());
    muted(header.time() + " · Rowseal " + header.version());
    summary();
    problems();
    tables();
    histories();
    return html.append("</main></body></html>\n").toString();
  }

  private void summary() {
    html.append("<nav class=\"cards\">");
    card("tables", tables.size(), "#tables", "");
    for (String severity : ReportGroup.SEVERITIES) {
      long number = total(of(severity));
      card(severity + "s", number, firstOf(severity), number == 0 ? "" : severity);
    }
    long parked = total(ReportTable::parked);
    card("parked rows", parked, "#tables", parked == 0 ? "" : "notice");
    html.append("</nav>\n");
  }

  private static ToLongFunction<ReportTable> of(String severity) {
    return switch (severity) {
      case "error" -> ReportTable::errors;
      case "warning" -> ReportTable::warnings;
      default -> ReportTable::notices;
    };
  }

  private long total(ToLongFunction<ReportTable> number) {
    return tables.stream().mapToLong(number).sum();
  }

  private String firstOf(String severity) {
    for (int i = 0; i < groups.size(); i++) {
      if (groups.get(i).severity().equals(severity)) {
        return "#problem" + i;
      }
    }
    return "#problems";
  }

  private void card(String label, long number, String link, String style) {
    html.append(
        "<a class=\"card %s\" href=\"%s\"><b>%s</b> <span>%s</span></a>"
            .formatted(style, link, Html.grouped(number), label));
  }

  private void problems() {
    html.append("<h2 id=\"problems\">Problems</h2>\n");
    if (groups.isEmpty()) {
      html.append("<p class=\"good\">Every stored version verifies, and nothing is amiss.</p>\n");
      return;
    }
    html.append("<ul class=\"codes\">");
    for (int i = 0; i < groups.size(); i++) {
      html.append("<li><a href=\"#problem").append(i).append("\">");
      title(groups.get(i));
      html.append("</a></li>\n");
    }
    html.append("</ul>\n");
    for (int i = 0; i < groups.size(); i++) {
      html.append("<h3 id=\"problem").append(i).append("\">");
      title(groups.get(i));
      html.append("</h3>\n");
      findings(groups.get(i));
    }
  }

  private void title(ReportGroup group) {
    html.append(
        "<span class=\"badge %s\">%s</span> <code>%s</code> <span class=\"meaning\">%s</span> <span class=\"count\">%s in %s</span>"
            .formatted(
                group.severity(),
                group.severity(),
                Html.escaped(group.code()),
                Html.escaped(group.meaning()),
                Html.grouped(group.findings()),
                counted(group.tables().size(), "table")));
  }

  private void findings(ReportGroup group) {
    String open = group.findings() > UNFOLDED ? "" : " open=\"open\"";
    group
        .tables()
        .forEach(
            (table, problems) -> {
              long all = problems.get(0).ofCode();
              html.append("<details class=\"findings\"").append(open).append("><summary>");
              html.append(Html.escaped(table)).append(" <span class=\"count\">");
              html.append(Html.grouped(all)).append("</span></summary>\n");
              html.append("<table><thead><tr><th>row key</th><th>version</th><th>in</th>");
              html.append("<th>problem</th></tr></thead><tbody>\n");
              problems.forEach(this::finding);
              html.append("</tbody></table>\n");
              if (all > problems.size()) {
                muted("… and " + Html.grouped(all - problems.size()) + " more: rowseal.verify");
              }
              html.append("</details>\n");
            });
  }

  private void finding(ReportProblem problem) {
    html.append(
        "<tr><td class=\"mono\">%s</td><td class=\"mono\">%s</td><td>%s</td><td>%s</td></tr>\n"
            .formatted(
                Html.shortened(problem.rowKey()),
                Html.shortened(problem.versionId()),
                Html.escaped(problem.source()),
                Html.shortened(problem.problem())));
  }

  private void tables() {
    html.append("<h2 id=\"tables\">Tables</h2>\n");
    long clean = tables.stream().filter(ReportTable::isClean).count();
    if (clean < tables.size()) {
      overview(table -> !table.isClean());
    }
    if (clean > 0) {
      html.append("<details class=\"clean\"");
      html.append(clean == tables.size() ? " open=\"open\"" : "").append("><summary>");
      html.append(counted(clean, "table")).append(" without problems</summary>\n");
      overview(ReportTable::isClean);
      html.append("</details>\n");
    }
  }

  private void overview(Predicate<ReportTable> shown) {
    html.append("<div class=\"scroll\"><table class=\"overview\"><thead><tr><th>table</th>");
    ReportTable.NUMBERS.forEach(heading -> element("th", heading));
    html.append("<th>kind</th></tr></thead><tbody>\n");
    for (int i = 0; i < tables.size(); i++) {
      if (shown.test(tables.get(i))) {
        line(tables.get(i), i);
      }
    }
    html.append("</tbody></table></div>\n");
  }

  private void line(ReportTable table, int place) {
    html.append("<tr><th>");
    if (hasHistory(table)) {
      html.append("<a href=\"#history").append(place).append("\">");
      html.append(Html.escaped(table.name())).append("</a>");
    } else {
      html.append(Html.escaped(table.name()));
    }
    html.append("</th>");
    for (String number : table.numbers()) {
      html.append(number.equals("0") ? "<td class=\"zero\">" : "<td>").append(Html.escaped(number));
      html.append("</td>");
    }
    element("td", table.role() + ", " + table.layout());
    html.append("</tr>\n");
  }

  private boolean hasHistory(ReportTable table) {
    return growth.containsKey(table.name()) || graphs.containsKey(table.name());
  }

  private void histories() {
    if (tables.stream().anyMatch(this::hasHistory)) {
      html.append("<h2>Histories</h2>\n").append(HtmlStyle.LEGEND);
    }
    for (int i = 0; i < tables.size(); i++) {
      if (hasHistory(tables.get(i))) {
        history(tables.get(i), i);
      }
    }
  }

  private void history(ReportTable table, int place) {
    html.append("<details class=\"history\"><summary>").append(Html.escaped(table.name()));
    html.append("</summary><div id=\"history").append(place).append("\">\n");
    if (growth.containsKey(table.name())) {
      html.append(GrowthSvg.of(growth.get(table.name())));
    }
    byName(graphs.getOrDefault(table.name(), List.of()), ReportVersion::rowKey)
        .forEach(this::graph);
    html.append("</div></details>\n");
  }

  private void graph(String rowKey, List<ReportVersion> versions) {
    String[] texts = versions.stream().flatMap(v -> v.texts().stream()).toArray(String[]::new);
    html.append("<figure><div class=\"scroll\">").append(GraphSvg.of(VersionGraph.read(texts)));
    html.append("</div><figcaption class=\"mono\">").append(Html.shortened(rowKey));
    html.append("</figcaption></figure>\n");
  }

  private void muted(String text) {
    html.append("<p class=\"muted\">").append(Html.escaped(text)).append("</p>\n");
  }

  private void element(String name, String text) {
    html.append('<').append(name).append('>').append(Html.escaped(text));
    html.append("</").append(name).append(">\n");
  }

  private static String counted(long number, String thing) {
    return Html.grouped(number) + " " + thing + (number == 1 ? "" : "s");
  }

  private static <T> Map<String, List<T>> byName(List<T> all, Function<T, String> name) {
    Map<String, List<T>> groups = new LinkedHashMap<>();
    all.forEach(one -> groups.computeIfAbsent(name.apply(one), n -> new ArrayList<>()).add(one));
    return groups;
  }
}
