package io.rowseal.audit;

import io.rowseal.error.Refusal;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All problems of one code.
 *
 * @param severity error, warning or notice
 * @param code an SQLSTATE or a word
 * @param tables those that are shown, by table
 */
record ReportGroup(String severity, String code, Map<String, List<ReportProblem>> tables) {
  /** From bad to harmless. */
  static final List<String> SEVERITIES = List.of("error", "warning", "notice");

  private static final Map<String, String> MEANINGS =
      Stream.concat(
              Stream.of(Refusal.values()).map(r -> Map.entry(r.sqlState(), r.meaning())),
              Stream.of(
                  Map.entry("not_the_tip", "a newer version lies among the superseded ones"),
                  Map.entry("duplicate_version", "one version is stored twice"),
                  Map.entry("shared_signature", "two versions have one signature"),
                  Map.entry("missing_parent", "the version that this one follows is not here"),
                  Map.entry("parent_not_older", "dated before the version that it follows"),
                  Map.entry("fork", "several versions follow one")))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  /** Errors come first, and of these the most frequent. */
  static List<ReportGroup> of(List<ReportProblem> problems) {
    Map<List<String>, List<ReportProblem>> byCode =
        problems.stream()
            .collect(
                Collectors.groupingBy(
                    problem -> List.of(severityOf(problem), problem.code()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    return byCode.entrySet().stream()
        .map(group -> of(group.getKey(), group.getValue()))
        .sorted(
            Comparator.comparing((ReportGroup group) -> SEVERITIES.indexOf(group.severity()))
                .thenComparing(ReportGroup::findings, Comparator.reverseOrder()))
        .toList();
  }

  private static ReportGroup of(List<String> severityAndCode, List<ReportProblem> problems) {
    return new ReportGroup(
        severityAndCode.get(0),
        severityAndCode.get(1),
        problems.stream()
            .collect(
                Collectors.groupingBy(
                    ReportProblem::table, LinkedHashMap::new, Collectors.toList())));
  }

  private static String severityOf(ReportProblem problem) {
    return SEVERITIES.contains(problem.severity()) ? problem.severity() : SEVERITIES.get(0);
  }

  /** What the code means; empty if it is not known. */
  String meaning() {
    return MEANINGS.getOrDefault(code, "");
  }

  /** How many there are. */
  long findings() {
    return tables.values().stream().mapToLong(problems -> problems.get(0).ofCode()).sum();
  }
}
