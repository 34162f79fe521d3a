package io.rowseal.database;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One way to run SQL, in the transaction of the call that is being served. */
public interface Database {

  /**
   * Runs a query and hands over its rows one by one, so that a table need not fit into memory.
   *
   * @param query what to run
   * @param row receives the values in the kinds that the query states, {@code null} for NULL
   * @param parameters in the kinds that the query states
   * @throws RuntimeException the host's own, for an SQL error; it must reach the host again, since
   *     the transaction is unusable until PostgreSQL has rolled back
   */
  void scan(Query query, Consumer<Object[]> row, Object... parameters);

  /** Runs a statement that changes rows, and says how many. */
  long execute(Query statement, Object... parameters);

  /** The rows of a query that is known to have few. */
  default List<Object[]> rows(Query query, Object... parameters) {
    List<Object[]> rows = new ArrayList<>();
    scan(query, rows::add, parameters);
    return rows;
  }
}
