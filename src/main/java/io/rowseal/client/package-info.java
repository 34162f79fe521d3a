/**
 * For applications in Java, outside the database. {@link io.rowseal.client.RowSigner} signs rows,
 * {@link io.rowseal.client.RowVerifier} verifies them, {@link io.rowseal.client.JdbcTable} reads
 * and writes them. It is the artifact with the classifier {@code client}; the extension has nothing
 * of it.
 */
package io.rowseal.client;
