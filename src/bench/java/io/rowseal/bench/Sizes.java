package io.rowseal.bench;

import io.rowseal.signature.SignatureAlgorithm;
import java.util.List;

/**
 * How much is measured.
 *
 * @param runs that count; one more is made and discarded
 * @param owners among whom rows are shared out
 * @param bulk rows of one bulk delivery, Ed25519
 * @param postQuantumBulk the same, ML-DSA-87
 * @param singles transactions of one row each, per run
 * @param audited rows of the audited table
 * @param tables sizes that a table grows to, in rows
 * @param batch rows that are delivered to a table of each size
 * @param depths lengths that a history grows to, in versions
 * @param keys whose history grows
 * @param values value sizes
 * @param checkedByPeer rows that the peer in Node checks
 * @param jmhMillis that JMH spends on each iteration
 */
record Sizes(
    String name,
    int runs,
    int owners,
    int bulk,
    int postQuantumBulk,
    int singles,
    int audited,
    List<Integer> tables,
    int batch,
    List<Integer> depths,
    int keys,
    List<Value> values,
    int checkedByPeer,
    int jmhMillis) {

  /** So many rows with a value of so many bytes. */
  record Value(int bytes, int rows) {}

  static final int VALUE_BYTES = 200;

  static final Sizes FULL =
      new Sizes(
          "full",
          5,
          100,
          50_000,
          50_000,
          2_000,
          100_000,
          List.of(10_000, 100_000, 1_000_000),
          10_000,
          List.of(1, 10, 100, 1_000, 10_000),
          200,
          List.of(
              new Value(100, 5_000),
              new Value(10_000, 2_000),
              new Value(1_000_000, 20),
              new Value(10_000_000, 4)),
          1_000,
          1_000);

  static final Sizes QUICK =
      new Sizes(
          "quick",
          5,
          50,
          2_000,
          1_000,
          300,
          5_000,
          List.of(1_000, 5_000, 20_000),
          1_000,
          List.of(1, 10, 100),
          100,
          List.of(
              new Value(100, 500),
              new Value(10_000, 200),
              new Value(1_000_000, 4),
              new Value(10_000_000, 1)),
          60,
          100);

  /** Shows that everything runs; the figures mean nothing. */
  static final Sizes TINY =
      new Sizes(
          "tiny",
          1,
          3,
          60,
          40,
          30,
          50,
          List.of(50, 100),
          20,
          List.of(1, 5),
          10,
          List.of(new Value(100, 4), new Value(10_000_000, 1)),
          10,
          20);

  int bulk(SignatureAlgorithm algorithm) {
    return algorithm == SignatureAlgorithm.ED25519 ? bulk : postQuantumBulk;
  }
}
