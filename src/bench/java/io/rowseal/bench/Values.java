package io.rowseal.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** Row 7: values of growing size, against their limit, and the memory that the greatest takes. */
final class Values implements Benchmark {
  private static final String SOURCE = "bench_source";
  private static final double FLAT = 1.2;
  private static final double ALLOWED = 40e6;
  private static final int SMALL_WRITES = 200;

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    Map<String, Samples> all = new LinkedHashMap<>();
    List<Double> multiples = new ArrayList<>();
    for (Sizes.Value value : stage.sizes.values()) {
      List<SignedRow> rows = stage.material.classical.rows(value.rows(), value.bytes());
      Map<String, Samples> samples = measure(stage, rows);
      double limit = samples.get("bare").median() + samples.get("verification").median();
      multiples.add(samples.get("rowseal").median() / limit);
      findings.point(Plot.GROWTH_VALUE, value.bytes(), multiples.get(multiples.size() - 1));
      samples.forEach((side, s) -> all.put(Unit.size(value.bytes()) + ", " + side, s));
    }
    double least = multiples.stream().mapToDouble(m -> m).min().orElseThrow();
    double greatest = multiples.stream().mapToDouble(m -> m).max().orElseThrow();
    findings.add(
        new Line(
            7,
            "values of "
                + String.join(
                    ", ", stage.sizes.values().stream().map(v -> Unit.size(v.bytes())).toList())
                + ": time as a multiple of bare + verification",
            Unit.ratio(greatest) + " at most",
            Unit.ratio(least) + " at least",
            greatest / least,
            Goal.atMost(FLAT),
            "",
            all));
    memory(stage, findings);
  }

  private static Map<String, Samples> measure(Stage stage, List<SignedRow> rows) throws Exception {
    stage.source(SOURCE, rows);
    return new Trial()
        .side("verification", () -> Material.verify(rows))
        .side(
            "bare",
            () -> {
              stage.table(Stage.BARE);
              return stage.time(Stage.insert(Stage.BARE, SOURCE));
            })
        .side(
            "rowseal",
            () -> {
              stage.table(Stage.OURS);
              stage.protect(Stage.OURS, stage.material.classical);
              return stage.time(Stage.insert(Stage.OURS, SOURCE));
            })
        .run(stage.sizes.runs());
  }

  private static void memory(Stage stage, Findings findings) throws Exception {
    int bytes = stage.sizes.values().get(stage.sizes.values().size() - 1).bytes();
    List<SignedRow> large = stage.material.classical.rows(stage.sizes.runs() + 1, bytes);
    List<SignedRow> small = stage.material.classicalRows;
    stage.table(Stage.BARE);
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, stage.material.classical);
    var next =
        new Object() {
          int bare;
          int ours;
        };
    Map<String, Samples> samples =
        new Trial()
            .side("bare", () -> peak(stage, Stage.BARE, small, large.get(next.bare), next.bare++))
            .side(
                "rowseal", () -> peak(stage, Stage.OURS, small, large.get(next.ours), next.ours++))
            .run(stage.sizes.runs());
    double bare = samples.get("bare").median();
    double ours = samples.get("rowseal").median();
    findings.add(
        new Line(
            7,
            "memory that a value of " + Unit.size(bytes) + " adds at its peak, warm connection",
            Unit.memory(ours),
            Unit.memory(bare) + " bare table",
            ours / bare,
            new Goal("≤ bare + 40 MB", ratio -> ours - bare <= ALLOWED),
            Unit.memory(ours - bare) + " over the bare table",
            samples));
  }

  /** How far a backend that has written small rows grows when it writes a large one. */
  private static double peak(
      Stage stage, String table, List<SignedRow> small, SignedRow large, int run) throws Exception {
    try (Connection connection = stage.server.connect(stage.database.name(), "postgres");
        PreparedStatement insert = Stage.prepareInsert(connection, table)) {
      String pid = Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
      int each = Math.min(SMALL_WRITES, small.size() / (stage.sizes.runs() + 1));
      for (SignedRow row : small.subList(run * each, (run + 1) * each)) {
        Stage.execute(insert, row);
      }
      Memory.resetPeak(pid);
      double before = Memory.of(pid).rss();
      Stage.execute(insert, large);
      return Memory.peak(pid) - before;
    }
  }
}
