package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/** What is remarkable about a version, in words that serve as names of styles too. */
final class Marks {
  static final String TIP = "tip";
  static final String FORK = "fork";
  static final String TOMBSTONE = "tombstone";
  static final String INVALID = "invalid";

  private Marks() {}

  static List<String> of(VersionGraph graph, int place) {
    VersionNode version = graph.versions().get(place);
    List<String> marks = new ArrayList<>();
    add(marks, TIP, version.tip());
    add(marks, FORK, graph.isFork(place));
    add(marks, TOMBSTONE, version.deleted());
    add(marks, INVALID, !version.valid());
    return marks;
  }

  private static void add(List<String> marks, String mark, boolean applies) {
    if (applies) {
      marks.add(mark);
    }
  }
}
