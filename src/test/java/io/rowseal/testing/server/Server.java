package io.rowseal.testing.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.DockerClientFactory;

/**
 * A PostgreSQL server with the extension's files, for tests alone: a container where Docker runs,
 * else a scratch server from the local binaries. {@code -Drowseal.server=docker} or {@code local}
 * decides by hand.
 */
public final class Server implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What switches a server on and off. */
  interface Power {
    /** Ends all its processes at once by SIGKILL. */
    void kill();

    /** Starts it after {@link #kill}; its address may be another one then. */
    URI start();

    void stop();

    /** Moves all databases to a new cluster by pg_upgrade; false where that cannot be tried. */
    default boolean upgrade() {
      return false;
    }
  }

  private URI uri;
  private final Set<Host> hosts;
  private final String log;
  private final String peerAddress;
  private final Programs programs;
  private final Power power;
  private final Set<Host> templates = EnumSet.noneOf(Host.class);

  /** Runs one of PostgreSQL's own programs where this server and its peers can be reached. */
  interface Programs {
    /** What it printed; an exception with that text if it failed. */
    String run(List<String> command) throws IOException, InterruptedException;
  }

  Server(URI uri, Set<Host> hosts, String log, String peerAddress, Programs programs, Power power) {
    this.uri = uri;
    this.hosts = hosts;
    this.log = log;
    this.peerAddress = peerAddress;
    this.programs = programs;
    this.power = power;
  }

  /** The server that test classes share; it ends with the test run. */
  public static Server shared() {
    return Shared.SERVER;
  }

  /** A server of the caller's own, who closes it. */
  public static Server start() {
    return inDocker() ? DockerServer.start() : startLocal();
  }

  /** The hosts that this server has. */
  public Set<Host> hosts() {
    return hosts;
  }

  /** Where to look when something went wrong. */
  public String log() {
    return log;
  }

  /**
   * A new connection; the roles of tests have no password, a superuser's connection becomes theirs.
   */
  public Connection connect(String database, String user) throws SQLException {
    Connection connection = DriverManager.getConnection(url(database));
    if (!user.equals(superuser())) {
      execute(connection, "SET SESSION AUTHORIZATION " + user);
    }
    return connection;
  }

  /** How a program that uses JDBC reaches a database as a superuser. */
  String url(String database) {
    return "jdbc:postgresql://%s:%d/%s?user=%s&password=%s"
        .formatted(uri.getHost(), uri.getPort(), database, superuser(), password());
  }

  /**
   * Runs a program of this server's PostgreSQL, such as {@code pg_dump}; databases are named to it
   * by {@link #connectionString}, files lie in {@code /tmp}.
   */
  public String program(String name, String... arguments) {
    List<String> command = new ArrayList<>(List.of(name));
    command.addAll(List.of(arguments));
    try {
      return programs.run(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** How another server of these tests, or a program, reaches a database of this one. */
  public String connectionString(String database) {
    return "%s dbname=%s user=%s password=%s"
        .formatted(peerAddress, database, superuser(), password());
  }

  /** Makes a database with the extension, as a copy of one that is made once for each host. */
  synchronized void createDatabase(String name, Host host) throws SQLException {
    String template = "template_" + host.name().toLowerCase(Locale.ROOT);
    try (Connection maintenance = connect("postgres", superuser())) {
      if (templates.add(host)) {
        execute(maintenance, "CREATE DATABASE " + template);
        try (Connection connection = connect(template, superuser())) {
          execute(
              connection,
              "CREATE EXTENSION rowseal VERSION '" + host.extensionVersion() + "' CASCADE");
        }
      }
      execute(maintenance, "CREATE DATABASE " + name + " TEMPLATE " + template);
    } catch (SQLException e) {
      throw new SQLException(
          e.getMessage() + "; " + host.label() + ", log: " + log, e.getSQLState(), e);
    }
  }

  /** Makes an empty database. */
  void createDatabase(String name) throws SQLException {
    try (Connection maintenance = connect("postgres", superuser())) {
      execute(maintenance, "CREATE DATABASE " + name);
    }
  }

  void dropDatabase(String name) throws SQLException {
    try (Connection maintenance = connect("postgres", superuser())) {
      execute(maintenance, "DROP DATABASE " + name + " WITH (FORCE)");
    }
  }

  /** Ends the server as a power failure would. Other servers find it at the same address later. */
  public void kill() {
    power.kill();
  }

  /** Starts the server again after {@link #kill}. */
  public void restart() throws SQLException, InterruptedException {
    uri = power.start();
    for (int tries = 1; ; tries++) {
      try {
        connect("postgres", superuser()).close();
        return;
      } catch (SQLException e) {
        if (tries == 300) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  /** Moves all databases to a new cluster by pg_upgrade; false where that cannot be tried. */
  public boolean upgrade() {
    return power.upgrade();
  }

  @Override
  public void close() {
    power.stop();
  }

  private String superuser() {
    return uri.getUserInfo().split(":", 2)[0];
  }

  private String password() {
    return uri.getUserInfo().split(":", 2)[1];
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static boolean inDocker() {
    return switch (System.getProperty("rowseal.server", "")) {
      case "local" -> false;
      case "docker" -> true;
      default -> DockerClientFactory.instance().isDockerAvailable();
    };
  }

  /**
   * {@code install.sh scratch} stops its server when its input ends, so even if this JVM is killed.
   */
  private static Server startLocal() {
    int number = COUNT.incrementAndGet();
    Path log = Path.of("target", "postgres-" + number + ".log").toAbsolutePath();
    Path messages = Path.of("target", "scratch-" + number + ".log").toAbsolutePath();
    try {
      Process process =
          new ProcessBuilder("./install.sh", "scratch", "--no-build", "--log=" + log)
              .redirectError(messages.toFile())
              .start();
      BufferedReader output = process.inputReader();
      String hosts = output.readLine();
      String server = output.readLine();
      if (server == null) {
        throw new IllegalStateException("no scratch server: " + Files.readString(messages));
      }
      URI uri = URI.create(server.substring("server ".length()));
      return new Server(
          uri,
          hosts(hosts.substring("hosts ".length())),
          log.toString(),
          "host=%s port=%d".formatted(uri.getHost(), uri.getPort()),
          command -> runLocally(command, uri.getUserInfo().split(":", 2)[1]),
          new LocalPower(process, output, uri));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Beside the {@code pg_config} that {@code install.sh} takes: the given or the newest one. */
  private static String runLocally(List<String> command, String password)
      throws IOException, InterruptedException {
    String script =
        "PG_CONFIG=${PG_CONFIG:-$(find /usr/lib/postgresql/*/bin -name pg_config 2>/dev/null | sort -V | tail -n 1)};"
            + " program=$1; shift; exec \"$(${PG_CONFIG:-pg_config} --bindir)/$program\" \"$@\"";
    List<String> shell = new ArrayList<>(List.of("bash", "-c", script, "program"));
    shell.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(shell).redirectErrorStream(true);
    builder.environment().put("PGPASSWORD", password); // pg_dumpall hands no other one on
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command.get(0) + ": " + output);
    }
    return output;
  }

  private static Set<Host> hosts(String names) {
    Set<Host> hosts = EnumSet.noneOf(Host.class);
    Arrays.stream(names.split(" "))
        .map(name -> Host.valueOf(name.toUpperCase(Locale.ROOT)))
        .forEach(hosts::add);
    return hosts;
  }

  /** Talks to {@code install.sh scratch}. */
  private record LocalPower(Process process, BufferedReader output, URI uri) implements Power {

    @Override
    public void kill() {
      order("kill", "killed");
    }

    @Override
    public URI start() {
      order("start", "started");
      return uri;
    }

    @Override
    public void stop() {
      try {
        process.getOutputStream().close();
        process.waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean upgrade() {
      order("upgrade", "upgraded");
      return true;
    }

    private void order(String order, String answer) {
      try {
        Writer input = process.outputWriter();
        input.write(order + "\n");
        input.flush();
        if (!answer.equals(output.readLine())) {
          throw new IllegalStateException("the scratch server could not be " + answer);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Shared {
    static final Server SERVER = start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }
}
