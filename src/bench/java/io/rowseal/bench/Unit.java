package io.rowseal.bench;

import java.util.Locale;

/** Numbers as people read them. */
final class Unit {
  private Unit() {}

  static String time(double seconds) {
    if (seconds >= 1) {
      return format("%.2f s", seconds);
    }
    return seconds >= 1e-3 ? format("%.1f ms", seconds * 1e3) : format("%.1f µs", seconds * 1e6);
  }

  static String memory(double bytes) {
    return format("%.1f MB", bytes / 1e6);
  }

  static String size(long bytes) {
    if (bytes >= 1_000_000) {
      return bytes / 1_000_000 + " MB";
    }
    return bytes >= 1_000 ? bytes / 1_000 + " kB" : bytes + " B";
  }

  static String ratio(double value) {
    return format("%.2f", value);
  }

  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
