/**
 * Java's side of the bridge: what Python hands over by JNI is brought to {@code
 * io.rowseal.host.EntryPoints} and back.
 */
package io.rowseal.host.bridge;
