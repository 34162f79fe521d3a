package io.rowseal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Resident memory of a backend on this machine, in bytes.
 *
 * @param rss all resident pages
 * @param pss shared pages counted in parts
 */
record Memory(double rss, double pss) {

  static Memory of(String pid) throws IOException {
    Path file = Path.of("/proc", pid, "smaps_rollup");
    return new Memory(field(file, "Rss:"), field(file, "Pss:"));
  }

  Memory minus(Memory other) {
    return new Memory(rss - other.rss, pss - other.pss);
  }

  /** Lets the peak start again from what is resident now. */
  static void resetPeak(String pid) throws IOException {
    Files.writeString(Path.of("/proc", pid, "clear_refs"), "5");
  }

  static double peak(String pid) throws IOException {
    return field(Path.of("/proc", pid, "status"), "VmHWM:");
  }

  private static double field(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return 1024 * Double.parseDouble(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException(file + " has no field " + name);
  }
}
