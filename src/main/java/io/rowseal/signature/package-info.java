/**
 * Signature algorithms, keys and digests. Cryptography is Bouncy Castle's, which is imported here
 * only.
 */
package io.rowseal.signature;
