package io.rowseal.testing.clients;

import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code rowseal-peer} of {@code src/clients/peer}, as it runs. */
public final class PeerProgram implements AutoCloseable {
  private static final Path DIRECTORY = Path.of("target/clients/peer");

  private final Process process;
  private final Path log;

  private PeerProgram(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** The test is not covered where it cannot be installed. */
  public static void install() throws IOException, InterruptedException {
    ForeignClient.installNode("rowseal-peer", Path.of("src/clients/peer"), DIRECTORY);
  }

  public static PeerProgram start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", "src/main.js"));
    command.addAll(arguments);
    Path log = Files.createTempFile("rowseal-peer", ".log");
    return new PeerProgram(
        new ProcessBuilder(command)
            .directory(DIRECTORY.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start(),
        log);
  }

  /** Follows tables of an address into a database, as long as it is let. */
  public static PeerProgram follow(String from, TestDatabase to, String... more)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("--from", from, "--to", address(to)));
    arguments.addAll(Arrays.asList(more));
    return start(arguments);
  }

  /** How the program reaches a database. */
  public static String address(TestDatabase database) {
    return database.url().replaceFirst("^jdbc:", "");
  }

  /** Waits for its end, which must come, and gives its status and all that it printed. */
  public ForeignClient.Outcome end() throws IOException, InterruptedException {
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("it does not end: " + Files.readString(log));
    }
    return new ForeignClient.Outcome(process.exitValue(), Files.readString(log));
  }

  /** Asks it to end, as a service manager does. */
  public ForeignClient.Outcome stop() throws IOException, InterruptedException {
    process.destroy();
    return end();
  }

  /** Ends it in the middle of whatever it does. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public String printed() throws IOException {
    return Files.readString(log);
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    Files.deleteIfExists(log);
  }
}
