package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Links between the pages lead somewhere: to a file that is there, and to a heading in it. */
class LinksTest {
  private static final Pattern CODE = Pattern.compile("(?ms)^```.*?^```|`[^`\n]*`");
  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|href)=\"([^\"]+)\"");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.*?) *#*$");

  static List<Path> pages() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(""))) {
      return files
          .filter(file -> file.toString().endsWith(".md"))
          .filter(file -> !file.toString().matches("(.*/)?(target|node_modules|\\.git)/.*"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void leadSomewhere(Path page) throws IOException {
    assertEquals(List.of(), broken(page));
  }

  @Test
  void mostPagesHaveSome() throws IOException {
    assertTrue(pages().stream().filter(page -> !links(page).isEmpty()).count() > 8);
  }

  /** As GitHub makes them. */
  @ParameterizedTest
  @CsvSource({
    "Where it was tried, where-it-was-tried",
    "Format `rowseal-v1`, format-rowseal-v1",
    "What is never lost; and what?, what-is-never-lost-and-what",
    "See [here](x.md), see-here",
    "Größe_1, größe_1",
  })
  void anchorsAreMadeOfHeadings(String heading, String anchor) {
    assertEquals(anchor, anchor(heading));
  }

  private static List<String> broken(Path page) {
    List<String> broken = new ArrayList<>();
    for (String link : links(page)) {
      if (link.matches("[a-z]+:.*")) {
        continue; // a place on the web, or data
      }
      String[] parts = link.split("#", 2);
      Path target = parts[0].isEmpty() ? page : page.resolveSibling(Path.of(parts[0])).normalize();
      if (!Files.exists(target)) {
        broken.add(link + ": there is no file " + target);
      } else if (parts.length == 2 && !anchors(target).contains(parts[1])) {
        broken.add(link + ": " + target + " has no such heading");
      }
    }
    return broken;
  }

  private static List<String> links(Path page) {
    return LINK.matcher(CODE.matcher(read(page)).replaceAll("code"))
        .results()
        .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
        .toList();
  }

  private static Set<String> anchors(Path page) {
    Map<String, Integer> seen = new HashMap<>();
    Set<String> anchors = new HashSet<>();
    String text = Pattern.compile("(?ms)^```.*?^```").matcher(read(page)).replaceAll("");
    for (MatchResult heading : HEADING.matcher(text).results().toList()) {
      String anchor = anchor(heading.group(1));
      int before = seen.merge(anchor, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? anchor : anchor + "-" + before);
    }
    return anchors;
  }

  private static String anchor(String heading) {
    return heading
        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N} _-]", "")
        .replace(' ', '-');
  }

  private static String read(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
