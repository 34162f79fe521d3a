/** The bytes that are signed, made from a row image. */
package io.rowseal.encoding;
