package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.postgresql.PGConnection;

/** Records bulk loads on PL/Java with JDK Flight Recorder, and prints where the time goes. */
final class Profile {
  private static final String SOURCE = "bench_source";
  private static final int ROWS = 20_000;
  private static final int LOADS = 4;
  private static final int SHOWN = 30;

  /** How often JFR's settings "profile" look at a thread in Java, and at one in native code. */
  private static final int JAVA_MILLIS = 10;

  private static final int NATIVE_MILLIS = 20;

  private final Map<String, Long> self = new HashMap<>();
  private final Map<String, Long> within = new HashMap<>();
  private final Map<String, Long> allocated = new HashMap<>();

  private Profile() {}

  static void run() throws Exception {
    try (Server server = Server.start()) {
      Material material = new Material(Sizes.QUICK);
      for (SignatureAlgorithm algorithm :
          List.of(SignatureAlgorithm.ED25519, SignatureAlgorithm.ML_DSA_87)) {
        try (Stage stage = new Stage(server, Host.PLJAVA, Sizes.QUICK, material)) {
          stage.source(SOURCE, material.owners(algorithm).rows(ROWS, Sizes.VALUE_BYTES));
          Bench.progress(algorithm.label() + ": " + LOADS + " loads of " + ROWS + " rows");
          record(stage, algorithm);
        }
      }
    }
  }

  private static void record(Stage stage, SignatureAlgorithm algorithm) throws Exception {
    Path written = Path.of(stage.database.value("SHOW data_directory"), algorithm.label() + ".jfr");
    double seconds = load(stage, algorithm, written);
    Path kept = Path.of("target", "bulk-" + algorithm.label() + ".jfr");
    Files.copy(written, kept, StandardCopyOption.REPLACE_EXISTING);
    System.out.printf("%n%s: the loads took %s; %s%n", algorithm.label(), Unit.time(seconds), kept);
    Profile profile = new Profile();
    profile.read(kept);
    profile.print(seconds);
  }

  /** What the loads took. The recording is written when the backend ends. */
  private static double load(Stage stage, SignatureAlgorithm algorithm, Path file)
      throws Exception {
    String pid;
    double seconds = 0;
    try (Connection connection = stage.server.connect(stage.database.name(), "postgres");
        Statement statement = connection.createStatement()) {
      pid = Integer.toString(connection.unwrap(PGConnection.class).getBackendPID());
      startRecording(statement, file);
      for (int i = 0; i < LOADS; i++) {
        stage.table(Stage.OURS);
        stage.protect(Stage.OURS, stage.material.owners(algorithm));
        long start = System.nanoTime();
        statement.execute(Stage.insert(Stage.OURS, SOURCE));
        seconds += (System.nanoTime() - start) / 1e9;
      }
    }
    while (Files.exists(Path.of("/proc", pid))) {
      Thread.sleep(50);
    }
    return seconds;
  }

  private static void startRecording(Statement statement, Path file) throws SQLException {
    statement.execute(
        """
        SELECT set_config('pljava.vmoptions', current_setting('pljava.vmoptions')
            || ' -XX:StartFlightRecording=settings=profile,dumponexit=true,filename=%s', false)
        """
            .formatted(file));
  }

  private void read(Path recording) throws IOException {
    try (RecordingFile events = new RecordingFile(recording)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        switch (event.getEventType().getName()) {
          case "jdk.ExecutionSample" -> sample(event, JAVA_MILLIS);
          case "jdk.NativeMethodSample" -> sample(event, NATIVE_MILLIS);
          case "jdk.ObjectAllocationSample" -> allocation(event);
          default -> {}
        }
      }
    }
  }

  private void sample(RecordedEvent event, long millis) {
    List<RecordedFrame> frames = event.getStackTrace().getFrames();
    if (frames.stream().noneMatch(frame -> name(frame).startsWith("io.rowseal."))) {
      return;
    }
    self.merge(name(frames.get(0)), millis, Long::sum);
    Set<String> once = new HashSet<>();
    frames.forEach(frame -> once.add(name(frame)));
    once.forEach(frame -> within.merge(frame, millis, Long::sum));
  }

  private void allocation(RecordedEvent event) {
    if (event.getStackTrace() != null && !event.getStackTrace().getFrames().isEmpty()) {
      String place = name(event.getStackTrace().getFrames().get(0));
      allocated.merge(
          event.getClass("objectClass").getName() + " in " + place,
          event.getLong("weight"),
          Long::sum);
    }
  }

  private void print(double seconds) {
    long sampled = sum(self);
    System.out.printf(
        "In Java, or in what Java called: %s, that is %.0f %% of it. By method:%n",
        Unit.time(sampled / 1e3), sampled / 10.0 / seconds);
    print(self, sampled);
    System.out.println("By method and what it calls:");
    within.values().removeIf(millis -> millis > 0.99 * sampled); // the way in, the same for all
    print(within, sampled);
    System.out.println("Allocated:");
    print(allocated, sum(allocated));
  }

  private static void print(Map<String, Long> weights, long whole) {
    weights.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(SHOWN)
        .forEach(
            entry ->
                System.out.printf(
                    "  %5.1f %%  %s%n", 100.0 * entry.getValue() / whole, entry.getKey()));
  }

  private static long sum(Map<String, Long> weights) {
    return weights.values().stream().mapToLong(weight -> weight).sum();
  }

  private static String name(RecordedFrame frame) {
    return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
  }
}
