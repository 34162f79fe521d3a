/** What {@code protect} recorded for a table, checked once and in the form that is used. */
package io.rowseal.policy;
