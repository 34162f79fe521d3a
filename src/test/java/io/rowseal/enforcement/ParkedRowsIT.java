package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A parked row is stored as it was brought, and whatever is wrong with it harms no other. */
@OnEachHost
class ParkedRowsIT extends NoteDatabase {
  private static final String[] HOSTILE = {
    "array_nulls = off",
    "TimeZone = 'Pacific/Chatham'",
    "IntervalStyle = sql_standard",
    "extra_float_digits = -15",
    "bytea_output = escape",
    "standard_conforming_strings = off",
    "quote_all_identifiers = on",
    "xmloption = document",
    "xmlbinary = hex",
    "transform_null_equals = on",
    "search_path = ''",
    "session_replication_role = replica",
    "row_security = off",
    "enable_indexscan = off",
    "plan_cache_mode = force_custom_plan",
    "default_text_search_config = 'simple'",
    "lock_timeout = '5s'"
  };

  private final Owner eve = new Owner(SignatureAlgorithm.ED25519);

  private void defer(String... columns) throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    for (String column : columns) {
      database.run("ALTER TABLE note ADD COLUMN " + column);
    }
    String names =
        database.value(
            "SELECT string_agg(quote_ident(attname), ',') FROM pg_attribute WHERE attrelid = 'note'::regclass AND (attname = 'seen' OR attname LIKE 'local%')");
    database.run(
        Notes.PROTECTION.with("exclude", "{" + names + "}").with("on_unknown_owner", "defer"));
  }

  /** Drawn settings, of who brings the row and of who brings the card. */
  @Test
  void settingsOfASessionChangeNothing() throws SQLException {
    defer(
        "local_array text[]",
        "local_interval interval",
        "local_time timestamptz",
        "local_float float8",
        "local_bytes bytea",
        "local_xml xml",
        "local_money money",
        "local_json json",
        "local_range tstzrange",
        "local_class regclass");
    String all = "SELECT note::text FROM note WHERE user_hash = ? AND id = ?";
    // The driver wants DateStyle ISO; inside a function it may be anything.
    database.run(
        "CREATE FUNCTION in_other_dates(command text) RETURNS void LANGUAGE plpgsql SET DateStyle = 'SQL, DMY' AS 'BEGIN EXECUTE command; END'");
    Random random = new Random(11);
    Row direct = local(Notes.note(ada, UUID.randomUUID(), 1, "body"));
    database.run(insert(direct));
    String expected =
        database.value(all, direct.owner(), UUID.fromString((String) direct.get("id")));
    for (int i = 0; i < 12; i++) {
      Owner owner = new Owner(SignatureAlgorithm.ED25519);
      UUID id = UUID.randomUUID();
      Row row = local(Notes.note(owner, id, 1, "body"));
      StringBuilder drawn = new StringBuilder();
      try (TestDatabase writer = database.as("postgres");
          TestDatabase carrier = database.as("postgres")) {
        writer.run("BEGIN");
        // No value of it is printed or read on its way into the table.
        writer.run("CREATE TEMP TABLE brought AS SELECT * FROM note WHERE user_hash = ?", ada.id());
        for (TestDatabase session : new TestDatabase[] {writer, carrier}) {
          for (String setting : HOSTILE) {
            if (i == 0 || random.nextBoolean()) {
              session.run("SET " + setting);
              drawn.append(setting).append("; ");
            }
          }
        }
        writer.run(
            "UPDATE pg_temp.brought SET user_hash = ?, id = ?, sign_b64 = ?",
            row.owner(),
            id,
            row.signature());
        writer.value(
            "SELECT public.in_other_dates('INSERT INTO public.note SELECT * FROM pg_temp.brought')");
        writer.run("COMMIT");
        Row card = owner.card(1, "");
        carrier.run("CREATE TEMP TABLE brought AS SELECT * FROM public.card LIMIT 1");
        carrier.run(
            "UPDATE pg_temp.brought SET user_hash = ?, sign_pkey = ?, name = '', sign_b64 = ?",
            card.owner(),
            card.bytes("sign_pkey"),
            card.signature());
        carrier.value(
            "SELECT public.in_other_dates('INSERT INTO public.card SELECT * FROM pg_temp.brought')");
      }
      String stored = database.value(all, row.owner(), id);
      assertEquals(
          tail(expected),
          tail(stored),
          drawn + " " + database.value("SELECT string_agg(reason, ' ') FROM rowseal.quarantine"));
    }
  }

  private static Row local(Row row) {
    return row.with("local_array", "{NULL,\"NULL\",\"a b\"}")
        .with("local_interval", "-1 mon +2 days -03:04:05.6")
        .with("local_time", "2001-02-03 04:05:06.789+00")
        .with("local_float", "0.1")
        .with("local_bytes", "\\x005c27ff")
        .with("local_xml", "a <b>c</b>")
        .with("local_money", "-12.34")
        .with("local_json", "{\"a\":  [1, \"x\"]}")
        .with("local_range", "[2001-02-03 04:05:06+00,2002-02-03 04:05:06+00)")
        .with("local_class", "pg_class");
  }

  /** What no signature or key makes different. */
  private static String tail(String row) {
    return row == null ? null : row.replaceAll("\\\\+x[0-9a-f]{128}|[0-9a-f]{8}-[0-9a-f-]{27}", "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ALTER TABLE note ADD CONSTRAINT c CHECK (seen <> 7) | 23514 | quarantine
          CREATE DOMAIN d AS int CHECK (value <> 7); ALTER TABLE note ALTER seen TYPE d | 23514 | quarantine
          CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.seen = 7 THEN RAISE EXCEPTION ''no''; END IF; RETURN NEW; END'; CREATE TRIGGER f BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION f() | P0001 | quarantine
          CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.seen = 7 THEN RAISE disk_full; END IF; RETURN NEW; END'; CREATE TRIGGER f AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION f() | 53100 | deferred
          """)
  void aBadRowStaysAlone(String change, String code, String where) throws SQLException {
    defer(
        "local_number bigint GENERATED ALWAYS AS IDENTITY",
        "local_double int GENERATED ALWAYS AS (seen * 2) STORED");
    Owner mallory = new Owner(SignatureAlgorithm.ED25519);
    for (int i = 0; i < 10; i++) {
      database.run(insert(Notes.note(eve, UUID.randomUUID(), 1, "good")));
    }
    database.run(insert(Notes.note(eve, UUID.randomUUID(), 1, "bad").with("seen", 7)));
    database.run(insert(Notes.note(eve, UUID.randomUUID(), 1, "good").with("body", "forged")));
    database.run(insert(Notes.note(mallory, UUID.randomUUID(), 1, "waits")));
    for (int i = 0; i < 10; i++) {
      database.run(insert(Notes.note(eve, UUID.randomUUID(), 1, "good")));
    }
    database.run(change);
    assertEquals("00000", database.refusal(Cards.insert(eve.card(1, "Eve"))));
    assertEquals(
        "20 20",
        database.value("SELECT count(*) || ' ' || count(DISTINCT local_number) FROM note"));
    assertEquals(
        "forged",
        database.value("SELECT \"row\" ->> 'body' FROM rowseal.quarantine WHERE code = 'RS002'"));
    assertEquals(
        code,
        database.value("SELECT code FROM rowseal." + where + " WHERE \"row\" ->> 'body' = 'bad'"));
    assertEquals(
        "RS003",
        database.value("SELECT code FROM rowseal.deferred WHERE \"row\" ->> 'body' = 'waits'"));
  }

  @Test
  void cancelCancels() throws SQLException {
    defer();
    database.run(insert(Notes.note(eve, id, 1, "slow")));
    database.run(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';"
            + " CREATE TRIGGER f BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION f()");
    database.run("SET statement_timeout = '1s'");
    assertEquals("57014", database.refusal(Cards.insert(eve.card(1, "Eve"))));
    database.run("RESET statement_timeout");
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.deferred"));
    assertEquals("1", database.value("SELECT count(*) FROM card"));
  }

  /** Somebody who stores the same row, and does not end, delays a card by a second. */
  @Test
  void aRowThatSomebodyElseIsStoringWaitsOn() throws SQLException {
    defer();
    database.run(
        "CREATE TABLE keys (k int PRIMARY KEY);"
            + " CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.keys VALUES (NEW.seen); RETURN NEW; END';"
            + " CREATE TRIGGER f BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION f()");
    // The trigger fires before Rowseal's, so this key is only taken while the row is stored.
    database.run("ALTER TABLE note DISABLE TRIGGER f");
    for (int i = 0; i < 3; i++) {
      database.run(insert(Notes.note(eve, UUID.randomUUID(), 1, "waits").with("seen", i)));
    }
    database.run("ALTER TABLE note ENABLE TRIGGER f");
    try (TestDatabase other = database.as("postgres")) {
      other.run("BEGIN");
      other.run("INSERT INTO keys VALUES (0)");
      database.run("SET statement_timeout = '20s'");
      assertEquals("00000", database.refusal(Cards.insert(eve.card(1, "Eve"))));
      assertEquals("3", database.value("SELECT count(*) FROM rowseal.deferred"));
      other.run("ROLLBACK");
    }
    assertTrue(
        database
            .value(
                "SELECT string_agg(finding, ' ') FROM rowseal.doctor() WHERE \"check\" = 'parked'")
            .contains("though the card is here"));
    database.run(Cards.insert(new Owner(SignatureAlgorithm.ED25519).card(1, "anybody")));
    assertEquals("3", database.value("SELECT count(*) FROM note"), "the next card has looked");
  }
}
