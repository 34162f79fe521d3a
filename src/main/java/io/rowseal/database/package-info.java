/** The ports through which the rest of Rowseal meets PostgreSQL; a host implements them. */
package io.rowseal.database;
