package io.rowseal.ordering;

/**
 * What orders the versions of one key.
 *
 * @param ownerTimestamp the owner's word; any number, of any unit, that the owner lets grow
 * @param signature breaks ties, for it differs between any two versions that honest owners make
 */
public record Version(long ownerTimestamp, byte[] signature) {}
