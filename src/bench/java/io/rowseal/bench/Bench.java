package io.rowseal.bench;

import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The program behind {@code ./install.sh bench}: measures on each host, prints the table, writes it
 * with plots.
 */
public final class Bench {

  /** What measures a row of the specification's table, and how the row is called if it cannot. */
  private record Part(int row, String work, Benchmark benchmark) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(1, "bulk first delivery and redelivery", new BulkDelivery()),
          new Part(2, "one row per transaction", new SingleRows()),
          new Part(4, "new versions", new NewVersions()),
          new Part(5, "first write of a connection", new FirstWrite()),
          new Part(6, "audit", new Audit()),
          new Part(7, "growing table", Growth.TABLE),
          new Part(7, "audit of a growing table", Growth.AUDIT),
          new Part(7, "growing history", Growth.HISTORY),
          new Part(7, "growing values", new Values()),
          new Part(8, "PL/Python trigger", Peers.PYTHON),
          new Part(8, "application in Node, Ed25519", Peers.NODE_ED25519),
          new Part(8, "application in Node, ML-DSA-87", Peers.NODE_ML_DSA_87),
          new Part(9, "bulk delivery by the number of helpers", new BulkHelpers()));

  private static final long START = System.nanoTime();

  private final Sizes sizes;
  private final Set<Integer> rows;
  private final Set<Host> hosts;

  private Bench(Sizes sizes, Set<Integer> rows, Set<Host> hosts) {
    this.sizes = sizes;
    this.rows = rows;
    this.hosts = hosts;
  }

  /**
   * Takes {@code --quick} or {@code --tiny}, {@code --only=1,2} for some rows of the table (3 comes
   * with 1), {@code --host=pljava} or {@code bridge}, {@code --profile} for a profile instead.
   */
  public static void main(String[] arguments) throws Exception {
    List<String> given = Arrays.asList(arguments);
    if (given.contains("--profile")) {
      Profile.run();
      return;
    }
    Sizes sizes =
        given.contains("--tiny")
            ? Sizes.TINY
            : given.contains("--quick") ? Sizes.QUICK : Sizes.FULL;
    Set<Integer> rows =
        value(given, "--only=", "1,2,3,4,5,6,7,8,9")
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
    Set<Host> hosts =
        value(given, "--host=", "pljava,bridge")
            .map(name -> Host.valueOf(name.toUpperCase(Locale.ROOT)))
            .collect(Collectors.toSet());
    new Bench(sizes, rows, hosts).run();
  }

  private static Stream<String> value(List<String> given, String option, String otherwise) {
    String value =
        given.stream()
            .filter(argument -> argument.startsWith(option))
            .map(argument -> argument.substring(option.length()))
            .findFirst()
            .orElse(otherwise);
    return Arrays.stream(value.split(",", -1));
  }

  /**
   * Writes the results after each host, so that what was measured is not lost with what was not.
   */
  private void run() throws Exception {
    try (Server server = Server.start()) {
      Environment environment;
      try (Connection connection = server.connect("postgres", "postgres")) {
        environment = Environment.of(connection);
      }
      progress("signing rows");
      Material material = new Material(sizes);
      Map<String, Double> pureParts = Map.of();
      if (everything()) {
        progress("pure parts");
        pureParts = pureParts();
      }
      Map<Host, String> notMeasured = notMeasured(server);
      List<Findings> findings = new ArrayList<>();
      for (Host host : Host.values()) {
        if (server.hosts().contains(host) && hosts.contains(host)) {
          findings.add(measure(server, host, material));
          notMeasured.remove(host);
          finish(
              new Report(
                  environment, sizes, findings, List.copyOf(notMeasured.values()), pureParts));
        }
      }
    }
  }

  /** Why a host is not measured, or is not yet. */
  private Map<Host, String> notMeasured(Server server) {
    Map<Host, String> reasons = new EnumMap<>(Host.class);
    for (Host host : Host.values()) {
      String reason =
          !server.hosts().contains(host)
              ? "which this machine does not have"
              : hosts.contains(host) ? "not yet" : "as asked";
      reasons.put(host, host + ", " + reason);
    }
    return reasons;
  }

  private boolean everything() {
    return rows.size() == 9;
  }

  private Findings measure(Server server, Host host, Material material) throws Exception {
    try (Stage stage = new Stage(server, host, sizes, material)) {
      Findings findings =
          new Findings(host.label(), "Rowseal " + stage.database.value("SELECT rowseal.version()"));
      for (Part part : PARTS) {
        if (rows.contains(part.row) || (part.row == 1 && rows.contains(3))) {
          progress(host + ": " + part.row + ", " + part.work);
          attempt(part, stage, findings);
        }
      }
      return findings;
    }
  }

  /** What cannot be measured here is named, with the reason; the rest goes on. */
  private static void attempt(Part part, Stage stage, Findings findings) {
    try {
      part.benchmark.run(stage, findings);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      findings.add(Line.notRun(part.row, part.work, reason));
      progress("not run: " + reason);
    }
  }

  /** Only a full run of everything is for the record. */
  private void finish(Report report) throws Exception {
    boolean record = sizes.equals(Sizes.FULL) && everything();
    Path directory = Path.of(record ? "docs/benchmarks" : "target/benchmarks");
    report.write(directory);
    System.out.println(report.text());
    System.out.println("Written to " + directory);
  }

  private Map<String, Double> pureParts() throws RunnerException {
    TimeValue iteration = TimeValue.milliseconds(sizes.jmhMillis());
    var results =
        new Runner(
                new OptionsBuilder()
                    .include(PureParts.class.getName())
                    .verbosity(VerboseMode.SILENT)
                    .forks(1)
                    .warmupIterations(2)
                    .warmupTime(iteration)
                    .measurementIterations(sizes.runs())
                    .measurementTime(iteration)
                    .build())
            .run();
    Map<String, Double> micros = new TreeMap<>();
    for (var result : results) {
      String algorithm = result.getParams().getParam("algorithm");
      String name = result.getPrimaryResult().getLabel();
      micros.put(
          algorithm == null ? name : name + " " + algorithm, result.getPrimaryResult().getScore());
    }
    return new LinkedHashMap<>(micros);
  }

  static void progress(String what) {
    long seconds = (System.nanoTime() - START) / 1_000_000_000;
    System.err.printf("bench %d:%02d  %s%n", seconds / 60, seconds % 60, what);
  }
}
