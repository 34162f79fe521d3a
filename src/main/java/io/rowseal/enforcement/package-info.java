/** The way through for one write: recognise, check, verify, order, act. */
package io.rowseal.enforcement;
