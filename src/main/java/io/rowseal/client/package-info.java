/**
 * Makes signed rows outside the database: for applications that are written in Java, and for tests.
 */
package io.rowseal.client;
