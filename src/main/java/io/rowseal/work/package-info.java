/** Pure work on several cores. */
package io.rowseal.work;
