package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import java.util.List;

/** The rows that several benchmarks use, signed once for all hosts. */
final class Material {
  final Owners classical;
  final Owners postQuantum;

  /** Enough for bulk deliveries, for single rows and for the audit. */
  final List<SignedRow> classicalRows;

  final List<SignedRow> postQuantumRows;

  Material(Sizes sizes) {
    classical = new Owners(SignatureAlgorithm.ED25519, sizes.owners());
    postQuantum = new Owners(SignatureAlgorithm.ML_DSA_87, sizes.owners());
    int singles = (sizes.runs() + 1) * sizes.singles();
    classicalRows =
        classical.rows(
            Math.max(singles, Math.max(sizes.bulk(), sizes.audited())), Sizes.VALUE_BYTES);
    postQuantumRows =
        postQuantum.rows(Math.max(singles, sizes.postQuantumBulk()), Sizes.VALUE_BYTES);
  }

  Owners owners(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm.ED25519 ? classical : postQuantum;
  }

  List<SignedRow> rows(SignatureAlgorithm algorithm, int count) {
    return (algorithm == SignatureAlgorithm.ED25519 ? classicalRows : postQuantumRows)
        .subList(0, count);
  }

  /**
   * What verifying takes in this JVM, which has no other work: the limit of what any host can do.
   */
  static double verify(List<SignedRow> rows) {
    long start = System.nanoTime();
    rows.forEach(SignedRow::verify);
    return (System.nanoTime() - start) / 1e9;
  }
}
