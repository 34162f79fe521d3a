package io.rowseal.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;

/**
 * A scratch PostgreSQL on loopback, with the extension files that install.sh put into place; one
 * for all test classes.
 */
public final class Server {
  private static final String PG_CONFIG = System.getProperty("rowseal.pgconfig", "pg_config");
  private static Server shared;

  /** Null for a container, which Testcontainers itself removes. */
  private final Path directory;

  private final String address;
  private final int port;

  private Server(Path directory, String address, int port) {
    this.directory = directory;
    this.address = address;
    this.port = port;
  }

  /**
   * Whether tests are to run in the image of docker/Dockerfile: asked for with
   * -Drowseal.docker=true.
   */
  static boolean inContainer() {
    return Boolean.getBoolean("rowseal.docker");
  }

  private static Server startContainer() {
    GenericContainer<?> container =
        new GenericContainer<>(
                new ImageFromDockerfile()
                    .withFileFromPath(".", Path.of("."))
                    .withFileFromPath("Dockerfile", Path.of("docker/Dockerfile")))
            .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust")
            .withExposedPorts(5432)
            .waitingFor(Wait.forLogMessage(".*ready to accept connections.*", 2));
    container.start();
    return new Server(null, container.getHost(), container.getMappedPort(5432));
  }

  /** The server that test classes share; it ends with the test run. */
  public static synchronized Server shared() {
    if (shared == null) {
      shared = inContainer() ? startContainer() : start();
      Runtime.getRuntime().addShutdownHook(new Thread(shared::stop));
      shared.reportCoverage();
    }
    return shared;
  }

  /** What pg_config says of this machine's PostgreSQL. */
  public static String config(String option) {
    return run(PG_CONFIG, option).strip();
  }

  public Connection connect(String database, String user) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://" + address + ":" + port + "/" + database, user, "");
  }

  private static Server start() {
    try {
      Path directory = Files.createTempDirectory("rowseal-test");
      run("chmod", "755", directory.toString());
      if (isRoot()) {
        run("chown", "postgres", directory.toString());
      }
      Server server = new Server(directory, "127.0.0.1", freePort());
      server.asServerUser(
          "initdb",
          "-D",
          server.data(),
          "-U",
          "postgres",
          "-A",
          "trust",
          "-E",
          "UTF8",
          "--locale=C.UTF-8");
      Path settings = directory.resolve("settings");
      Files.writeString(settings, server.settings());
      run("chmod", "644", settings.toString());
      server.asServerUser(
          "pg_ctl",
          "-D",
          server.data(),
          "-l",
          directory + "/log",
          "-w",
          "start",
          "-o",
          "-c config_file=" + settings + " -c hba_file=" + server.data() + "/pg_hba.conf");
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String settings() {
    String share = config("--sharedir") + "/rowseal/";
    return String.join(
        "\n",
        "data_directory = '" + data() + "'",
        "port = " + port,
        "listen_addresses = '127.0.0.1'",
        "unix_socket_directories = '" + directory + "'",
        "fsync = off",
        "autovacuum = off",
        "pljava.libjvm_location = '" + System.getProperty("rowseal.libjvm", defaultLibjvm()) + "'",
        "pljava.vmoptions = '-Xbootclasspath/a:"
            + share
            + "rowseal.jar -Djava.class.path="
            + share
            + "rowseal-pljava.jar -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m'",
        "");
  }

  private static String defaultLibjvm() {
    return System.getProperty("java.home") + "/lib/server/libjvm.so";
  }

  private void stop() {
    if (directory == null) {
      return;
    }
    asServerUser("pg_ctl", "-D", data(), "-m", "immediate", "stop");
    run("rm", "-rf", directory.toString());
  }

  private String data() {
    return directory + "/data";
  }

  private void reportCoverage() {
    try {
      List<String> lines = new ArrayList<>();
      for (Host host : Host.values()) {
        lines.add(
            (host.isPresent() ? "covered: " : "NOT covered, for it is not installed here: ")
                + host.label()
                + " in "
                + serverVersion());
      }
      Files.createDirectories(Path.of("target"));
      Files.write(Path.of("target/coverage.txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String serverVersion() {
    return inContainer() ? "the container of docker/Dockerfile" : config("--version");
  }

  private String asServerUser(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    // A short PATH: PL/Python is to find the Python that it was built with.
    command.addAll(List.of("env", "PATH=/usr/bin:/bin", config("--bindir") + "/" + program));
    command.addAll(Arrays.asList(arguments));
    return run(command.toArray(String[]::new));
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static String run(String... command) {
    try {
      Path output = Files.createTempFile("rowseal-command", ".txt");
      // A file, not a pipe: the server that pg_ctl starts would hold a pipe open.
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .directory(Path.of("/").toFile())
              .start();
      int status = process.waitFor();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (status != 0) {
        throw new IllegalStateException(
            Arrays.stream(command).collect(Collectors.joining(" ")) + " failed:\n" + text);
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
