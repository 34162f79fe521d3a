package io.rowseal.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the sides of a comparison in turn, so that whatever slows the machine slows them all. */
final class Trial {

  /** One side. It may prepare and tidy up as long as it likes: it says itself what it took. */
  @FunctionalInterface
  interface Side {
    double run() throws Exception;
  }

  private final Map<String, Side> sides = new LinkedHashMap<>();

  Trial side(String name, Side side) {
    sides.put(name, side);
    return this;
  }

  /** Samples by side; one more run than asked for, of which the first is discarded. */
  Map<String, Samples> run(int runs) throws Exception {
    Map<String, List<Double>> taken = new LinkedHashMap<>();
    for (int run = 0; run <= runs; run++) {
      for (Map.Entry<String, Side> side : sides.entrySet()) {
        double value = side.getValue().run();
        if (run > 0) {
          taken.computeIfAbsent(side.getKey(), name -> new ArrayList<>()).add(value);
        }
      }
    }
    Map<String, Samples> samples = new LinkedHashMap<>();
    taken.forEach((name, values) -> samples.put(name, new Samples(values)));
    return samples;
  }
}
