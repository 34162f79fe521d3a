package io.rowseal.host;

import io.rowseal.error.RefusedException;

/**
 * Whatever goes wrong, as an SQL error.
 *
 * @param sqlState its code
 * @param message what the client reads
 */
public record Failure(String sqlState, String message) {
  private static final String INTERNAL_ERROR = "XX000";
  private static final String OUT_OF_MEMORY = "53200";

  /** What a host tells the client about something thrown. */
  public static Failure of(Throwable thrown) {
    if (thrown instanceof RefusedException refused) {
      return new Failure(refused.refusal().sqlState(), refused.getMessage());
    }
    if (thrown instanceof OutOfMemoryError) {
      return new Failure(OUT_OF_MEMORY, "the Java heap is too small for this row; raise -Xmx");
    }
    return new Failure(INTERNAL_ERROR, "internal error: " + thrown);
  }
}
