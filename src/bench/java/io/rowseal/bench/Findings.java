package io.rowseal.bench;

import java.util.ArrayList;
import java.util.List;

/** What the benchmarks found out on one host. */
final class Findings {

  /** A bar of a plot; bars of one group stand together. */
  record Bar(Plot plot, String group, String name, double value) {}

  /** A point of the host's curve in a plot. */
  record Point(Plot plot, double x, double y) {}

  final String host;
  final String version;
  final List<Line> lines = new ArrayList<>();
  final List<Bar> bars = new ArrayList<>();
  final List<Point> points = new ArrayList<>();

  Findings(String host, String version) {
    this.host = host;
    this.version = version;
  }

  void add(Line line) {
    lines.add(line);
  }

  void bar(Plot plot, String group, String name, double value) {
    bars.add(new Bar(plot, group, name, value));
  }

  void point(Plot plot, double x, double y) {
    points.add(new Point(plot, x, y));
  }
}
