package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.CreateTable;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/**
 * Tables of drawn types, and rows of drawn values, as they were signed, spelled otherwise, or with
 * something else in one column: what PostgreSQL prints as it was signed is let in, everything else
 * is refused with a code.
 *
 * <p>{@code -Drowseal.drawn=100000} tries so many rows on each host, {@code -Drowseal.seed=...}
 * brings back a run.
 */
@OnEachHost
class DrawnRowsIT {
  private static final int ROWS = 40;
  private static final int TABLES = Integer.getInteger("rowseal.drawn", 480) / ROWS;
  private static final long SEED = Long.getLong("rowseal.seed", new Random().nextLong());

  /** A value as a client may write it, and as PostgreSQL prints it. */
  record Value(Object written, Object printed) {
    static Value of(Object value) {
      return new Value(value, value);
    }
  }

  /** A column type and values of it, which all differ; several spellings of one stand in a row. */
  record Type(String name, ValueKind kind, List<Value> values) {
    static Type of(String name, ValueKind kind, Object... values) {
      return new Type(name, kind, List.of(values).stream().map(Value::of).toList());
    }

    /** Of texts, two for each value: as written, as printed. */
    static Type text(String name, String... pairs) {
      List<Value> values = new ArrayList<>();
      for (int i = 0; i < pairs.length; i += 2) {
        values.add(new Value(pairs[i], pairs[i + 1]));
      }
      return new Type(name, ValueKind.TEXT, values);
    }
  }

  private static final List<Type> TYPES =
      List.of(
          Type.of(
              "text", ValueKind.TEXT, "", "null", "a", "A", "ä", "a\u0308", "\ud83d\ude00", " "),
          Type.of("varchar(4)", ValueKind.TEXT, "", "ab", "ab  "),
          Type.text("char(4)", "ab", "ab  ", "ab  ", "ab  ", "b", "b   "),
          Type.of("bytea", ValueKind.BYTES, new byte[0], new byte[] {0}, new byte[300]),
          Type.of("boolean", ValueKind.BOOLEAN, true, false),
          Type.of("smallint", ValueKind.INTEGER, 0L, -1L, 32767L, -32768L),
          Type.of("int", ValueKind.INTEGER, 0L, 24L, 65536L, -2147483648L),
          Type.of("bigint", ValueKind.INTEGER, Long.MIN_VALUE, Long.MAX_VALUE, -1L, 1L << 53),
          Type.text("numeric", "1.10", "1.10", "1.1", "1.1", "1e2", "100", "-0", "0", "NaN", "NaN"),
          Type.text("numeric(5,2)", "1.1", "1.10", "1.10", "1.10", "1.11", "1.11"),
          Type.text("float8", "0.1", "0.1", "0.10", "0.1", "-0", "-0", "0", "0", "1e20", "1e+20"),
          Type.text(
              "uuid",
              "550E8400-E29B-41D4-A716-446655440000",
              "550e8400-e29b-41d4-a716-446655440000",
              "{550e8400e29b41d4a716446655440001}",
              "550e8400-e29b-41d4-a716-446655440001"),
          Type.text(
              "timestamptz",
              "2026-01-31 14:00:00.50+02",
              "2026-01-31 12:00:00.5+00",
              "2026-01-31T12:00:00.5Z",
              "2026-01-31 12:00:00.5+00",
              "infinity",
              "infinity"),
          Type.text("date", "2026-01-31", "2026-01-31", "0044-03-15 BC", "0044-03-15 BC"),
          Type.text(
              "interval",
              "14 mons",
              "1 year 2 mons",
              "1 year 2 mons",
              "1 year 2 mons",
              "-1 days +02:03:04",
              "-1 days +02:03:04"),
          Type.text(
              "jsonb",
              "{\"bb\":[true,null], \"a\":2}",
              "{\"a\": 2, \"bb\": [true, null]}",
              "null",
              "null",
              "\"null\"",
              "\"null\""),
          Type.text("json", "{\"a\":1}", "{\"a\":1}", "{\"a\": 1}", "{\"a\": 1}"),
          Type.text(
              "text[]",
              "{a, \"b\", NULL}",
              "{a,b,NULL}",
              "{a,b,\"NULL\"}",
              "{a,b,\"NULL\"}",
              "{}",
              "{}"),
          Type.text("int[]", "[2:3]={1,2}", "[2:3]={1,2}", "{1,2}", "{1,2}"),
          Type.text("int4range", "[1,4]", "[1,5)", "[1,5)", "[1,5)", "empty", "empty"),
          Type.text("inet", "10.0.0.1", "10.0.0.1", "10.0.0.1/8", "10.0.0.1/8"));

