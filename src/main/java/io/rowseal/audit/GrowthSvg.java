package io.rowseal.audit;

import java.util.List;

/** How many versions owners made in each period, as a bar chart. */
final class GrowthSvg {
  private static final int BAR = 46;
  private static final int GAP = 8;
  private static final int HEIGHT = 120;
  private static final int ABOVE = 18;
  private static final int BELOW = 22;

  private GrowthSvg() {}

  /** The chart of some periods. */
  static String of(List<ReportPeriod> periods) {
    long most = Math.max(1, periods.stream().mapToLong(ReportPeriod::versions).max().orElse(1));
    int width = periods.size() * (BAR + GAP) + GAP;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<div class=\"scroll\"><svg class=\"growth\" role=\"img\" width=\"%d\" height=\"%d\">\n"
            .formatted(width, ABOVE + HEIGHT + BELOW));
    int x = GAP;
    for (ReportPeriod period : periods) {
      bar(svg, x, period.name(), period.versions(), most);
      x += BAR + GAP;
    }
    return svg.append("</svg></div>\n").toString();
  }

  private static void bar(StringBuilder svg, int x, String period, long number, long most) {
    int height = (int) Math.max(number > 0 ? 1 : 0, Math.round((double) HEIGHT * number / most));
    int top = ABOVE + HEIGHT - height;
    int middle = x + BAR / 2;
    svg.append(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>".formatted(x, top, BAR, height));
    svg.append("<text x=\"%d\" y=\"%d\">%s</text>".formatted(middle, top - 5, compact(number)));
    svg.append(
        "<text class=\"period\" x=\"%d\" y=\"%d\">%s</text>\n"
            .formatted(middle, ABOVE + HEIGHT + 15, Html.escaped(period)));
  }

  private static String compact(long number) {
    if (number < 10_000) {
      return Long.toString(number);
    }
    return number < 10_000_000 ? number / 1000 + "k" : number / 1_000_000 + "M";
  }
}
