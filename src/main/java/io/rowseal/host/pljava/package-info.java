/** The adapter for PL/Java. It needs nothing of PL/Java's own: values come and go as Java's. */
package io.rowseal.host.pljava;
