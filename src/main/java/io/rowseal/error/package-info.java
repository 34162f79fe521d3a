/** Every refusal: its SQLSTATE, its meaning, and the one exception that carries it. */
package io.rowseal.error;
