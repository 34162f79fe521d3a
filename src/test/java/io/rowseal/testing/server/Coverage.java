package io.rowseal.testing.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes {@code target/coverage.txt}: which hosts and which PostgreSQL the tests ran on, and what
 * was not covered. A test that lacks something says so by an assumption, whose message is what is
 * not covered.
 */
public final class Coverage implements TestExecutionListener {
  private final Map<Host, Integer> passed = new EnumMap<>(Host.class);
  private final Map<Host, Integer> failed = new EnumMap<>(Host.class);
  private final Set<String> notCovered = new TreeSet<>();
  private TestPlan plan;

  @Override
  public void testPlanExecutionStarted(TestPlan started) {
    plan = started;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      result.getThrowable().ifPresent(reason -> notCovered.add(reason.getMessage()));
      return;
    }
    boolean ok = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    if (ok && !test.isTest()) {
      return;
    }
    host(test).ifPresent(host -> (ok ? passed : failed).merge(host, 1, Integer::sum));
  }

  @Override
  public void testPlanExecutionFinished(TestPlan finished) {
    if (passed.isEmpty() && failed.isEmpty()) {
      return;
    }
    List<String> lines = new ArrayList<>();
    for (Host host : Host.values()) {
      lines.add(
          Host.present().contains(host)
              ? "covered: %s, %s".formatted(versions(host), counts(host))
              : "NOT covered: %s, which this machine does not have".formatted(host.label()));
    }
    notCovered.forEach(
        what -> lines.add("NOT covered: " + what.replaceFirst("^Assumption failed: ", "")));
    try {
      Files.write(Path.of("target", "coverage.txt"), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String versions(Host host) {
    try (TestDatabase database = TestDatabase.create(host)) {
      return "Rowseal %s, PostgreSQL %s"
          .formatted(
              database.value("SELECT rowseal.version()"), database.value("SHOW server_version"));
    } catch (SQLException e) {
      return host.label() + ", which fails: " + e.getMessage();
    }
  }

  private String counts(Host host) {
    return "%d tests passed, %d failed"
        .formatted(passed.getOrDefault(host, 0), failed.getOrDefault(host, 0));
  }

  /** By the display name that {@link OnEachHost} gives to a class's run on a host. */
  private Optional<Host> host(TestIdentifier test) {
    for (Optional<TestIdentifier> t = Optional.of(test);
        t.isPresent();
        t = plan.getParent(t.get())) {
      for (Host host : Host.values()) {
        if (t.get().getDisplayName().equals(host.toString())) {
          return Optional.of(host);
        }
      }
    }
    return Optional.empty();
  }
}
