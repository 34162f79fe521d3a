package io.rowseal.enforcement;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Settings;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The policies of protected tables. Settings with one fingerprint never change: a change is a new
 * fingerprint, which reaches every backend with the trigger that carries it.
 */
final class Policies {
  private static final int KEPT = 256;

  private static final ByteBuffer NOBODY = ByteBuffer.allocate(0);

  private static final Query SETTINGS =
      Query.builder()
          .text("SELECT rowseal._settings(")
          .parameter(ValueKind.TEXT)
          .text(", ")
          .parameter(ValueKind.INTEGER)
          .text(", ")
          .parameter(ValueKind.INTEGER)
          .text(")")
          .result(ValueKind.TEXT)
          .build();

  /** The role belongs to it: settings that one role may use say nothing for another. */
  private record Id(ByteBuffer role, long relation, long fingerprint) {
    // By hand, here and in OwnerKeys, since a record's own make classes in every new connection.
    @Override
    public boolean equals(Object other) {
      return other instanceof Id id
          && fingerprint == id.fingerprint
          && relation == id.relation
          && role.equals(id.role);
    }

    @Override
    public int hashCode() {
      return Long.hashCode(fingerprint);
    }
  }

  private final Map<Id, ProtectedRows> tables = new HashMap<>();
  private final Map<String, Policy> policies = new HashMap<>();

  /**
   * What is protected in a relation.
   *
   * @param role name of the calling role, which must own the relation, in UTF-8
   */
  ProtectedRows rows(Database database, byte[] role, long relation, long fingerprint) {
    Id id = new Id(role == null ? NOBODY : ByteBuffer.wrap(role), relation, fingerprint);
    ProtectedRows rows = tables.get(id);
    if (rows == null) {
      rows = new ProtectedRows(policy(database, settings(database, id)));
      tables.put(id, rows);
    }
    return rows;
  }

  /** The policy that a settings text states; one object for each text. */
  Policy policy(Database database, String settings) {
    Policy policy = policies.get(settings);
    if (policy == null) {
      policy = Policy.of(Settings.read(database, settings));
      if (policies.size() >= KEPT) {
        policies.clear();
        tables.clear();
      }
      policies.put(settings, policy);
    }
    return policy;
  }

  private static String settings(Database database, Id id) {
    List<Object[]> found =
        database.rows(
            SETTINGS,
            UTF_8.decode(id.role().duplicate()).toString(),
            id.relation(),
            id.fingerprint());
    if (found.get(0)[0] == null) {
      throw Refusal.CONFIGURATION.because(
          "the triggers of the table with OID "
              + id.relation()
              + " are not as protect made them; call protect again");
    }
    return (String) found.get(0)[0];
  }
}
