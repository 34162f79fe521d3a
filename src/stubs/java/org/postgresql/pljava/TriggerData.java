package org.postgresql.pljava;

import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * The part of PL/Java's interface that Rowseal touches, so that it compiles where PL/Java is not installed. Never
 * shipped: in a server, PL/Java's own interface of this name is used.
 */
public interface TriggerData {
  ResultSet getNew() throws SQLException;

  String getSchemaName() throws SQLException;

  String getTableName() throws SQLException;

  void suppress() throws SQLException;
}
