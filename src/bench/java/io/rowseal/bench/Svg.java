package io.rowseal.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Draws plots: horizontal bars in groups, and curves over a logarithmic axis. */
final class Svg {
  private static final int WIDTH = 760;
  private static final int LEFT = 250;
  private static final int RIGHT = 100;
  private static final int TOP = 64;
  private static final int BAR = 20;
  private static final int HEIGHT = 380;
  private static final int CURVES_LEFT = 70;
  private static final int CURVES_BOTTOM = 60;
  private static final String[] COLOURS = {"#9aa5b1", "#1f6feb", "#d9822b", "#2f855a"};

  private final StringBuilder out = new StringBuilder();

  private Svg() {}

  static String bars(Plot plot, List<Findings.Bar> bars) {
    Svg svg = new Svg();
    Map<String, List<Findings.Bar>> groups = new LinkedHashMap<>();
    bars.forEach(bar -> groups.computeIfAbsent(bar.group(), g -> new ArrayList<>()).add(bar));
    List<String> names = bars.stream().map(Findings.Bar::name).distinct().toList();
    int height = TOP + groups.size() * 34 + bars.size() * (BAR + 3) + 12;
    svg.open(plot.title + ", " + plot.unit, height);
    svg.legend(names, 0);
    double scale =
        (WIDTH - LEFT - RIGHT) / bars.stream().mapToDouble(Findings.Bar::value).max().orElseThrow();
    int y = TOP + 8;
    for (Map.Entry<String, List<Findings.Bar>> group : groups.entrySet()) {
      y += 22;
      svg.text(20, y, "start", "bold", group.getKey());
      y += 8;
      for (Findings.Bar bar : group.getValue()) {
        svg.bar(y, bar, names.indexOf(bar.name()), bar.value() * scale);
        y += BAR + 3;
      }
    }
    return svg.close();
  }

  private void bar(int y, Findings.Bar bar, int colour, double length) {
    text(LEFT - 8, y + 15, "end", "normal", bar.name());
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
        LEFT, y, Math.max(1, length), BAR, colour(colour));
    text(LEFT + length + 6, y + 15, "start", "normal", number(bar.value()));
  }

  static String curves(Plot plot, Map<String, List<Findings.Point>> curves) {
    Svg svg = new Svg();
    svg.open(plot.title + ", " + plot.unit, HEIGHT);
    svg.legend(List.copyOf(curves.keySet()), 1);
    Set<Double> places = new TreeSet<>();
    double greatest = 0;
    for (List<Findings.Point> points : curves.values()) {
      for (Findings.Point point : points) {
        places.add(point.x());
        greatest = Math.max(greatest, point.y());
      }
    }
    double least = places.iterator().next();
    double span = Math.max(1e-9, Math.log(places.stream().reduce(least, Math::max) / least));
    double top = step(greatest) * Math.ceil(greatest / step(greatest) + 0.2);
    svg.grid(plot, top, step(greatest));
    for (double place : places) {
      svg.text(
          across(place, least, span),
          HEIGHT - CURVES_BOTTOM + 20,
          "middle",
          "normal",
          amount(place));
    }
    int colour = 1;
    for (List<Findings.Point> points : curves.values()) {
      svg.curve(points, colour++, least, span, top);
    }
    return svg.close();
  }

  private void grid(Plot plot, double top, double step) {
    for (double value = 0; value <= top + step / 2; value += step) {
      double y = up(value, top);
      add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#d5dae0\"/>",
          CURVES_LEFT, y, WIDTH - 40, y);
      text(CURVES_LEFT - 8, y + 5, "end", "normal", number(value));
    }
    text(WIDTH / 2.0, HEIGHT - 12, "middle", "normal", plot.across);
  }

  private void curve(
      List<Findings.Point> points, int colour, double least, double span, double top) {
    StringBuilder path = new StringBuilder();
    for (Findings.Point point : points) {
      path.append(Unit.format("%.1f,%.1f ", across(point.x(), least, span), up(point.y(), top)));
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>",
        path.toString().strip(), colour(colour));
    for (Findings.Point point : points) {
      double x = across(point.x(), least, span);
      double y = up(point.y(), top);
      add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>", x, y, colour(colour));
      text(x, y - 10, "middle", "normal", number(point.y()));
    }
  }

  private static double across(double x, double least, double span) {
    return CURVES_LEFT + 30 + Math.log(x / least) / span * (WIDTH - CURVES_LEFT - 110);
  }

  private static double up(double y, double top) {
    return HEIGHT - CURVES_BOTTOM - y / top * (HEIGHT - CURVES_BOTTOM - TOP - 16);
  }

  /** A round distance between grid lines, of which four to ten fit. */
  private static double step(double greatest) {
    double power = Math.pow(10, Math.floor(Math.log10(greatest)));
    double first = greatest / power;
    return first < 2 ? power / 4 : first < 5 ? power / 2 : power;
  }

  private void open(String title, int height) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\""
            + " font-family=\"sans-serif\" font-size=\"13\" fill=\"#1b2733\">",
        WIDTH, height, WIDTH, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", WIDTH, height);
    add("<text x=\"20\" y=\"28\" font-size=\"17\" font-weight=\"bold\">%s</text>", escaped(title));
  }

  private void legend(List<String> names, int firstColour) {
    int x = 20;
    for (int i = 0; i < names.size(); i++) {
      add(
          "<rect x=\"%d\" y=\"40\" width=\"12\" height=\"12\" fill=\"%s\"/>",
          x, colour(i + firstColour));
      text(x + 18, 51, "start", "normal", names.get(i));
      x += 40 + 8 * names.get(i).length();
    }
  }

  private String close() {
    return out.append("</svg>\n").toString();
  }

  private void text(double x, double y, String anchor, String weight, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-weight=\"%s\">%s</text>",
        x, y, anchor, weight, escaped(text));
  }

  private void add(String pattern, Object... values) {
    out.append(Unit.format(pattern, values)).append('\n');
  }

  private static String colour(int index) {
    return COLOURS[index % COLOURS.length];
  }

  private static String number(double value) {
    return Unit.format(value == 0 || value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  private static String amount(double value) {
    if (value >= 1_000_000) {
      return Unit.format("%.0f M", value / 1_000_000);
    }
    return value >= 1_000 ? Unit.format("%.0f k", value / 1_000) : Unit.format("%.0f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
