package io.rowseal.bench;

import io.rowseal.signature.VerificationKey;
import io.rowseal.testing.rows.Owner;
import java.util.HexFormat;
import java.util.UUID;

/** A row of the seed's {@code user_storage}, and what a verifier needs to judge it by itself. */
record SignedRow(
    Owner owner,
    byte[] ownerId,
    UUID uuid,
    byte[] value,
    byte[] parent,
    long timestamp,
    byte[] signature,
    byte[] message,
    VerificationKey key) {

  static final String COLUMNS =
      "user_hash bytea, uuid uuid, value_b64 bytea, deleted_flag boolean, parent_sign_b64 bytea,"
          + " owner_timestamp bigint, sign_b64 bytea";

  void verify() {
    key.verify(message, signature);
  }

  Object[] values() {
    return new Object[] {ownerId, uuid, value, false, parent, timestamp, signature};
  }

  /** As a line of COPY's text format. */
  String copyLine() {
    return bytea(ownerId)
        + "\t"
        + uuid
        + "\t"
        + bytea(value)
        + "\tf\t"
        + (parent == null ? "\\N" : bytea(parent))
        + "\t"
        + timestamp
        + "\t"
        + bytea(signature)
        + "\n";
  }

  static String bytea(byte[] bytes) {
    return "\\\\x" + HexFormat.of().formatHex(bytes);
  }
}
