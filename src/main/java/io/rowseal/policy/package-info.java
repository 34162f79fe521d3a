/** What {@code protect} recorded for a table, read back from its trigger's argument. */
package io.rowseal.policy;
