/** Looks at what is stored: verifies it again, digests it, and shows how versions hang together. */
package io.rowseal.audit;
