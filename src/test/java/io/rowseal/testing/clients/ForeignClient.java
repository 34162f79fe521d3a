package io.rowseal.testing.clients;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A client in {@code src/clients} that is not written in Java. */
public enum ForeignClient {
  JAVASCRIPT(
      "node", Path.of("target/clients/javascript"), "test/rows.mjs", "test/conformance.mjs") {
    @Override
    void prepare() throws IOException, InterruptedException {
      installNode("the client for JavaScript", Path.of("src/clients/javascript"), directory);
    }
  },
  PYTHON("/usr/bin/python3", Path.of("src/clients/python"), "rows.py", "conformance.py") {
    @Override
    void prepare() throws IOException, InterruptedException {
      Assumptions.assumeTrue(
          attempt(Path.of("."), "", List.of(language, "-c", "import cbor2, cryptography")).status()
              == 0,
          "the client in Python, for which python3-cbor2 and python3-cryptography are missing");
    }
  };

  /** How a command ended, and all that it printed. */
  public record Outcome(int status, String output) {}

  final String language;
  final Path directory;
  private final String rows;
  private final String conformance;

  ForeignClient(String language, Path directory, String rows, String conformance) {
    this.language = language;
    this.directory = directory;
    this.rows = rows;
    this.conformance = conformance;
  }

  /**
   * Installs what it needs below {@code target}; the test is not covered where that is not to be
   * had.
   */
  public void install() throws IOException, InterruptedException {
    assumeCommand(language);
    prepare();
  }

  abstract void prepare() throws IOException, InterruptedException;

  /**
   * A copy of a package for Node with its dependencies; not covered where they are not to be had.
   */
  static void installNode(String name, Path source, Path directory)
      throws IOException, InterruptedException {
    assumeCommand("node");
    assumeCommand("npm");
    String version = run(Path.of("."), "", "node", "--version").strip();
    Assumptions.assumeTrue(
        Integer.parseInt(version.substring(1).split("\\.")[0]) >= 20,
        name + ", which needs Node 20, not " + version);
    copy(source, directory);
    Path installed = directory.resolve("node_modules/.installed");
    String lock = Files.readString(directory.resolve("package-lock.json"));
    if (Files.exists(installed) && Files.readString(installed).equals(lock)) {
      return;
    }
    Outcome install =
        attempt(directory, "", List.of("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"));
    Assumptions.assumeTrue(
        install.status() == 0,
        name + ", whose dependencies npm did not get: " + install.output().strip());
    Files.writeString(installed, lock);
  }

  public Path directory() {
    return directory;
  }

  /** Signed rows for the tables that the settings describe, one a line. */
  public List<String> sign(Path settings) throws IOException, InterruptedException {
    return run(directory, "", language, rows, "sign", settings.toAbsolutePath().toString())
        .lines()
        .toList();
  }

  /** What it says of each row. */
  public List<String> verify(Path settings, List<String> lines)
      throws IOException, InterruptedException {
    return run(
            directory,
            String.join("\n", lines) + "\n",
            language,
            rows,
            "verify",
            settings.toAbsolutePath().toString())
        .lines()
        .toList();
  }

  /** The command that answers what {@code check.py} asks. */
  public List<String> conformance() {
    return List.of(language, directory.resolve(conformance).toString());
  }

  public static void assumeCommand(String name) {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":"))
            .anyMatch(directory -> Files.isExecutable(Path.of(directory).resolve(name))),
        "clients in other languages, for which " + name + " is missing");
  }

  /** What the command prints; it must succeed. */
  public static String run(Path directory, String input, String... command)
      throws IOException, InterruptedException {
    Outcome outcome = attempt(directory, input, List.of(command));
    if (outcome.status() != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": " + outcome.output());
    }
    return outcome.output();
  }

  /** Runs a command; input is a file, so that neither side waits for the other. */
  public static Outcome attempt(Path directory, String input, List<String> command)
      throws IOException, InterruptedException {
    Path given = Files.createTempFile("rowseal", ".txt");
    try {
      Files.writeString(given, input);
      ProcessBuilder process =
          new ProcessBuilder(new ArrayList<>(command))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectInput(given.toFile());
      process
          .environment()
          .put(
              "VECTORS",
              Path.of("src/test/resources/vectors/vectors.json").toAbsolutePath().toString());
      process.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      Process running = process.start();
      String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(running.waitFor(), output);
    } finally {
      Files.delete(given);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file));
        if (file.toString().contains("node_modules")) {
          continue;
        }
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
