package io.rowseal.bench;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Row 7: what a row costs where there are many already. */
final class Growth {
  private static final double FLAT = 1.2;
  private static final String SOURCE = "bench_source";
  private static final int SIGNED_AT_ONCE = 50_000;

  private Growth() {}

  static final Benchmark TABLE = Growth::table;
  static final Benchmark AUDIT = Growth::audit;
  static final Benchmark HISTORY = Growth::history;

  /** The same batch, taken back each time, into tables of several sizes. */
  private static void table(Stage stage, Findings findings) throws Exception {
    int batch = stage.sizes.batch();
    stage.source(SOURCE, stage.material.classical.rows(batch, Sizes.VALUE_BYTES));
    Trial trial = new Trial();
    for (int size : stage.sizes.tables()) {
      fill(stage, tableOf(size), size);
      trial.side(size + " rows", () -> deliver(stage, tableOf(size)) / batch);
    }
    Map<String, Samples> samples = trial.run(stage.sizes.runs());
    for (int size : stage.sizes.tables()) {
      findings.point(Plot.GROWTH_TABLE, size, samples.get(size + " rows").median() * 1e6);
    }
    flat(
        findings,
        "%d new rows in tables of %s rows".formatted(batch, list(stage.sizes.tables())),
        samples);
  }

  private static void audit(Stage stage, Findings findings) throws Exception {
    Trial trial = new Trial();
    for (int size : stage.sizes.tables()) {
      trial.side(size + " rows", () -> Audit.audit(stage, tableOf(size)) / size);
    }
    Map<String, Samples> samples = trial.run(stage.sizes.runs());
    for (int size : stage.sizes.tables()) {
      findings.point(Plot.GROWTH_AUDIT, size, samples.get(size + " rows").median() * 1e6);
    }
    flat(
        findings,
        "audit of tables of %s rows, per row".formatted(list(stage.sizes.tables())),
        samples);
    for (int size : stage.sizes.tables()) {
      stage.drop(tableOf(size));
    }
  }

  private static String tableOf(int size) {
    return "bench_rows_" + size;
  }

  private static void fill(Stage stage, String table, int size) throws Exception {
    stage.table(table);
    for (int done = 0; done < size; done += SIGNED_AT_ONCE) {
      int count = Math.min(SIGNED_AT_ONCE, size - done);
      stage.copy(table, stage.material.classical.rows(count, Sizes.VALUE_BYTES));
    }
    stage.protect(table, stage.material.classical);
    stage.database.run("VACUUM ANALYZE " + table);
  }

  private static double deliver(Stage stage, String table) throws SQLException {
    var connection = stage.database.connection();
    stage.database.run("CHECKPOINT");
    connection.setAutoCommit(false);
    try {
      long start = System.nanoTime();
      stage.database.run(Stage.insert(table, SOURCE));
      return (System.nanoTime() - start) / 1e9;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
      stage.database.run("VACUUM " + table);
    }
  }

  /** One new version of each of some keys, all of which have a history of the same length. */
  private static void history(Stage stage, Findings findings) throws Exception {
    Trial trial = new Trial();
    Owners owners = stage.material.classical;
    List<SignedRow> first = owners.rows(stage.sizes.keys(), Sizes.VALUE_BYTES);
    for (int depth : stage.sizes.depths()) {
      String table = "bench_history_" + depth;
      stage.versionedTable(table);
      List<SignedRow> tips = prehistory(stage, table, first, depth);
      List<SignedRow> latest = new ArrayList<>(tips);
      trial.side(
          depth + " versions",
          () -> {
            List<SignedRow> next = owners.successors(latest);
            latest.clear();
            latest.addAll(next);
            stage.source(SOURCE, next);
            return stage.time(Stage.insert(table, SOURCE)) / next.size();
          });
    }
    Map<String, Samples> samples = trial.run(stage.sizes.runs());
    for (int depth : stage.sizes.depths()) {
      findings.point(Plot.GROWTH_HISTORY, depth, samples.get(depth + " versions").median() * 1e6);
      stage.drop("bench_history_" + depth);
    }
    flat(
        findings,
        "new version of keys with histories of %s versions".formatted(list(stage.sizes.depths())),
        samples);
  }

  /**
   * Fills a versioned table. What is archived is never verified on a write, so its signatures are
   * random; the tips are genuine.
   */
  private static List<SignedRow> prehistory(
      Stage stage, String table, List<SignedRow> first, int depth) throws Exception {
    stage.copy(table, first);
    stage.database.run(
        """
        INSERT INTO %s SELECT user_hash, uuid, value_b64, false, NULL, owner_timestamp - n,
            sha512(sign_b64 || int4send(n)) FROM %s, generate_series(1, %d) n
        """
            .formatted(Stage.versions(table), table, depth - 1));
    stage.protectVersioned(table, stage.material.classical);
    stage.database.run("VACUUM ANALYZE " + table);
    stage.database.run("VACUUM ANALYZE " + Stage.versions(table));
    return first;
  }

  private static String list(List<Integer> sizes) {
    return String.join(", ", sizes.stream().map(String::valueOf).toList());
  }

  private static void flat(Findings findings, String work, Map<String, Samples> samples) {
    Collection<Double> costs = samples.values().stream().map(Samples::median).toList();
    double least = costs.stream().mapToDouble(c -> c).min().orElseThrow();
    double greatest = costs.stream().mapToDouble(c -> c).max().orElseThrow();
    findings.add(
        new Line(
            7,
            work,
            Unit.time(greatest) + " a row at most",
            Unit.time(least) + " at least",
            greatest / least,
            Goal.atMost(FLAT),
            "",
            new LinkedHashMap<>(samples)));
  }
}
