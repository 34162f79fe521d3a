package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.server.OnEachHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Each attack or fault of docs/SECURITY.md has a test that is there, on both hosts or with why not.
 */
class SecurityPageTest {
  private static final Path TESTS = Path.of("src/test/java");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
  private static final Pattern NAME = Pattern.compile("(\\w+(?:IT|Test))?(?:\\.(\\w+))?");

  private record Row(String attack, String tests) {}

  @TestFactory
  List<DynamicTest> everyRowHasATestThatIsThere() throws IOException {
    Map<String, Class<?>> classes = classes();
    List<DynamicTest> tests = new ArrayList<>();
    for (Row row : rows()) {
      tests.add(DynamicTest.dynamicTest(row.attack(), () -> check(row, classes)));
    }
    assertTrue(tests.size() > 50, tests.size() + " rows");
    return tests;
  }

  private static void check(Row row, Map<String, Class<?>> classes) {
    Class<?> last = null;
    boolean onEachHost = false;
    Matcher quoted = QUOTED.matcher(row.tests());
    while (quoted.find()) {
      String reference = quoted.group(1);
      if (reference.contains("/")) {
        assertTrue(Files.exists(Path.of(reference)), reference + " is not there");
        continue;
      }
      Matcher name = NAME.matcher(reference);
      assertTrue(name.matches(), reference + " is no name of a test");
      last = name.group(1) == null ? last : classes.get(name.group(1));
      assertTrue(last != null, reference + ": there is no such class");
      assertTrue(isThere(last, name.group(2)), reference + ": there is no such test");
      onEachHost |= AnnotationSupport.isAnnotated(last, OnEachHost.class);
    }
    assertTrue(last != null, "no test");
    assertTrue(
        onEachHost || row.tests().matches(".*(needs? no host|concerns the bridge alone).*"),
        "neither on both hosts nor with why not");
  }

  /** Any test of the class and those nested in it, or the one of that name. */
  private static boolean isThere(Class<?> type, String method) {
    return Arrays.stream(type.getDeclaredMethods())
            .filter(m -> method == null || m.getName().equals(method))
            .anyMatch(m -> AnnotationSupport.isAnnotated(m, Testable.class))
        || Arrays.stream(type.getDeclaredClasses()).anyMatch(nested -> isThere(nested, method));
  }

  private static List<Row> rows() throws IOException {
    String page = Files.readString(Path.of("docs/SECURITY.md"));
    List<Row> rows = new ArrayList<>();
    for (String line : page.substring(page.indexOf("| attack or fault |")).lines().toList()) {
      if (!line.startsWith("|")) {
        break;
      }
      // A bar within a cell would be escaped.
      String[] cells = line.split("(?<!\\\\)\\|", -1);
      assertTrue(cells.length == 5, "three columns: " + line);
      if (!cells[1].isBlank() && !cells[1].contains("---") && !cells[3].strip().equals("test")) {
        assertFalse(cells[2].isBlank(), line);
        rows.add(new Row(cells[1].strip(), cells[3].strip()));
      }
    }
    return rows;
  }

  private static Map<String, Class<?>> classes() throws IOException {
    Map<String, Class<?>> classes = new HashMap<>();
    try (Stream<Path> files = Files.walk(TESTS)) {
      for (Path file : files.filter(f -> f.toString().matches(".*(IT|Test)\\.java")).toList()) {
        String name =
            TESTS
                .relativize(file)
                .toString()
                .replace(".java", "")
                .replace(file.getFileSystem().getSeparator(), ".");
        try {
          classes.put(
              file.getFileName().toString().replace(".java", ""),
              Class.forName(name, false, SecurityPageTest.class.getClassLoader()));
        } catch (ClassNotFoundException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return classes;
  }
}
