package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.Relation;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
import io.rowseal.ordering.Version;
import io.rowseal.policy.Policy;
import io.rowseal.policy.Settings;
import io.rowseal.signature.VerificationKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Looks at rows as enforcement would, and writes nothing. */
public final class Inspector {
  private final Enforcer enforcer;

  public Inspector(Enforcer enforcer) {
    this.enforcer = enforcer;
  }

  /**
   * Verifies all stored rows of one table, not of its partitions.
   *
   * @return how many there are
   * @throws RefusedException the first bad row's, with its key
   */
  public long checkRows(Database database, String settings, Relation relation) {
    Policy policy = enforcer.policy(database, settings);
    ProtectedTable table = new ProtectedTable(relation, policy);
    Query all = select(policy, " FROM ONLY " + relation.sql()).build();
    long[] rows = {0};
    database.scan(
        all,
        row -> {
          rows[0]++;
          try {
            enforcer.verify(database, policy, row);
          } catch (RefusedException refused) {
            throw refused.at(table.place(row));
          }
        });
    return rows[0];
  }

  /** The message of a row that is given as JSON. */
  public byte[] payload(Database database, String settings, Relation relation, String json) {
    Policy policy = enforcer.policy(database, settings);
    return policy.message(row(database, policy, relation, json));
  }

  /**
   * The steps of {@code explain}: check, {@code t} or {@code f}, finding; it ends with the first
   * failure.
   */
  public String[] explain(Database database, String settings, Relation relation, String json) {
    Settings read = Settings.read(database, settings);
    Policy policy = enforcer.policy(database, settings);
    ProtectedTable table = new ProtectedTable(relation, policy);
    Object[] row = row(database, policy, relation, json);
    Steps steps = new Steps();
    steps.passed("settings", settingsInWords(read));
    VerificationKey[] key = {null};
    boolean accepted =
        steps.check("message", () -> HexFormat.of().formatHex(policy.message(row)))
            && steps.check("shape", () -> shape(policy, row))
            && steps.check(
                "owner's key",
                () -> {
                  key[0] = key(database, policy, row);
                  return key[0].algorithm().label() + " key of this owner";
                })
            && steps.check(
                "signature",
                () -> {
                  key[0].verify(policy.message(row), (byte[]) row[policy.signature()]);
                  return "verifies over the message";
                });
    if (accepted) {
      steps.passed("order", order(table, table.version(row), table.storedVersion(database, row)));
    }
    return steps.texts();
  }

  private VerificationKey key(Database database, Policy policy, Object[] row) {
    return policy.holdsIdentities()
        ? enforcer.verifier().ownKey(policy, row)
        : enforcer.verifier().ownersKey(database, policy, row);
  }

  private static String shape(Policy policy, Object[] row) {
    policy.checkShape(row);
    return "nothing required is missing";
  }

  private static String settingsInWords(Settings settings) {
    return settings.required("format")
        + ", context '"
        + settings.required("context")
        + "', "
        + settings.required("algorithm")
        + ", signed columns "
        + settings.columns().stream().map(TableColumn::name).collect(Collectors.joining(", "));
  }

  private static String order(ProtectedTable table, Version incoming, Version stored) {
    if (stored == null) {
      return "the key is new: the row would be stored";
    }
    String than = "the stored version of owner_timestamp " + stored.ownerTimestamp();
    return switch (OrderingDecision.of(incoming, stored).outcome()) {
      case NEWER -> "newer than " + than + ": the row would replace it";
      case SAME -> "the same as " + than + ": nothing would be written";
      case OLDER ->
          "older than "
              + than
              + ": the row would be "
              + (table.policy().staleIsError() ? "refused" : "ignored");
    };
  }

  private static Object[] row(Database database, Policy policy, Relation relation, String json) {
    Query query =
        select(policy, " FROM pg_catalog.jsonb_populate_record(NULL::" + relation.sql() + ", ")
            .parameter(ValueKind.TEXT)
            // The constant makes a kept plan depend on the table: one of a dropped table must not
            // serve its successor.
            .text(
                "::pg_catalog.jsonb) WHERE "
                    + relation.literal()
                    + "::pg_catalog.regclass IS NOT NULL")
            .build();
    return database.rows(query, json).get(0);
  }

  private static Query.Builder select(Policy policy, String from) {
    Query.Builder query =
        Query.builder()
            .text("SELECT ")
            .text(policy.image().stream().map(TableColumn::read).collect(Collectors.joining(", ")))
            .text(from);
    policy.image().forEach(column -> query.result(column.kind()));
    return query;
  }

  private static final class Steps {
    private final List<String> texts = new ArrayList<>();

    void passed(String check, String finding) {
      texts.addAll(List.of(check, "t", finding));
    }

    boolean check(String check, Supplier<String> finding) {
      try {
        passed(check, finding.get());
        return true;
      } catch (RefusedException refused) {
        texts.addAll(
            List.of(check, "f", refused.refusal().sqlState() + " " + refused.getMessage()));
        return false;
      }
    }

    String[] texts() {
      return texts.toArray(String[]::new);
    }
  }
}
