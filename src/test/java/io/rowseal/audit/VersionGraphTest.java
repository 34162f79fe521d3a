package io.rowseal.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Version graphs and their pictures. */
class VersionGraphTest {
  private static final int NONE = VersionNode.NONE;
  private static final String HOSTILE =
      "\"]\n---\n%%{init: {}}%%</title><script>alert(1)</script>&amp;' \u202e\u0001 ü 😀";

  /** One after the other, then a fork, of which one branch is the tip and one a tombstone. */
  private static VersionGraph forked() {
    return VersionGraph.of(
        List.of(
            new VersionNode("aa", NONE, "", "1", false, false, true),
            new VersionNode("bb", 0, "", "2", false, false, true),
            new VersionNode("cc", 1, "", "3", true, false, true),
            new VersionNode("dd", 1, "", "4", false, true, false),
            new VersionNode("ee", NONE, "ff", "5", false, false, true)));
  }

  @Test
  void depthIsTheNumberOfAncestors() {
    assertArrayEquals(new int[] {0, 1, 2, 2, 0}, forked().depths());
  }

  @Test
  void parentMayStandBehindItsChild() {
    assertArrayEquals(new int[] {2, 1, 0}, VersionGraph.depths(new int[] {1, 2, NONE}));
  }

  @Test
  void ringsEnd() {
    assertArrayEquals(new int[] {0}, VersionGraph.depths(new int[] {0}));
    int[] depths = VersionGraph.depths(new int[] {1, 2, 0, 0});
    assertEquals(3, IntStream.of(depths[0], depths[1], depths[2]).distinct().count());
    assertEquals(depths[0] + 1, depths[3]);
  }

  @Test
  void longHistoryNeedsNoDeepStack() {
    int[] parents = IntStream.range(0, 200_000).map(i -> i + 1).toArray();
    parents[199_999] = NONE;
    assertEquals(199_999, VersionGraph.depths(parents)[0]);
  }

  @Test
  void forkHasSeveralFollowers() {
    VersionGraph graph = forked();
    assertTrue(graph.isFork(1));
    assertFalse(graph.isFork(0));
  }

  @Test
  void eachBranchHasItsLine() {
    assertArrayEquals(new int[] {0, 0, 0, 2, 1}, forked().lines());
  }

  @Test
  void mermaidMarksTipForkTombstoneInvalidAndMissing() {
    String text = Mermaid.of(forked(), "t");
    for (String line :
        List.of(
            "flowchart LR",
            "  v1[\"1<br/>aa…\"]",
            "  v2[\"2<br/>bb…<br/>fork\"]",
            "  v1 --> v2",
            "  v2 --> v3",
            "  v2 --> v4",
            "  class v2 fork",
            "  class v3 tombstone",
            "  class v4 tip",
            "  class v4 invalid",
            "  m5([\"missing<br/>ff…\"]) -.-> v5")) {
      assertTrue(text.lines().anyMatch(line::equals), line + " in\n" + text);
    }
  }

  @Test
  void mermaidTitleIsPlainWhateverItSays() {
    String title =
        Mermaid.of(VersionGraph.of(List.of()), HOSTILE).lines().skip(1).findFirst().get();
    assertTrue(title.matches("title: \"[ .,:_\\-A-Za-z0-9\\\\]*\""), title);
    assertTrue(title.endsWith("\\uFFFD\\uFFFD \\u00FC \\U0001F600\""), title);
  }
}
