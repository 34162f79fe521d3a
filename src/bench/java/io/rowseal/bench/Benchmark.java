package io.rowseal.bench;

/** Measures one or more rows of the specification's table. */
interface Benchmark {

  void run(Stage stage, Findings findings) throws Exception;
}
