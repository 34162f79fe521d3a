package io.rowseal.host;

import java.util.HashMap;
import java.util.Map;

/**
 * Values that PostgreSQL printed for the trigger that runs next. A trigger's WHEN clause, evaluated
 * immediately before the trigger, leaves them here, since a host would hand over another text for
 * them.
 *
 * @param newRow column names and their texts in the row to be stored
 * @param oldRow the same in the row that is replaced
 */
public record Rendered(Map<String, String> newRow, Map<String, String> oldRow) {
  private static Rendered latest = new Rendered(Map.of(), Map.of());

  static void leave(String[] newRow, String[] oldRow) {
    latest = new Rendered(pairs(newRow), pairs(oldRow));
  }

  /** What was left last. */
  public static Rendered latest() {
    return latest;
  }

  private static Map<String, String> pairs(String[] texts) {
    Map<String, String> pairs = new HashMap<>();
    for (int i = 0; texts != null && i < texts.length; i += 2) {
      pairs.put(texts[i], texts[i + 1]);
    }
    return pairs;
  }
}
