package io.rowseal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** What the figures were taken on. */
record Environment(
    String date, String commit, String machine, String java, String postgres, String durability) {

  static Environment of(Connection connection) throws SQLException {
    return new Environment(
        LocalDate.now(ZoneOffset.UTC).toString(),
        revision(),
        "%s, %d cores, %s of memory, %s %s"
            .formatted(
                field("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                memory(),
                System.getProperty("os.name"),
                System.getProperty("os.version")),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
        value(connection, "SHOW server_version"),
        value(
            connection,
            "SELECT string_agg(name || ' = ' || setting, ', ' ORDER BY name) FROM pg_settings WHERE name IN"
                + " ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level', 'autovacuum')"));
  }

  private static String revision() {
    Path here = Path.of(".");
    try {
      String commit = Shell.run(here, "git", "rev-parse", "--short", "HEAD");
      boolean changed =
          !Shell.run(here, "git", "status", "--porcelain", "--", "src", "sql", "pom.xml").isEmpty();
      return changed ? commit + ", with changes" : commit;
    } catch (IOException e) {
      return "unknown";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }

  private static String memory() {
    String kilobytes = field("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "");
    return kilobytes.isEmpty()
        ? "unknown amount"
        : Unit.format("%.0f GB", Long.parseLong(kilobytes) / 1024.0 / 1024.0);
  }

  private static String field(String file, String name) {
    try {
      for (String line : Files.readAllLines(Path.of(file))) {
        if (line.startsWith(name)) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return ""; // a machine that has no such file
    }
    return "";
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
