package io.rowseal.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/** The page of {@code rowseal.report()}. */
class HtmlReportTest {
  private static final String HOSTILE =
      "\"]\n---\n%%{init: {}}%%</title><script>alert(1)</script>&amp;' \u202e\u0001 ü 😀";
  private static final String HASH = "0123456789abcdef".repeat(8);

  private final List<String> tables = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> growth = new ArrayList<>();
  private final List<String> graphs = new ArrayList<>();

  private void table(String name, int errors, int warnings) {
    tables.addAll(List.of(name, "data", "unversioned", "1234567", "7654321", "0", "3", "0", "0"));
    tables.addAll(List.of("12.345", "99999", "" + errors, "" + warnings, "0"));
  }

  private void problem(String table, String code, String severity, String key, int ofCode) {
    problems.addAll(
        List.of(table, "data", key, HASH, code, severity, "what is wrong", "" + ofCode));
  }

  private String page() {
    return HtmlReport.of(
        new String[] {"shop", "2026-11-28", "0.1.0"},
        tables.toArray(new String[0]),
        problems.toArray(new String[0]),
        growth.toArray(new String[0]),
        graphs.toArray(new String[0]));
  }

  private static void assertInOrder(String html, String... parts) {
    int from = 0;
    for (String part : parts) {
      int found = html.indexOf(part, from);
      assertTrue(found >= 0, part + " is not there, or not in its place, in\n" + html);
      from = found + part.length();
    }
  }

  @Test
  void problemsComeFirstAndCleanTablesAreFoldedUp() {
    table("clean_one", 0, 0);
    table("bad", 2, 1);
    table("clean_two", 0, 0);
    problem("bad", "missing_parent", "warning", "{}", 1);
    problem("bad", "RS002", "error", "{}", 2);
    assertInOrder(
        page(),
        "<b>3</b> <span>tables",
        "<b>2</b> <span>errors",
        "<b>1</b> <span>warnings",
        "<b>0</b> <span>notices",
        "Problems</h2>",
        "<h3 id=\"problem0\">",
        "<code>RS002</code> <span class=\"meaning\">signature does not verify</span>",
        "<h3 id=\"problem1\">",
        "<code>missing_parent</code>",
        "Tables</h2>",
        "<th>bad</th>",
        "<details class=\"clean\"><summary>2 tables without problems</summary>",
        "<th>clean_one</th>",
        "<th>clean_two</th>");
  }

  @Test
  void findingsAreGroupedByCodeBeforeTheyAreListed() {
    table("a", 1000, 0);
    table("b", 3, 0);
    problem("a", "RS001", "error", "{}", 4);
    problem("a", "RS002", "error", "{}", 996);
    problem("b", "RS002", "error", "{}", 3);
    String html = page();
    assertInOrder(
        html,
        "<ul class=\"codes\">",
        "<code>RS002</code>",
        "999 in 2 tables",
        "<code>RS001</code>",
        "4 in 1 table",
        "</ul>",
        "<h3 id=\"problem0\">",
        "<summary>a <span class=\"count\">996</span>",
        "… and 995 more: rowseal.verify",
        "<summary>b <span class=\"count\">3</span>",
        "<h3 id=\"problem1\">");
  }

  @Test
  void manyFindingsAreFoldedUp() {
    table("a", 41, 0);
    problem("a", "RS001", "error", "{}", 20);
    problem("a", "RS002", "error", "{}", 21);
    assertInOrder(
        page(),
        "<details class=\"findings\"><summary>a <span class=\"count\">21<",
        "<details class=\"findings\" open=\"open\"><summary>a <span class=\"count\">20<");
  }

  @Test
  void rowsThatWaitAsideAreNotClean() {
    table("t", 0, 0);
    tables.set(8, "2");
    assertFalse(page().contains("without problems"));
    assertInOrder(page(), "href=\"#tables\"><b>2</b> <span>parked rows");
  }

  @Test
  void hashesAreShortenedAndCanBeSeenWhole() {
    table("t", 1, 0);
    String id = "550e8400-e29b-41d4-a716-446655440000";
    problem("t", "RS002", "error", "{\"id\": \"" + id + "\", \"owner\": \"" + HASH + "\"}", 1);
    assertInOrder(
        page(),
        "<details class=\"whole\"><summary>{&quot;id&quot;: &quot;"
            + id
            + "&quot;, &quot;owner&quot;: &quot;01234567…&quot;}</summary>",
        HASH,
        "<summary>01234567…</summary>" + HASH);
  }

  @Test
  void thousandsAreSetApart() {
    table("t", 0, 0);
    assertInOrder(page(), "1,234,567", "7,654,321", "12.345", "99,999");
  }

  @Test
  void linksLeadSomewhereAndNamesAreUsedOnce() {
    table("t", 1, 0);
    table("u", 0, 0);
    problem("t", "fork", "notice", "{}", 1);
    growth.addAll(List.of("t", "2026-11", "12"));
    String html = page();
    List<String> ids = found(html, " id=\"([^\"]*)\"");
    assertEquals(ids.stream().distinct().toList(), ids);
    List<String> links = found(html, " href=\"#([^\"]*)\"");
    assertTrue(links.contains("history0"), links.toString());
    links.forEach(link -> assertTrue(ids.contains(link), link));
  }

  private static List<String> found(String html, String pattern) {
    return Pattern.compile(pattern).matcher(html).results().map(m -> m.group(1)).toList();
  }

  @Test
  void isWellFormedAndPlainWhateverNamesSay() throws Exception {
    table(HOSTILE, 1, 0);
    tables.set(1, HOSTILE);
    tables.set(9, HOSTILE);
    problems.addAll(Collections.nCopies(7, HOSTILE));
    problems.add("7");
    growth.addAll(List.of(HOSTILE, HOSTILE, "12"));
    graphs.addAll(List.of(HOSTILE, HOSTILE, HOSTILE, "", HOSTILE, HOSTILE, "t", "t", "f"));
    String html = page();
    assertFalse(html.contains("<script"), html);
    assertFalse(html.contains("\u202e"), html);
    String body = html.substring(html.indexOf("<main>"), html.indexOf("</body>"));
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
    String shown =
        "&quot;]\n---\n%%{init: {}}%%&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;&#39;";
    for (String before :
        List.of(
            "<summary>",
            "#history0\">",
            "<code>",
            "<td class=\"mono\">",
            "<figcaption class=\"mono\">")) {
      assertTrue(body.contains(before + shown), before + " in\n" + body);
    }
  }

  @Test
  void needsNothingFromElsewhere() {
    table("t", 0, 0);
    String html = page();
    assertTrue(html.contains("default-src 'none'"));
    for (String outside :
        List.of("http:", "https:", "src=", "url(", "@import", "<link", "<script", "href=\"/")) {
      assertFalse(html.contains(outside), outside);
    }
    assertEquals(
        found(html, "(href=\"#)").size(),
        found(html, "(href=)").size(),
        "links to this page alone");
  }

  @Test
  void nothingToReport() {
    String html = page();
    assertTrue(html.contains("Every stored version verifies"));
    assertTrue(Arrays.stream(html.split("\n")).noneMatch(line -> line.contains("Histories")));
  }
}
