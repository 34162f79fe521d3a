package io.rowseal.audit;

import java.util.List;

/** A version graph as Mermaid text. */
public final class Mermaid {
  private static final String PLAIN = " .,:_-";

  private Mermaid() {}

  /**
   * The graph as a flowchart.
   *
   * @param title any text
   */
  public static String of(VersionGraph graph, String title) {
    StringBuilder text = new StringBuilder();
    text.append("---\ntitle: \"")
        .append(escaped(title == null ? "" : title))
        .append("\"\n---\nflowchart LR\n");
    for (int i = 0; i < graph.versions().size(); i++) {
      append(text, graph, i);
    }
    return text.append(
            """
              classDef tip fill:#dafbe1,stroke:#1a7f37,stroke-width:3px
              classDef fork fill:#fff8c5,stroke:#9a6700
              classDef tombstone stroke-dasharray:4 3
              classDef invalid fill:#ffebe9,stroke:#cf222e,stroke-width:3px
              classDef missing fill:#f6f8fa,stroke:#6e7781,stroke-dasharray:2 4
            """)
        .toString();
  }

  private static void append(StringBuilder text, VersionGraph graph, int place) {
    VersionNode version = graph.versions().get(place);
    String name = "v" + (place + 1);
    List<String> marks = Marks.of(graph, place);
    text.append("  ").append(name).append("[\"").append(version.timestamp());
    text.append("<br/>").append(version.id()).append('…');
    if (!marks.isEmpty()) {
      text.append("<br/>").append(String.join(", ", marks));
    }
    text.append("\"]\n");
    if (version.parent() != VersionNode.NONE) {
      text.append("  v").append(version.parent() + 1).append(" --> ").append(name).append('\n');
    } else if (!version.missingParent().isEmpty()) {
      text.append("  m").append(place + 1).append("([\"missing<br/>");
      text.append(version.missingParent()).append("…\"]) -.-> ").append(name).append('\n');
      text.append("  class m").append(place + 1).append(" missing\n");
    }
    marks.forEach(
        mark -> text.append("  class ").append(name).append(' ').append(mark).append('\n'));
  }

  /**
   * The text for a double-quoted YAML string. All but plain characters are written as numbers, so
   * that nothing means anything to YAML, to Mermaid (whose directives begin with percent signs) or
   * to HTML.
   */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .map(c -> Html.isShown(c) ? c : 0xFFFD)
        .forEach(
            c -> {
              if (c < 128 && (Character.isLetterOrDigit(c) || PLAIN.indexOf(c) >= 0)) {
                escaped.append((char) c);
              } else {
                escaped.append(c > 0xFFFF ? "\\U%08X".formatted(c) : "\\u%04X".formatted(c));
              }
            });
    return escaped.toString();
  }
}
