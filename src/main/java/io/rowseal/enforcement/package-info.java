/**
 * The way through for one write: check the shape, verify, order, decide. Nothing here reads or
 * writes a table, and nothing is remembered but facts that cannot change.
 */
package io.rowseal.enforcement;
