package io.rowseal.host.pljava;

import java.io.Serial;
import java.sql.SQLException;

/**
 * Carries an SQL error of PostgreSQL's own through code that knows none, until the entry point
 * throws it again.
 */
final class SqlFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final SQLException error;

  SqlFailure(SQLException error) {
    super(error.getMessage(), error, false, false);
    this.error = error;
  }

  SQLException error() {
    return error;
  }
}
