package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A signed value prints as its owner signed it, whatever is done to its type: what cannot be
 * watched is refused at protect, what can be is refused when it happens.
 */
@OnEachHost
class TypesIT extends NoteDatabase {
  private static final int ROUNDS = Integer.getInteger("rowseal.types.rounds", 40);

  /** A type as SQL names it, an expression for a value of it, and whether it has an order. */
  private record Made(String name, String value, boolean ordered) {}

  private static final List<Made> PLAIN =
      List.of(
          new Made("text", "'a b'", true),
          new Made("numeric(6,2)", "1.50", true),
          new Made("timestamptz", "'2024-05-06 07:08:09+02'", true),
          new Made("float8", "1e20", true),
          new Made("jsonb", "'{\"b\": 1, \"a\": 2}'", true),
          new Made("point", "'(1,2)'", false),
          new Made("name", "'n'", true));

  /** What prints the names of things, or as a server's settings say. */
  private static final List<Made> UNFIT =
      List.of(
          new Made("aclitem", "'courier=r/postgres'", false),
          new Made("regrole", "'courier'", true),
          new Made("money", "'1.5'", true),
          new Made("\"char\"", "'c'", true),
          new Made("regclass", "'note'", true),
          new Made("xml", "'<a/>'", false));

  private static final String[] OF_ENUM = {
    "ALTER TYPE %s RENAME VALUE 'glad' TO 'happy'",
    "ALTER TYPE %s ADD VALUE 'calm'",
    "ALTER TYPE %s RENAME TO renamed"
  };
  private static final String[] OF_COMPOSITE = {
    "ALTER TYPE %s ADD ATTRIBUTE more int",
    "ALTER TYPE %s ADD ATTRIBUTE more int CASCADE",
    "ALTER TYPE %s DROP ATTRIBUTE a",
    "ALTER TYPE %s DROP ATTRIBUTE b CASCADE",
    "ALTER TYPE %s ALTER ATTRIBUTE a TYPE bytea CASCADE",
    "ALTER TYPE %s RENAME ATTRIBUTE a TO z"
  };
  private static final String[] OF_TABLE = {
    "ALTER TABLE %s ADD more int",
    "ALTER TABLE %s ADD more int DEFAULT 1",
    "ALTER TABLE %s DROP a",
    "ALTER TABLE %s ALTER a TYPE bytea USING NULL",
    "ALTER TABLE %s RENAME a TO z",
    "DROP TABLE %s CASCADE",
    "ALTER TABLE %s OWNER TO courier"
  };
  private static final String[] OF_DOMAIN = {
    "ALTER DOMAIN %s ADD CHECK (VALUE IS NOT NULL)", "ALTER DOMAIN %s SET SCHEMA elsewhere"
  };
  private static final String[] OF_ANY = {"ALTER TYPE %s OWNER TO courier", "DROP TYPE %s CASCADE"};

  private final List<String> changes = new ArrayList<>();
  private Random random;
  private int count;

