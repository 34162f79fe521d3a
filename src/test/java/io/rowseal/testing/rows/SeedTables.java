package io.rowseal.testing.rows;

import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;

/** The tables of the seed. */
public final class SeedTables {
  private SeedTables() {}

  public static void seed(TestDatabase database, String algorithm) throws SQLException {
    database.run(
        "CREATE TABLE user_cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea,"
            + " crypt_pkey bytea, crypt_cert bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "CREATE TABLE user_storage (user_hash bytea, uuid uuid, value_b64 bytea, deleted_flag boolean,"
            + " parent_sign_b64 bytea, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, uuid))");
    database.run(
        "SELECT rowseal.protect_identities('user_cards', algorithm => '" + algorithm + "')");
    database.run("SELECT rowseal.protect('user_storage', identities => 'user_cards')");
  }

  public static void buckitUp(TestDatabase database) throws SQLException {
    database.run(
        "CREATE TABLE user_cards (user_hash text PRIMARY KEY, sign_pkey bytea NOT NULL, contact_pkey bytea NOT NULL,"
            + " contact_cert bytea NOT NULL, crypt_pkey bytea NOT NULL, crypt_cert bytea NOT NULL, name text NOT NULL,"
            + " deleted_flag boolean NOT NULL, owner_timestamp bigint NOT NULL, sign_b64 bytea)");
    database.run(
        "CREATE TABLE user_storage (user_hash text, uuid uuid, value_b64 bytea NOT NULL, deleted_flag boolean NOT NULL,"
            + " parent_sign_hash text, owner_timestamp bigint NOT NULL, sign_b64 bytea, sign_hash text,"
            + " PRIMARY KEY (user_hash, uuid))");
    database.run(
        "SELECT rowseal.protect_identities('user_cards', algorithm => 'ML-DSA-87', owner_prefix => 'u_', format => 'buckitup')");
    database.run(
        "SELECT rowseal.protect('user_storage', identities => 'user_cards', format => 'buckitup',"
            + " version_hash => 'SHA3-512', version_prefix => 'uss_')");
  }

  /** The INSERT that takes a row as JSON. */
  public static String insert(String table) {
    return "INSERT INTO "
        + table
        + " SELECT * FROM jsonb_populate_record(NULL::"
        + table
        + ", ?::jsonb)";
  }
}
