package io.rowseal.bench;

import java.util.List;
import java.util.stream.IntStream;

/** What one side of a comparison took, in seconds (or bytes), one value a run. */
record Samples(List<Double> values) {
  Samples {
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
    values = List.copyOf(values);
  }

  double median() {
    List<Double> sorted = sorted();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The value that a share of the samples does not exceed. */
  double percentile(double share) {
    List<Double> sorted = sorted();
    int rank = (int) Math.ceil(share * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }

  /** All values, or where they are many, the 0th to 100th percentile. */
  List<Double> few() {
    return values.size() <= 101
        ? values
        : IntStream.rangeClosed(0, 100).mapToObj(i -> percentile(i / 100.0)).toList();
  }

  private List<Double> sorted() {
    return values.stream().sorted().toList();
  }
}
