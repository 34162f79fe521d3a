package io.rowseal.testing.sql;

/** Stands in the place of a value for what PostgreSQL is to work out. */
public record Expression(String sql) {}
