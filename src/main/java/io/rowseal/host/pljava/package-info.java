/** The adapter for PL/Java. */
package io.rowseal.host.pljava;
