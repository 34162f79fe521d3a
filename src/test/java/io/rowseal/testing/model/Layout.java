package io.rowseal.testing.model;

/** How a table keeps the versions of a row. */
public enum Layout {
  UNVERSIONED,
  TWO_TABLES,
  ONE_TABLE
}
