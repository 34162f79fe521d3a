package io.rowseal.bench;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Row 6: re-verifying what is stored, against all cores doing nothing else. */
final class Audit implements Benchmark {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    List<SignedRow> rows = stage.material.classicalRows.subList(0, stage.sizes.audited());
    stage.table(Stage.OURS);
    stage.copy(Stage.OURS, rows);
    stage.protect(Stage.OURS, stage.material.classical);
    stage.database.run("VACUUM ANALYZE " + Stage.OURS);
    Map<String, Samples> samples =
        new Trial()
            .side("verification", () -> Material.verify(rows))
            .side("rowseal", () -> audit(stage, Stage.OURS))
            .run(stage.sizes.runs());
    double verification = samples.get("verification").median();
    double ours = samples.get("rowseal").median();
    findings.add(
        new Line(
            6,
            "audit, Ed25519, %d rows".formatted(rows.size()),
            Unit.time(ours),
            "%s = %s verification / %d cores"
                .formatted(Unit.time(verification / CORES), Unit.time(verification), CORES),
            verification / CORES / ours,
            Goal.atLeast(0.80),
            "",
            samples));
    double micros = 1e6 / rows.size();
    findings.bar(Plot.AUDIT, "", "limit: verification on all cores", verification / CORES * micros);
    findings.bar(Plot.AUDIT, "", "Rowseal", ours * micros);
  }

  /** An audit of good rows names no problem; one that did would have measured something else. */
  static double audit(Stage stage, String table) throws SQLException {
    if (stage.database.value(
            "SELECT 1 FROM pg_proc WHERE proname = 'verify' AND pronamespace = 'rowseal'::regnamespace")
        == null) {
      throw new IllegalStateException("rowseal.verify is not there");
    }
    long start = System.nanoTime();
    stage.require("SELECT count(*) FROM rowseal.verify('" + table + "')", "0");
    return (System.nanoTime() - start) / 1e9;
  }
}
