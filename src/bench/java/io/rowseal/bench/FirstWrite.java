package io.rowseal.bench;

import io.rowseal.testing.server.Host;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.postgresql.PGConnection;

/** Row 5: what the first write of a connection takes, and what it leaves resident. */
final class FirstWrite implements Benchmark {
  private static final String PLAIN = "bench_plain_pljava";

  /** A function of PL/Java's own, in a connection where nothing of ours is configured. */
  private static final String FIRST_CALL = "SELECT sqlj.get_classpath('public')";

  /** A function of Java's own, under our options: what of our cost is not our code's. */
  private static final String SAME_OPTIONS_FUNCTION =
      "CREATE FUNCTION bench_separator() RETURNS text LANGUAGE java AS 'java.lang.System.lineSeparator'";

  private static final String SAME_OPTIONS_CALL = "SELECT bench_separator()";

  private static final String OURS = "rowseal";
  private static final String SAME_OPTIONS = "PL/Java with our options, nothing of Rowseal called";
  private static final String PLAIN_PLJAVA = "first PL/Java call, default options";

  /** The first use of a language in a connection. */
  @FunctionalInterface
  private interface FirstUse {
    void in(Connection connection) throws SQLException;
  }

  private record Grown(List<Double> rss, List<Double> pss) {
    Grown() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    Samples counted(List<Double> values) {
      return new Samples(values.subList(1, values.size()));
    }
  }

  @Override
  public void run(Stage stage, Findings findings) throws Exception {
    if (!stage.server.hosts().contains(Host.PLJAVA)) {
      findings.add(Line.notRun(5, "first write of a connection", "this machine has no PL/Java"));
      return;
    }
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, stage.material.classical);
    plainDatabase(stage);
    Iterator<SignedRow> rows = stage.material.classicalRows.iterator();
    String database = stage.database.name();
    Grown ours = new Grown();
    Grown same = new Grown();
    Grown plain = new Grown();
    Trial trial =
        new Trial()
            .side(OURS, () -> first(stage, database, c -> write(c, rows.next()), ours))
            .side(PLAIN_PLJAVA, () -> first(stage, PLAIN, c -> call(c, FIRST_CALL), plain));
    if (stage.host == Host.PLJAVA) {
      stage.database.run(SAME_OPTIONS_FUNCTION);
      trial.side(SAME_OPTIONS, () -> first(stage, database, c -> call(c, SAME_OPTIONS_CALL), same));
    }
    Map<String, Samples> seconds = trial.run(stage.sizes.runs());
    stage.database.run("DROP DATABASE " + PLAIN);
    report(findings, seconds, ours, same, plain);
  }

  /**
   * Under the options that PL/Java has when nobody sets any. Each step has a connection of its own:
   * once Java runs in one, the options cannot be changed there.
   */
  private static void plainDatabase(Stage stage) throws SQLException {
    stage.database.run("DROP DATABASE IF EXISTS " + PLAIN + " WITH (FORCE)");
    stage.database.run("CREATE DATABASE " + PLAIN);
    String options;
    try (Connection connection = stage.server.connect(PLAIN, "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE EXTENSION pljava");
      statement.execute(FIRST_CALL);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT quote_literal(coalesce(boot_val, '')) FROM pg_settings WHERE name = 'pljava.vmoptions'")) {
        row.next();
        options = row.getString(1);
      }
    }
    try (Connection connection = stage.server.connect("postgres", "postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("ALTER DATABASE " + PLAIN + " SET pljava.vmoptions = " + options);
    }
  }

  private static void write(Connection connection, SignedRow row) throws SQLException {
    try (var insert = Stage.prepareInsert(connection, Stage.OURS)) {
      Stage.execute(insert, row);
    }
  }

  private static void call(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static double first(Stage stage, String database, FirstUse use, Grown grown)
      throws Exception {
    try (Connection connection = stage.server.connect(database, "postgres")) {
      String pid = Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
      Memory before = Memory.of(pid);
      long start = System.nanoTime();
      use.in(connection);
      double seconds = (System.nanoTime() - start) / 1e9;
      Memory added = Memory.of(pid).minus(before);
      grown.rss.add(added.rss());
      grown.pss.add(added.pss());
      return seconds;
    }
  }

  /** On PL/Java against its own start under the same options, which no code of ours can beat. */
  private static void report(
      Findings findings, Map<String, Samples> seconds, Grown ours, Grown same, Grown plain) {
    boolean hasFloor = seconds.containsKey(SAME_OPTIONS);
    String against = hasFloor ? SAME_OPTIONS : PLAIN_PLJAVA;
    Map<String, Samples> memory = new LinkedHashMap<>();
    memory.put(OURS, ours.counted(ours.rss));
    memory.put(PLAIN_PLJAVA, plain.counted(plain.rss));
    if (hasFloor) {
      memory.put(SAME_OPTIONS, same.counted(same.rss));
    }
    add(findings, "time", seconds, against, Unit::time, "");
    add(
        findings,
        "resident memory",
        memory,
        against,
        Unit::memory,
        "; proportional set size %s and %s"
            .formatted(
                Unit.memory(ours.counted(ours.pss).median()),
                Unit.memory(plain.counted(plain.pss).median())));
    bars(findings, Plot.FIRST_WRITE_TIME, seconds, 1e3);
    bars(findings, Plot.FIRST_WRITE_MEMORY, memory, 1e-6);
  }

  private static void add(
      Findings findings,
      String what,
      Map<String, Samples> samples,
      String against,
      DoubleFunction<String> unit,
      String note) {
    double write = samples.get(OURS).median();
    double floor = samples.get(against).median();
    findings.add(
        new Line(
            5,
            "first write of a connection: " + what,
            unit.apply(write),
            unit.apply(floor) + " " + against,
            write / floor,
            Goal.atMost(1.10),
            unit.apply(samples.get(PLAIN_PLJAVA).median()) + " " + PLAIN_PLJAVA + note,
            samples));
  }

  private static void bars(
      Findings findings, Plot plot, Map<String, Samples> samples, double scale) {
    findings.bar(plot, "", PLAIN_PLJAVA, samples.get(PLAIN_PLJAVA).median() * scale);
    if (samples.containsKey(SAME_OPTIONS)) {
      findings.bar(plot, "", SAME_OPTIONS, samples.get(SAME_OPTIONS).median() * scale);
    }
    findings.bar(plot, "", "Rowseal", samples.get(OURS).median() * scale);
  }
}
