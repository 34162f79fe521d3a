package io.rowseal.bench;

import java.util.Locale;

/** The plots that go with the table. */
enum Plot {
  BULK("Bulk first delivery", "µs per row"),
  BULK_HELPERS("Bulk delivery by helpers", "µs per row"),
  SINGLE("One row per transaction", "µs, median"),
  REDELIVERY("First delivery and redelivery", "µs per row"),
  VERSIONS("New versions, tip archived", "µs per row"),
  FIRST_WRITE_TIME("First write of a connection", "ms"),
  FIRST_WRITE_MEMORY("Resident memory that the first write adds", "MB"),
  AUDIT("Audit", "µs per row"),
  PEERS("Peers doing the same job", "µs per row"),
  GROWTH_TABLE("Delivery into a growing table", "µs per row", "rows in the table"),
  GROWTH_AUDIT("Audit of a growing table", "µs per row", "rows in the table"),
  GROWTH_HISTORY(
      "New version of a key with a growing history", "µs per row", "versions of the key"),
  GROWTH_VALUE(
      "Delivery of growing values", "time, as a multiple of its limit", "bytes of the value");

  final String title;
  final String unit;

  /** Null for bars. */
  final String across;

  Plot(String title, String unit) {
    this(title, unit, null);
  }

  Plot(String title, String unit, String across) {
    this.title = title;
    this.unit = unit;
    this.across = across;
  }

  String file() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-') + ".svg";
  }
}
