package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Rows 1 and 3: many new rows at once, and the same rows once more. */
final class BulkDelivery implements Benchmark {
  private static final String SOURCE = "bench_source";

  /**
   * PostgreSQL's own background writes while a statement runs; a single row's record is a multiple
   * of what this allows per row.
   */
  private static final double BACKGROUND_WAL = 10_000;

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    for (SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA_87)) {
      List<SignedRow> rows = stage.material.rows(algorithm, stage.sizes.bulk(algorithm));
      stage.source(SOURCE, rows);
      List<Double> wal = new ArrayList<>();
      Map<String, Samples> samples = measure(stage, algorithm, rows, wal);
      first(findings, algorithm, rows.size(), "one statement", samples, "bare", "rowseal");
      first(findings, algorithm, rows.size(), "COPY", samples, "bare COPY", "rowseal COPY");
      again(findings, algorithm, rows.size(), samples, new Samples(wal));
    }
    stage.database.run("RESET rowseal.helpers");
    stage.database.run("DROP TABLE " + SOURCE);
  }

  private static Map<String, Samples> measure(
      Stage stage, SignatureAlgorithm algorithm, List<SignedRow> rows, List<Double> wal)
      throws Exception {
    String file = stage.database.value("SHOW data_directory") + "/bench.copy";
    stage.database.run("COPY " + SOURCE + " TO '" + file + "' (FORMAT binary)");
    String fill = Stage.insert(Stage.OURS, SOURCE);
    Owners owners = stage.material.owners(algorithm);
    Map<String, Samples> samples =
        new Trial()
            .side("verification", () -> Material.verify(rows))
            .side("bare", () -> bare(stage, Stage.insert(Stage.BARE, SOURCE)))
            .side("rowseal", () -> ours(stage, owners, fill))
            .side(
                "redelivery",
                () -> {
                  Stage.Cost cost = stage.cost(fill);
                  wal.add(cost.wal());
                  return cost.seconds();
                })
            .side("bare COPY", () -> bare(stage, copy(Stage.BARE, file)))
            .side("rowseal COPY", () -> ours(stage, owners, copy(Stage.OURS, file)))
            .run(stage.sizes.runs());
    stage.require("SELECT count(*) FROM " + Stage.OURS, Integer.toString(rows.size()));
    wal.remove(0);
    return samples;
  }

  private static double bare(Stage stage, String fill) throws Exception {
    stage.table(Stage.BARE);
    return stage.time(fill);
  }

  private static double ours(Stage stage, Owners owners, String fill) throws Exception {
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, owners);
    stage.database.run("SET rowseal.helpers = 0"); // The limit is one core's.
    return stage.time(fill);
  }

  private static String copy(String table, String file) {
    return "COPY " + table + " FROM '" + file + "' (FORMAT binary)";
  }

  private static void first(
      Findings findings,
      SignatureAlgorithm algorithm,
      int rows,
      String way,
      Map<String, Samples> samples,
      String bareSide,
      String ourSide) {
    double bare = samples.get(bareSide).median();
    double verification = samples.get("verification").median();
    double ours = samples.get(ourSide).median();
    findings.add(
        new Line(
            1,
            "bulk first delivery, %s, %s, %d rows".formatted(algorithm.label(), way, rows),
            Unit.time(ours),
            "%s = %s bare + %s verification"
                .formatted(
                    Unit.time(bare + verification), Unit.time(bare), Unit.time(verification)),
            (bare + verification) / ours,
            Goal.atLeast(0.90),
            "",
            samples));
    String group = algorithm.label() + ", " + way;
    findings.bar(Plot.BULK, group, "limit: bare + verification", micros(bare + verification, rows));
    findings.bar(Plot.BULK, group, "Rowseal", micros(ours, rows));
  }

  private static void again(
      Findings findings,
      SignatureAlgorithm algorithm,
      int rows,
      Map<String, Samples> samples,
      Samples wal) {
    double first = samples.get("rowseal").median();
    double again = samples.get("redelivery").median();
    double bound = algorithm == SignatureAlgorithm.ED25519 ? 3 : 8;
    double written = wal.percentile(1);
    findings.add(
        new Line(
            3,
            "redelivery, %s, %d rows".formatted(algorithm.label(), rows),
            Unit.time(again),
            Unit.time(first) + " first delivery",
            first / again,
            new Goal(
                Goal.atLeast(bound).text() + ", no WAL",
                ratio -> ratio >= bound && written <= BACKGROUND_WAL),
            "at most %.0f bytes of WAL in the whole server".formatted(written),
            Map.of(
                "first", samples.get("rowseal"), "again", samples.get("redelivery"), "wal", wal)));
    findings.bar(Plot.REDELIVERY, algorithm.label(), "first delivery", micros(first, rows));
    findings.bar(Plot.REDELIVERY, algorithm.label(), "redelivery", micros(again, rows));
  }

  private static double micros(double seconds, int rows) {
    return seconds / rows * 1e6;
  }
}
