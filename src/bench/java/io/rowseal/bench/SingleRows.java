package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Row 2: one row per transaction, prepared, over JDBC; the sides alternate with every row. */
final class SingleRows implements Benchmark {
  private static final double ALLOWED = 100e-6;

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    for (SignatureAlgorithm algorithm :
        List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA_87)) {
      report(findings, algorithm, measure(stage, algorithm));
    }
  }

  private static Map<String, Samples> measure(Stage stage, SignatureAlgorithm algorithm)
      throws Exception {
    stage.table(Stage.BARE);
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, stage.material.owners(algorithm));
    int discarded = stage.sizes.singles();
    List<SignedRow> rows =
        stage.material.rows(algorithm, (stage.sizes.runs() + 1) * stage.sizes.singles());
    List<Double> bare = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> verification = new ArrayList<>();
    try (PreparedStatement bareInsert =
            Stage.prepareInsert(stage.database.connection(), Stage.BARE);
        PreparedStatement ourInsert =
            Stage.prepareInsert(stage.database.connection(), Stage.OURS)) {
      for (SignedRow row : rows) {
        bare.add(Stage.execute(bareInsert, row));
        ours.add(Stage.execute(ourInsert, row));
        verification.add(Material.verify(List.of(row)));
      }
    }
    Map<String, Samples> samples = new LinkedHashMap<>();
    samples.put("bare", after(discarded, bare));
    samples.put("rowseal", after(discarded, ours));
    samples.put("verification", after(discarded, verification));
    return samples;
  }

  private static Samples after(int discarded, List<Double> values) {
    return new Samples(values.subList(discarded, values.size()));
  }

  private static void report(
      Findings findings, SignatureAlgorithm algorithm, Map<String, Samples> samples) {
    double bare = samples.get("bare").median();
    double verification = samples.get("verification").median();
    double ours = samples.get("rowseal").median();
    double limit = bare + verification;
    findings.add(
        new Line(
            2,
            "one row per transaction, %s, %d of them"
                .formatted(algorithm.label(), samples.get("rowseal").values().size()),
            Unit.time(ours),
            "%s = %s bare + %s verification"
                .formatted(Unit.time(limit), Unit.time(bare), Unit.time(verification)),
            limit / ours,
            new Goal("≤ limit + 100 µs", ratio -> ours <= limit + ALLOWED),
            "%s over the limit; p99 %s, bare %s"
                .formatted(
                    Unit.time(ours - limit),
                    Unit.time(samples.get("rowseal").percentile(0.99)),
                    Unit.time(samples.get("bare").percentile(0.99))),
            samples));
    findings.bar(Plot.SINGLE, algorithm.label(), "limit: bare + verification", limit * 1e6);
    findings.bar(Plot.SINGLE, algorithm.label(), "Rowseal", ours * 1e6);
  }
}
