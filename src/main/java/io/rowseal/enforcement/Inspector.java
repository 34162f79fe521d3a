package io.rowseal.enforcement;

import io.rowseal.database.Database;
import io.rowseal.database.Query;
import io.rowseal.database.RowImage;
import io.rowseal.database.TableColumn;
import io.rowseal.encoding.ValueKind;
import io.rowseal.error.RefusedException;
import io.rowseal.ordering.OrderingDecision;
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
  /**
   * Bytes of a message that an explanation shows: all of most rows, post-quantum cards included.
   */
  private static final int LONGEST_SHOWN = 16384;

  private final Enforcer enforcer;

  public Inspector(Enforcer enforcer) {
    this.enforcer = enforcer;
  }

  /**
   * Verifies all stored rows of one table, not of its partitions.
   *
   * @param settings of its triggers
   * @param relation the table or a partition of it, quoted for SQL
   * @return how many there are
   * @throws RefusedException the first bad row's, with its key
   */
  public long checkRows(Database database, String settings, String relation) {
    Policy policy = enforcer.policy(database, settings);
    ProtectedTable table = new ProtectedTable(policy, place(policy));
    Query all = select(policy, " FROM ONLY " + relation + " AS r").build();
    long[] rows = {0};
    database.scan(
        all,
        found -> {
          rows[0]++;
          Object[] row = RowImage.decode((byte[]) found[0], policy.image());
          try {
            enforcer.verify(database, policy, row);
          } catch (RefusedException refused) {
            throw refused.at(table.place(row));
          }
        });
    return rows[0];
  }

  /** The message of a row that is given as JSON. */
  public byte[] payload(Database database, String settings, String json) {
    Policy policy = enforcer.policy(database, settings);
    return policy.message(row(database, policy, json));
  }

  /**
   * The steps of {@code explain}: check, {@code t} or {@code f}, finding; it ends with the first
   * failure.
   */
  public String[] explain(Database database, String settings, String json) {
    Settings read = Settings.read(database, settings);
    Policy policy = enforcer.policy(database, settings);
    Object[] row = row(database, policy, json);
    Steps steps = new Steps();
    steps.passed("settings", settingsInWords(read));
    VerificationKey[] key = {null};
    boolean accepted =
        steps.check("message", () -> shown(policy.message(row)))
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
      steps.passed("order", order(database, policy, row));
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

  private static String shown(byte[] message) {
    HexFormat hex = HexFormat.of();
    return message.length <= LONGEST_SHOWN
        ? hex.formatHex(message)
        : hex.formatHex(message, 0, LONGEST_SHOWN)
            + "… ("
            + message.length
            + " bytes; rowseal.payload gives them all)";
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

  private static String order(Database database, Policy policy, Object[] given) {
    Object[] row = policy.complete(given);
    ProtectedTable data = new ProtectedTable(policy, policy.data());
    ProtectedTable.Stored tip = data.stored(database, row);
    if (policy.layout() == Policy.Layout.ONE_TABLE) {
      return tip == null
          ? "the version is new: it would be stored beside the others"
          : "the version is stored already: nothing would be written";
    }
    if (tip == null) {
      return "the key is new: the row would be stored";
    }
    String than = "the stored version of owner_timestamp " + tip.version().ownerTimestamp();
    boolean archives = policy.layout() == Policy.Layout.TWO_TABLES;
    return switch (OrderingDecision.of(data.version(row), tip.version()).outcome()) {
      case NEWER ->
          "newer than "
              + than
              + ": the row would replace it"
              + (archives ? ", which is kept as a version" : "");
      case SAME -> "the same as " + than + ": nothing would be written";
      case OLDER ->
          "older than "
              + than
              + ": the row would be "
              + (archives ? "kept as a version" : policy.staleIsError() ? "refused" : "ignored");
    };
  }

  private static Policy.Place place(Policy policy) {
    return policy.ofVersions() ? policy.versions() : policy.data();
  }

  private static Object[] row(Database database, Policy policy, String json) {
    String table = place(policy).name();
    Query query =
        select(policy, " FROM pg_catalog.jsonb_populate_record(NULL::" + table + ", ")
            .parameter(ValueKind.TEXT)
            // The constant makes a kept plan depend on the table: one of a dropped table must not
            // serve its successor.
            .text(
                "::pg_catalog.jsonb) AS r WHERE '"
                    + table.replace("'", "''")
                    + "'::pg_catalog.regclass IS NOT NULL")
            .build();
    return RowImage.decode((byte[]) database.rows(query, json).get(0)[0], policy.image());
  }

  private static Query.Builder select(Policy policy, String from) {
    return Query.builder().text("SELECT " + place(policy).image() + from).result(ValueKind.BYTES);
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
