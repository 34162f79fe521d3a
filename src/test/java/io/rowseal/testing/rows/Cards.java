package io.rowseal.testing.rows;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;

/** The identity table {@code card}, whose rows are {@link Owner#card}. */
public final class Cards {
  public static final CreateTable TABLE =
      CreateTable.named("card")
          .column("user_hash", "bytea")
          .column("sign_pkey", "bytea")
          .column("name", "text")
          .column("deleted_flag", "boolean")
          .column("owner_timestamp", "bigint")
          .column("sign_b64", "bytea")
          .key("user_hash");
  public static final Protection PROTECTION = Protection.ofIdentities("card");

  static final TableDescription DESCRIPTION =
      TableDescription.of("card")
          .column("user_hash", ValueKind.BYTES)
          .column("sign_pkey", ValueKind.BYTES)
          .column("name", ValueKind.TEXT)
          .column("deleted_flag", ValueKind.BOOLEAN)
          .column("owner_timestamp", ValueKind.INTEGER)
          .publicKey("sign_pkey");

  private Cards() {}

  public static Insert insert(Row card) {
    return Insert.into("card").row(card);
  }
}
