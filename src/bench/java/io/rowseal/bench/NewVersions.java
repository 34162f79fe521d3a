package io.rowseal.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Row 4: a new version of each key, the old one moves to the versions table. */
final class NewVersions implements Benchmark {
  private static final String FIRST = "bench_first";
  private static final String SECOND = "bench_second";

  private static final int HELPERS = 4; // as without a setting

  private static final String UPDATE =
      """
      UPDATE %s t SET value_b64 = s.value_b64, deleted_flag = s.deleted_flag, parent_sign_b64 = s.parent_sign_b64,
          owner_timestamp = s.owner_timestamp, sign_b64 = s.sign_b64
      FROM %s s WHERE t.user_hash = s.user_hash AND t.uuid = s.uuid
      """;

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    List<SignedRow> rows = stage.material.classicalRows.subList(0, stage.sizes.bulk());
    List<SignedRow> successors = stage.material.classical.successors(rows);
    stage.source(FIRST, rows);
    stage.source(SECOND, successors);
    stage.versionedTable(Stage.BARE);
    stage.database.run(Files.readString(Path.of("src/bench/peers/archive.sql")));
    compare(stage, findings, "INSERT", Stage.insert("%s", SECOND), successors);
    compare(stage, findings, "UPDATE", UPDATE.formatted("%s", SECOND), successors);
    stage.drop(Stage.OURS);
    stage.database.run("DROP TABLE " + FIRST + ", " + SECOND);
  }

  private static void compare(
      Stage stage, Findings findings, String way, String sql, List<SignedRow> successors)
      throws Exception {
    Map<String, Samples> samples =
        new Trial()
            .side("verification", () -> Material.verify(successors))
            .side("PL/pgSQL", () -> peer(stage, sql.formatted(Stage.BARE), successors.size()))
            .side("rowseal", () -> ours(stage, sql.formatted(Stage.OURS), successors.size(), 0))
            .side(
                "helpers", () -> ours(stage, sql.formatted(Stage.OURS), successors.size(), HELPERS))
            .run(stage.sizes.runs());
    double peer = samples.get("PL/pgSQL").median();
    double verification = samples.get("verification").median();
    double ours = samples.get("rowseal").median();
    findings.add(
        new Line(
            4,
            "new versions by %s, Ed25519, %d rows".formatted(way, successors.size()),
            Unit.time(ours),
            "%s = %s PL/pgSQL + %s verification"
                .formatted(
                    Unit.time(peer + verification), Unit.time(peer), Unit.time(verification)),
            (peer + verification) / ours,
            Goal.atLeast(0.85),
            "one core; on all, %s".formatted(Unit.time(samples.get("helpers").median())),
            samples));
    double micros = 1e6 / successors.size();
    findings.bar(
        Plot.VERSIONS, way, "limit: PL/pgSQL + verification", (peer + verification) * micros);
    findings.bar(Plot.VERSIONS, way, "Rowseal", ours * micros);
  }

  private static double peer(Stage stage, String sql, int archived) throws Exception {
    stage.versionedTable(Stage.BARE);
    stage.database.run(Stage.insert(Stage.BARE, FIRST));
    stage.database.run("SELECT bench_archive_by_trigger()");
    return timed(stage, sql, Stage.BARE, archived);
  }

  private static double ours(Stage stage, String sql, int archived, int helpers) throws Exception {
    stage.database.run("SET rowseal.helpers = " + helpers);
    stage.versionedTable(Stage.OURS);
    stage.database.run(Stage.insert(Stage.OURS, FIRST));
    stage.protectVersioned(Stage.OURS, stage.material.classical);
    double seconds = timed(stage, sql, Stage.OURS, archived);
    stage.database.run("RESET rowseal.helpers");
    return seconds;
  }

  private static double timed(Stage stage, String sql, String table, int archived)
      throws Exception {
    stage.database.run("ANALYZE " + table);
    double seconds = stage.time(sql);
    stage.require("SELECT count(*) FROM " + Stage.versions(table), Integer.toString(archived));
    return seconds;
  }
}
