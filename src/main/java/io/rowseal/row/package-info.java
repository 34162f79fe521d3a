/** Rows as PostgreSQL hands them over, and what a row answers by its own. Pure values. */
package io.rowseal.row;
