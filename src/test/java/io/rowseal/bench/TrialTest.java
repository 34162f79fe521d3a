package io.rowseal.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the benchmarks count with. */
class TrialTest {

  @Test
  void sidesAlternateAndTheFirstRunIsDiscarded() throws Exception {
    List<String> order = new ArrayList<>();
    double[] next = {0};
    Trial.Side counting = () -> next[0]++;
    Map<String, Samples> samples =
        new Trial()
            .side("a", () -> order.add("a") ? counting.run() : 0)
            .side("b", () -> order.add("b") ? counting.run() : 0)
            .run(2);
    assertEquals(List.of("a", "b", "a", "b", "a", "b"), order);
    assertEquals(List.of(2.0, 4.0), samples.get("a").values());
    assertEquals(List.of(3.0, 5.0), samples.get("b").values());
  }

  @Test
  void medianAndPercentile() {
    assertEquals(2, new Samples(List.of(3.0, 1.0, 2.0)).median());
    assertEquals(2.5, new Samples(List.of(4.0, 1.0, 2.0, 3.0)).median());
    assertEquals(4, new Samples(List.of(4.0, 1.0, 2.0, 3.0)).percentile(0.99));
    assertEquals(2, new Samples(List.of(4.0, 1.0, 2.0, 3.0)).percentile(0.5));
  }

  @Test
  void goalsIncludeTheirBounds() {
    assertTrue(Goal.atLeast(0.9).reached().test(0.9));
    assertFalse(Goal.atLeast(0.9).reached().test(0.89));
    assertTrue(Goal.atMost(0.45).reached().test(0.45));
    assertFalse(Goal.atMost(0.45).reached().test(0.46));
  }

  @Test
  void whatWasNotRunMeetsNoGoal() {
    Line line = Line.notRun(6, "audit", "a reason");
    assertEquals("not run", line.verdict());
    assertEquals("a reason", line.note());
  }
}