  @Test
  void aValuePrintsAsItWasSigned() throws SQLException {
    int unfit = 0;
    int refused = 0;
    int passed = 0;
    database.connection().setAutoCommit(false);
    for (int seed = 1; seed <= ROUNDS; seed++) {
      random = new Random(seed);
      changes.clear();
      database.run("CREATE ROLE courier");
      database.run("CREATE SCHEMA elsewhere");
      changes.add("ALTER ROLE courier RENAME TO messenger");
      changes.add("ALTER TABLE note RENAME TO remark");
      Made made = make(3);
      database.run(
          "CREATE TABLE thing (user_hash bytea, v "
              + made.name
              + ", deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash))");
      Savepoint whole = database.connection().setSavepoint();
      String protection = database.refusal("SELECT rowseal.protect('thing', identities => 'card')");
      if (protection.equals("RS012")) {
        unfit++;
        database.connection().rollback(whole);
      } else {
        assertEquals("00000", protection, made.name + " of seed " + seed);
        String signed = database.value("SELECT rowseal.text(" + value(made) + ")");
        database.run(Insert.into("thing").row(thing(signed)));
        for (String change : changes) {
          Savepoint before = database.connection().setSavepoint();
          String what = change + " under " + made.name + " of seed " + seed;
          String code = database.refusal(change);
          if (code.equals("00000")) {
            passed++;
            assertEquals(signed, database.value("SELECT rowseal.text(v) FROM thing"), what);
            assertEquals(null, database.value("SELECT problem FROM rowseal.verify('thing')"), what);
            assertEquals(
                "0",
                database.value(
                    "SELECT count(*) FROM rowseal.doctor() WHERE NOT ok AND \"table\" = 'thing'::regclass"),
                what);
          } else {
            refused++;
            // What PostgreSQL refuses by itself: wrong state of an object, a feature that is not
            // there.
            assertTrue(
                List.of("RS011", "0A000", "2BP01", "42P16", "42704", "42703", "42809")
                    .contains(code),
                code + " for " + what);
          }
          database.connection().rollback(before);
        }
      }
      database.connection().rollback();
    }
    assertTrue(
        unfit > 0 && refused > ROUNDS && passed > ROUNDS,
        unfit + " unfit, " + refused + " refused, " + passed + " passed");
  }

  private Row thing(String v) {
    Map<String, Object> values = new HashMap<>();
    values.put("v", v);
    values.put("deleted_flag", false);
    values.put("owner_timestamp", 1L);
    return ada.sign(
        TableDescription.of("thing")
            .column("user_hash", ValueKind.BYTES)
            .column("v", ValueKind.TEXT)
            .column("deleted_flag", ValueKind.BOOLEAN)
            .column("owner_timestamp", ValueKind.INTEGER),
        values);
  }

  private Made make(int depth) throws SQLException {
    if (depth == 0 || random.nextInt(5) == 0) {
      switch (random.nextInt(12)) {
        case 0:
          return UNFIT.get(random.nextInt(UNFIT.size()));
        case 1, 2, 3, 4:
          return PLAIN.get(random.nextInt(PLAIN.size()));
        default:
          String name = created("CREATE TYPE %s AS ENUM ('glad', 'sad')", OF_ENUM);
          return new Made(name, "'glad'", true);
      }
    }
    Made a = make(depth - 1);
    switch (random.nextInt(5)) {
      case 0:
        return new Made(a.name + "[]", "ARRAY[" + value(a) + ", NULL]", a.ordered);
      case 1:
        {
          Made b = make(depth - 1);
          String name =
              created("CREATE TYPE %s AS (a " + a.name + ", b " + b.name + ")", OF_COMPOSITE);
          return new Made(name, "ROW(" + value(a) + ", " + value(b) + ")", a.ordered && b.ordered);
        }
      case 2:
        {
          String name = created("CREATE TABLE %s (a " + a.name + ", b int)", OF_TABLE);
          changes.remove("DROP TYPE " + name + " CASCADE");
          changes.remove("ALTER TYPE " + name + " OWNER TO courier");
          return new Made(name, "ROW(" + value(a) + ", 7)", a.ordered);
        }
      case 3:
        if (a.ordered) {
          String name =
              created(
                  "CREATE TYPE %s AS RANGE (subtype = "
                      + a.name.replaceAll("\\([^)]*\\)", "")
                      + ")");
          return new Made(name, name + "(" + value(a) + ", NULL)", true);
        }
        return a;
      default:
        return new Made(created("CREATE DOMAIN %s AS " + a.name, OF_DOMAIN), value(a), a.ordered);
    }
  }

  private String created(String sql, String... alterations) throws SQLException {
    String name = "made_" + ++count;
    database.run(sql.formatted(name));
    for (String[] some : new String[][] {alterations, OF_ANY}) {
      for (String change : some) {
        changes.add(change.formatted(name));
      }
    }
    return name;
  }

  private static String value(Made made) {
    return "(" + made.value + ")::" + made.name;
  }
}
