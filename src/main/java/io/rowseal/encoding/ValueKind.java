package io.rowseal.encoding;

/**
 * The four shapes in which a column's value is signed. Every PostgreSQL type maps to exactly one (a
 * domain as its base type), so a row image is an array of these, with {@code null} for NULL.
 */
public enum ValueKind {
  /** {@code bytea}: {@code byte[]}. */
  BYTES,
  /** {@code boolean}: {@link Boolean}. */
  BOOLEAN,
  /** {@code smallint}, {@code integer}, {@code bigint}: {@link Long}. */
  INTEGER,
  /** Every other type, as PostgreSQL prints it: {@link String}. */
  TEXT
}
