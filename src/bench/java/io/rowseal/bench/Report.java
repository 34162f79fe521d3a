package io.rowseal.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results: a table for the terminal, and a directory with the same, plots and raw figures. */
final class Report {
  /** The goals are for PL/Java; the bridge's figures stand beside it. */
  private static final String GOALS_FOR = "PL/Java";

  private final Environment environment;
  private final Sizes sizes;
  private final List<Findings> hosts;
  private final List<String> notMeasured;
  private final Map<String, Double> pureParts;

  Report(
      Environment environment,
      Sizes sizes,
      List<Findings> hosts,
      List<String> notMeasured,
      Map<String, Double> pureParts) {
    this.environment = environment;
    this.sizes = sizes;
    this.hosts = hosts;
    this.notMeasured = notMeasured;
    this.pureParts = pureParts;
  }

  String text() {
    StringBuilder text = new StringBuilder(String.join("\n", facts()) + "\n");
    for (Findings host : hosts) {
      text.append("\n").append(host.version).append("\n").append(aligned(table(host)));
    }
    if (!pureParts.isEmpty()) {
      text.append("\nPure parts, stand-alone, µs a call\n");
    }
    pureParts.forEach((name, micros) -> text.append(Unit.format("  %-36s %10.3f\n", name, micros)));
    return text.toString();
  }

  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("README.md"), markdown());
    json().writeValue(directory.resolve("results.json").toFile(), raw());
    for (Plot plot : Plot.values()) {
      if (isDrawn(plot)) {
        Files.writeString(
            directory.resolve(plot.file()), plot.across == null ? bars(plot) : curves(plot));
      } else {
        Files.deleteIfExists(directory.resolve(plot.file()));
      }
    }
  }

  private List<String> facts() {
    List<String> facts = new ArrayList<>();
    facts.add(
        "Rowseal's benchmarks, %s, %s, commit %s"
            .formatted(sizes.name(), environment.date(), environment.commit()));
    facts.add("Machine: " + environment.machine());
    facts.add("Stand-alone Java: " + environment.java());
    facts.add("PostgreSQL " + environment.postgres() + ": " + environment.durability());
    facts.add(
        "Medians of %d runs that alternate between the sides, after one that is discarded."
            .formatted(sizes.runs()));
    notMeasured.forEach(reason -> facts.add("Not run: " + reason));
    return facts;
  }

  private static List<List<String>> table(Findings host) {
    boolean goals = host.host.equals(GOALS_FOR);
    List<List<String>> table = new ArrayList<>();
    table.add(
        goals
            ? List.of("row", "work", "Rowseal", "against", "ratio", "goal", "met", "note")
            : List.of("row", "work", "Rowseal", "against", "ratio", "note"));
    for (Line line : host.lines) {
      List<String> cells = new ArrayList<>();
      cells.add(Integer.toString(line.row()));
      cells.add(line.work());
      cells.add(line.ours());
      cells.add(line.against());
      cells.add(line.wasRun() ? Unit.ratio(line.figure()) : "");
      if (goals) {
        cells.add(line.goal().text());
        cells.add(line.verdict());
      }
      cells.add(line.note());
      table.add(cells);
    }
    return table;
  }

  private static String aligned(List<List<String>> table) {
    int columns = table.get(0).size();
    int[] widths = new int[columns];
    for (List<String> cells : table) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], cells.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> cells : table) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < columns; i++) {
        line.append(cells.get(i)).append(" ".repeat(widths[i] - cells.get(i).length() + 2));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Benchmarks\n\n");
    text.append(
        """
        Made by `./install.sh bench`, which overwrites this directory; `results.json` has the raw figures, of single writes their
        percentiles. Every ratio compares sides
        that were measured in one run, alternating, on one server. The *limit* of a verified write is the bare write plus one signature
        verification; *bare* is the same table without protection, and *verification* is the time that the same signatures take in a warm
        stand-alone JVM, one thread, nothing else running.

        """);
    facts().forEach(fact -> text.append("- ").append(fact).append('\n'));
    for (Findings host : hosts) {
      text.append("\n## ").append(host.host).append("\n\n").append(host.version).append("\n\n");
      text.append(pipes(table(host)));
    }
    if (!pureParts.isEmpty()) {
      text.append("\n## Pure parts\n\nJMH, stand-alone JVM, one thread, a row with a value of ")
          .append(Sizes.VALUE_BYTES)
          .append(" bytes.\n\n| part | µs a call |\n| --- | --- |\n");
    }
    pureParts.forEach((name, micros) -> text.append(Unit.format("| %s | %.3f |\n", name, micros)));
    text.append("\n## Plots\n");
    for (Plot plot : Plot.values()) {
      if (isDrawn(plot)) {
        text.append("\n![%s, %s](%s)\n".formatted(plot.title, plot.unit, plot.file()));
      }
    }
    return text.toString();
  }

  private static String pipes(List<List<String>> table) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < table.size(); i++) {
      text.append("| ").append(String.join(" | ", table.get(i)).replace("\n", " ")).append(" |\n");
      if (i == 0) {
        text.append("| --- ".repeat(table.get(0).size())).append("|\n");
      }
    }
    return text.toString();
  }

  private boolean isDrawn(Plot plot) {
    return hosts.stream()
        .anyMatch(
            host ->
                host.bars.stream().anyMatch(bar -> bar.plot() == plot)
                    || host.points.stream().anyMatch(point -> point.plot() == plot));
  }

  private String bars(Plot plot) {
    List<Findings.Bar> bars = new ArrayList<>();
    for (Findings host : hosts) {
      host.bars.stream()
          .filter(bar -> bar.plot() == plot)
          .map(
              bar ->
                  new Findings.Bar(
                      plot,
                      bar.group().isEmpty() ? host.host : host.host + ": " + bar.group(),
                      bar.name(),
                      bar.value()))
          .forEach(bars::add);
    }
    return Svg.bars(plot, bars);
  }

  private String curves(Plot plot) {
    Map<String, List<Findings.Point>> curves = new LinkedHashMap<>();
    for (Findings host : hosts) {
      List<Findings.Point> points =
          host.points.stream().filter(point -> point.plot() == plot).toList();
      if (!points.isEmpty()) {
        curves.put(host.host, points);
      }
    }
    return Svg.curves(plot, curves);
  }

  private Map<String, Object> raw() {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("environment", environment);
    raw.put("sizes", sizes);
    raw.put("pureParts", pureParts);
    Map<String, Object> results = new LinkedHashMap<>();
    for (Findings host : hosts) {
      results.put(host.host, host.lines.stream().map(Report::raw).toList());
    }
    raw.put("hosts", results);
    return raw;
  }

  private static Map<String, Object> raw(Line line) {
    Map<String, Object> raw = new LinkedHashMap<>();
    raw.put("row", line.row());
    raw.put("work", line.work());
    raw.put("rowseal", line.ours());
    raw.put("against", line.against());
    raw.put("ratio", line.wasRun() ? line.figure() : null);
    raw.put("goal", line.goal().text());
    raw.put("met", line.verdict());
    raw.put("note", line.note());
    Map<String, List<Double>> samples = new LinkedHashMap<>();
    line.samples().forEach((side, values) -> samples.put(side, values.few()));
    raw.put("samples", samples);
    return raw;
  }

  private static ObjectMapper json() {
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  }
}
