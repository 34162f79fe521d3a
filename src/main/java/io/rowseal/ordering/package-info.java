/** Which of two versions wins. */
package io.rowseal.ordering;
