package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Row 9: many new rows in one statement, by the number of helpers, against what one core allows.
 */
final class BulkHelpers implements Benchmark {
  private static final String SOURCE = "bench_source";
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int MOST = 8;

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    for (SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA_87)) {
      List<SignedRow> rows = stage.material.rows(algorithm, stage.sizes.bulk(algorithm));
      stage.source(SOURCE, rows);
      Map<String, Samples> samples = measure(stage, algorithm, rows);
      int most = Math.min(CORES - 1, MOST);
      for (int helpers : numbers()) {
        boolean counts = helpers > 0 && helpers == most;
        add(findings, algorithm, rows.size(), helpers, samples, counts);
      }
      stage.require("SELECT count(*) FROM " + Stage.OURS, Integer.toString(rows.size()));
    }
    stage.database.run("RESET rowseal.helpers");
    stage.database.run("DROP TABLE " + SOURCE);
  }

  private static int[] numbers() {
    return IntStream.of(0, 1, 2, 4, MOST).filter(n -> n < CORES).toArray();
  }

  private static Map<String, Samples> measure(
      Stage stage, SignatureAlgorithm algorithm, List<SignedRow> rows) throws Exception {
    String fill = Stage.insert(Stage.OURS, SOURCE);
    Owners owners = stage.material.owners(algorithm);
    Trial trial =
        new Trial()
            .side("verification", () -> Material.verify(rows))
            .side(
                "bare",
                () -> {
                  stage.table(Stage.BARE);
                  return stage.time(Stage.insert(Stage.BARE, SOURCE));
                });
    for (int helpers : numbers()) {
      trial.side(
          side(helpers),
          () -> {
            stage.table(Stage.OURS);
            stage.protect(Stage.OURS, owners);
            stage.database.run("SET rowseal.helpers = " + helpers);
            return stage.time(fill);
          });
    }
    return trial.run(stage.sizes.runs());
  }

  private static String side(int helpers) {
    return helpers + " helpers";
  }

  private static void add(
      Findings findings,
      SignatureAlgorithm algorithm,
      int rows,
      int helpers,
      Map<String, Samples> samples,
      boolean counts) {
    double bare = samples.get("bare").median();
    double verification = samples.get("verification").median();
    double ours = samples.get(side(helpers)).median();
    findings.add(
        new Line(
            9,
            "bulk delivery, %s, %d rows, %d helpers, %d cores"
                .formatted(algorithm.label(), rows, helpers, CORES),
            Unit.time(ours),
            "%s on one core = %s bare + %s verification"
                .formatted(
                    Unit.time(bare + verification), Unit.time(bare), Unit.time(verification)),
            (bare + verification) / ours,
            counts ? Goal.atLeast(algorithm == SignatureAlgorithm.ED25519 ? 1.5 : 1.6) : Goal.NONE,
            "",
            new LinkedHashMap<>(samples)));
    findings.bar(Plot.BULK_HELPERS, algorithm.label(), side(helpers), ours / rows * 1e6);
  }
}
