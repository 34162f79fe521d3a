package io.rowseal.audit;

import java.util.Arrays;
import java.util.List;

/** A version graph as a picture: time runs to the right, each branch has a line of its own. */
final class GraphSvg {
  private static final int STEP = 118;
  private static final int LINE = 62;
  private static final int BOX_WIDTH = 96;
  private static final int BOX_HEIGHT = 40;
  private static final int MARGIN = 12;

  private final VersionGraph graph;
  private final int[] depths;
  private final int[] lines;
  private final StringBuilder svg = new StringBuilder();

  private GraphSvg(VersionGraph graph) {
    this.graph = graph;
    this.depths = graph.depths();
    this.lines = graph.lines();
  }

  static String of(VersionGraph graph) {
    return new GraphSvg(graph).draw();
  }

  private String draw() {
    int width = (1 + max(depths)) * STEP + 2 * MARGIN;
    int height = (1 + max(lines)) * LINE + 2 * MARGIN;
    svg.append(
        "<svg class=\"graph\" role=\"img\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
            .formatted(width, height, width, height));
    for (int i = 0; i < depths.length; i++) {
      link(i);
    }
    for (int i = 0; i < depths.length; i++) {
      box(i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void link(int place) {
    VersionNode version = graph.versions().get(place);
    if (version.parent() != VersionNode.NONE) {
      int fromX = x(version.parent()) + BOX_WIDTH;
      int toX = x(place);
      int middle = (fromX + toX) / 2;
      svg.append(
          "<path class=\"link\" d=\"M%d %d C%d %d %d %d %d %d\"/>\n"
              .formatted(
                  fromX,
                  middleY(version.parent()),
                  middle,
                  middleY(version.parent()),
                  middle,
                  middleY(place),
                  toX,
                  middleY(place)));
    } else if (!version.missingParent().isEmpty()) {
      svg.append(
          "<path class=\"link missing\" d=\"M%d %d h%d\"><title>parent %s… is missing</title></path>\n"
              .formatted(0, middleY(place), x(place), Html.escaped(version.missingParent())));
    }
  }

  private void box(int place) {
    VersionNode version = graph.versions().get(place);
    List<String> marks = Marks.of(graph, place);
    svg.append(
        "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>"
            .formatted(String.join(" ", marks), x(place), y(place), BOX_WIDTH, BOX_HEIGHT));
    text(place, 16, "time", version.timestamp());
    text(place, 31, "id", version.id().substring(0, Math.min(8, version.id().length())) + "…");
    svg.append("<title>%s</title></g>\n".formatted(title(version, marks)));
  }

  private void text(int place, int down, String style, String value) {
    svg.append(
        "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>"
            .formatted(style, x(place) + BOX_WIDTH / 2, y(place) + down, Html.escaped(value)));
  }

  private static String title(VersionNode version, List<String> marks) {
    String remark = marks.isEmpty() ? "" : " (" + String.join(", ", marks) + ")";
    return Html.escaped(version.id() + "… at " + version.timestamp() + remark);
  }

  private int x(int place) {
    return MARGIN + depths[place] * STEP;
  }

  private int y(int place) {
    return MARGIN + lines[place] * LINE;
  }

  private int middleY(int place) {
    return y(place) + BOX_HEIGHT / 2;
  }

  private static int max(int[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
