package io.rowseal.bench;

import io.rowseal.testing.Host;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.postgresql.PGConnection;

/** Row 5: what the first write of a connection takes, and what it leaves resident. */
final class FirstWrite implements Benchmark {
  private static final String PLAIN = "bench_plain_pljava";

  /** A function of PL/Java's own, in a connection where nothing of ours is configured. */
  private static final String FIRST_CALL = "SELECT sqlj.get_classpath('public')";

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
    stage.table(Stage.OURS);
    stage.protect(Stage.OURS, stage.material.classical);
    Iterator<SignedRow> rows = stage.material.classicalRows.iterator();
    boolean peer = stage.server.hosts().contains(Host.PLJAVA);
    if (peer) {
      plainDatabase(stage);
    }
    Grown ours = new Grown();
    Grown plain = new Grown();
    Trial trial =
        new Trial()
            .side(
                "rowseal",
                () -> first(stage, stage.database.name(), c -> write(c, rows.next()), ours));
    if (peer) {
      trial.side("plain PL/Java", () -> first(stage, PLAIN, FirstWrite::call, plain));
    }
    Map<String, Samples> seconds = trial.run(stage.sizes.runs());
    if (peer) {
      stage.database.run("DROP DATABASE " + PLAIN);
      report(findings, seconds, ours, plain);
    } else {
      findings.add(Line.notRun(5, "first write of a connection", "this machine has no PL/Java"));
    }
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

  private static void call(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(FIRST_CALL);
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

  private static void report(
      Findings findings, Map<String, Samples> seconds, Grown ours, Grown plain) {
    double write = seconds.get("rowseal").median();
    double call = seconds.get("plain PL/Java").median();
    findings.add(
        new Line(
            5,
            "first write of a connection: time",
            Unit.time(write),
            Unit.time(call) + " first PL/Java call, default options",
            write / call,
            Goal.atMost(0.45),
            "",
            seconds));
    Samples added = ours.counted(ours.rss);
    Samples addedByPlain = plain.counted(plain.rss);
    findings.add(
        new Line(
            5,
            "first write of a connection: resident memory",
            Unit.memory(added.median()),
            Unit.memory(addedByPlain.median()) + " first PL/Java call, default options",
            added.median() / addedByPlain.median(),
            Goal.atMost(0.6),
            "proportional set size %s and %s"
                .formatted(
                    Unit.memory(ours.counted(ours.pss).median()),
                    Unit.memory(plain.counted(plain.pss).median())),
            Map.of("rowseal", added, "plain PL/Java", addedByPlain)));
    findings.bar(Plot.FIRST_WRITE_TIME, "", "first PL/Java call, default options", call * 1e3);
    findings.bar(Plot.FIRST_WRITE_TIME, "", "Rowseal", write * 1e3);
    findings.bar(
        Plot.FIRST_WRITE_MEMORY,
        "",
        "first PL/Java call, default options",
        addedByPlain.median() / 1e6);
    findings.bar(Plot.FIRST_WRITE_MEMORY, "", "Rowseal", added.median() / 1e6);
  }
}