  @Parameter Host host;
  private final Random random = new Random(SEED);
  private final Owner owner = new Owner(SignatureAlgorithm.ED25519);
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run(Cards.TABLE);
    database.run(Cards.PROTECTION);
    database.run(Cards.insert(owner.card(1, "Ada")));
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  private <T> T any(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** A table whose columns, but for those that every table needs, are of drawn types. */
  private final class Drawn {
    private final String name;
    private final Map<String, Type> columns = new LinkedHashMap<>();
    private final TableDescription description;

    Drawn(String name) throws SQLException {
      this.name = name;
      CreateTable table =
          CreateTable.named(name).column("user_hash", "bytea").column("id", "bigint");
      TableDescription described =
          TableDescription.of(name)
              .column("user_hash", ValueKind.BYTES)
              .column("id", ValueKind.INTEGER);
      for (int i = random.nextInt(6); i >= 0; i--) {
        Type type = any(TYPES);
        columns.put("c" + i, type);
        table = table.column("c" + i, type.name());
        described = described.column("c" + i, type.kind());
      }
      database.run(
          table
              .column("deleted_flag", "boolean")
              .column("owner_timestamp", "bigint")
              .column("sign_b64", "bytea")
              .key("user_hash", "id"));
      database.run(Protection.of(name, "card"));
      description =
          described
              .column("deleted_flag", ValueKind.BOOLEAN)
              .column("owner_timestamp", ValueKind.INTEGER);
    }

    /** The row as it is signed, and as a client writes it. */
    void tryRow(long id) throws SQLException {
      Map<String, Object> printed = new LinkedHashMap<>();
      Map<String, Object> written = new LinkedHashMap<>();
      columns.forEach(
          (column, type) -> {
            Value value = random.nextInt(5) == 0 ? Value.of(null) : any(type.values());
            printed.put(column, value.printed());
            written.put(column, value.written());
          });
      printed.put("id", id);
      printed.put("deleted_flag", false);
      printed.put("owner_timestamp", id);
      Row signed = owner.sign(description, printed);
      Row row = signed;
      for (Map.Entry<String, Object> value : written.entrySet()) {
        row = row.with(value.getKey(), value.getValue());
      }
      boolean changed = random.nextBoolean();
      Row tried = changed ? changed(row, printed) : row;
      String answer = database.refusal(Insert.into(name).row(tried));
      String context = "-Drowseal.seed=" + SEED + ": " + tried + " into " + columns;
      assertTrue(changed ? answer.matches("RS00[1-6]") : answer.equals("00000"), answer + context);
      String stored = database.value("SELECT count(*) FROM " + name + " WHERE id = " + id);
      assertEquals(changed ? "0" : "1", stored, context);
    }

    /** With something else in one column. */
    private Row changed(Row row, Map<String, Object> printed) {
      switch (random.nextInt(6)) {
        case 0 -> {
          byte[] signature = row.signature().clone();
          signature[random.nextInt(signature.length)] ^= (byte) (1 << random.nextInt(8));
          return row.with("sign_b64", signature);
        }
        case 1 -> {
          return row.with("deleted_flag", true);
        }
        case 2 -> {
          return row.with("owner_timestamp", Long.MAX_VALUE);
        }
        default -> {
          String column = any(new ArrayList<>(columns.keySet()));
          List<Value> others = new ArrayList<>(columns.get(column).values());
          Object signed = printed.get(column);
          others.removeIf(value -> value.printed().equals(signed));
          boolean toNull = signed != null && random.nextInt(4) == 0;
          return row.with(column, toNull ? null : any(others).written());
        }
      }
    }
  }

  @Test
  void whatPrintsAsItWasSignedIsLetIn() throws SQLException {
    for (int i = 0; i < TABLES; i++) {
      Drawn table = new Drawn("t" + i);
      for (long id = 1; id <= ROWS; id++) {
        table.tryRow(id);
      }
      assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('t" + i + "')"));
      database.run("DROP TABLE t" + i);
    }
  }
}
