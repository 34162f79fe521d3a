package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.Json;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.NotesInLayouts;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code rowseal.deliver} stores rows given as JSON, and says what became of each. */
@OnEachHost
class DeliverIT extends NotesInLayouts {
  private final Owner eve = new Owner(SignatureAlgorithm.ED25519);

  private static String deliver(TestDatabase database, String table, String rows)
      throws SQLException {
    return database.value(
        "SELECT string_agg(concat_ws(' ', outcome, code), ', ' ORDER BY place) FROM rowseal.deliver(?::regclass, ?::jsonb)",
        table,
        rows);
  }

  private String deliver(Row... rows) throws SQLException {
    return deliver(database, "note", Json.array(rows));
  }

  private String message(String table, String rows) throws SQLException {
    return database.value(
        "SELECT string_agg(message, '; ' ORDER BY place) FROM rowseal.deliver(?::regclass, ?::jsonb)",
        table,
        rows);
  }

  private static Row older(Row note) {
    return note.without("seen").renamed("id", "note_id");
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatBecameOfEachRow(Layout layout) throws SQLException {
    keep(layout);
    String late =
        switch (layout) {
          case UNVERSIONED -> "stale";
          case TWO_TABLES -> "late";
          case ONE_TABLE -> "stored";
        };
    String merged = layout == Layout.ONE_TABLE ? "stored" : "merged";
    String superseded = layout == Layout.UNVERSIONED ? "stale" : "known";
    // In one statement.
    assertEquals(
        String.join(", ", "stored", "known", merged, late, merged, late, superseded, "stored"),
        deliver(
            note(2, "two"),
            note(2, "two"),
            note(4, "four"),
            note(1, "one"),
            note(6, "six"),
            note(5, "five"),
            note(4, "four"),
            Notes.note(ada, UUID.randomUUID(), 1, "another")));
    // Row by row, for some are refused.
    assertEquals(
        String.join(
            ", ", "refused RS002", merged, "refused RS003", "refused RS001", late, "known", late),
        deliver(
            forged(9),
            note(8, "eight"),
            Notes.note(eve, id, 1, "of nobody"),
            note(9, "nine").with("sign_b64", null),
            note(7, "seven"),
            note(8, "eight"),
            note(3, "three")));
    assertEquals(
        layout == Layout.UNVERSIONED ? "2" : "9",
        database.value("SELECT versions FROM rowseal.digest('note')"));
    assertEquals(null, database.value("SELECT problem FROM rowseal.verify('note')"));
    assertEquals(
        "8 eight",
        database.value(
            "SELECT owner_timestamp || ' ' || body FROM note WHERE id = '"
                + id
                + "' ORDER BY owner_timestamp DESC"));
  }

  @Test
  void aVersionsTableTakesRowsUnderItsOwnNames() throws SQLException {
    keep(Layout.TWO_TABLES);
    assertEquals(
        "stored, merged, late, known, refused RS002, refused RS006",
        deliver(
            database,
            "note_versions",
            Json.array(
                older(note(2, "two")),
                older(note(3, "three")),
                older(note(1, "one")),
                older(note(2, "two")),
                older(forged(4)),
                note(5, "five"))));
    assertEquals("3 three", database.value(STORED));
    assertEquals("known, known", deliver(note(1, "one"), note(3, "three")));
  }

  /** Where a version goes by the hash of its signature, which the trigger fills in. */
  @Test
  void aDerivedVersionIdMayBeMissing() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("ALTER TABLE note ADD sign_hash bytea");
    database.run(Notes.VERSIONS.column("sign_hash", "bytea").key("sign_hash"));
    database.run(Notes.VERSIONED);
    assertEquals("stored, late", deliver(note(2, "two"), note(1, "one")));
    assertEquals("known, known", deliver(note(1, "one"), note(2, "two")));
    assertEquals("refused RS006", deliver(note(3, "three").with("sign_hash", "\\x00")));
    assertEquals(null, database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatArePutAside(Layout layout) throws SQLException {
    keep(
        layout,
        table -> table,
        protection ->
            protection.with("on_invalid", "quarantine").with("on_unknown_owner", "defer"));
    database.run(
        "DO $$BEGIN CREATE ROLE deliverer LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    database.run("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO deliverer");
    String rows =
        Json.array(
            note(2, "two"),
            Notes.note(eve, id, 1, "waits"),
            forged(3),
            forged(1),
            note(2, "two").with("body", "not what she signed"),
            note(2, "two"));
    String outcomes =
        "stored, deferred RS003, quarantined RS002, quarantined RS002, quarantined RS002, known";
    try (TestDatabase caller = database.as("deliverer")) {
      assertEquals(outcomes, deliver(caller, "note", rows));
      assertEquals(outcomes.replace("stored", "known"), deliver(caller, "note", rows));
    }
    assertEquals(
        "4",
        database.value(
            "SELECT sum(n) FROM (SELECT count(*) AS n FROM rowseal.deferred UNION ALL SELECT count(*) FROM rowseal.quarantine) AS c"));
    assertEquals("stored", deliver(database, "card", Json.array(eve.card(1, "Eve"))));
    assertEquals("known", deliver(Notes.note(eve, id, 1, "waits")));
    assertTrue(
        message("note", Json.array(forged(3))).contains("signature does not verify"),
        "the reason is that of the refusal");
  }

  /** What is too large to put aside is not here, so it was refused. */
  @Test
  void whatIsDiscardedIsRefused() throws SQLException {
    keep(Layout.UNVERSIONED, table -> table, p -> p.with("on_invalid", "quarantine"));
    assertEquals("refused RS006, stored", deliver(note(2, "x".repeat(12_600_000)), note(1, "one")));
  }

  @Test
  void staleRowsAreRefusedWhereSettingsSaySo() throws SQLException {
    keep(Layout.UNVERSIONED, table -> table, p -> p.with("on_stale", "error"));
    assertEquals("stored", deliver(note(2, "two")));
    assertEquals("refused RS010, merged", deliver(note(1, "one"), note(3, "three")));
  }

  @Test
  void cardsAreRowsToo() throws SQLException {
    Row forged = ada.card(3, "Ada L.").with("name", "Mallory");
    assertEquals(
        "known, merged, stale, refused RS002",
        deliver(
            database,
            "card",
            Json.array(ada.card(1, "Ada"), ada.card(2, "Ada L."), ada.card(0, "A."), forged)));
  }

  /**
   * Answers of Electric 1.7, stored whatever the session has set, and known when they come again.
   */
  @Test
  void rowsAsElectricSpellsThem() throws Exception {
    for (String statement :
        Files.readString(Path.of("src/test/resources/electric/schema.sql")).split(";\n")) {
      database.run(statement);
    }
    database.run(
        "SET DateStyle = 'ISO, DMY'; SET IntervalStyle = 'sql_standard'; SET TimeZone = 'Asia/Tokyo'; SET array_nulls = off; SET standard_conforming_strings = off");
    for (String outcome : List.of("stored", "known")) {
      for (String table : List.of("user_cards", "notes", "notes_versions", "posts", "logs")) {
        String messages =
            Files.readString(
                Path.of("src/clients/javascript/test/electric/shape-" + table + ".json"));
        assertEquals(
            table.equals("notes_versions") && outcome.equals("stored") ? "late" : outcome,
            database.value(
                "SELECT string_agg(DISTINCT concat_ws(' ', outcome, message), ', ') FROM rowseal.deliver(?::regclass,"
                    + " (SELECT jsonb_agg(m -> 'value') FROM jsonb_array_elements(?::jsonb) AS m WHERE m -> 'headers' -> 'operation' IS NOT NULL))",
                table,
                messages),
            table);
      }
    }
    assertEquals(
        null, database.value("SELECT problem FROM rowseal.verify('notes') WHERE code <> 'fork'"));
  }

  @Test
  void columnsThatAreMissingOrUnknownAreNamed() throws SQLException {
    keep(Layout.TWO_TABLES);
    Row note = note(1, "one");
    assertEquals(
        "malformed: public.note: body, weight is missing; a row must be whole, and NULL is null",
        message("note", Json.array(note.without("body").without("weight"))));
    assertEquals(
        "malformed: public.note: there is no column \"Oops\"",
        message("note", Json.array(note.with("Oops", null))));
    assertEquals(
        "malformed: public.note: sign_b64 is missing; a row must be whole, and NULL is null",
        message("note", Json.array(note.without("sign_b64"))));
    assertEquals(
        "malformed: public.note: id, body, size, written, tags, weight, code is missing; a row must be whole, and NULL is null",
        message("note", Json.array(ada.card(1, "Ada"))));
    assertEquals(
        "malformed: public.note: a row must be a JSON object; malformed: public.note: tags must be text, as PostgreSQL prints the value",
        message(
            "note",
            "[null, "
                + Json.of(Json.texts(note)).replaceFirst("\"tags\":\"[^}]*}\"", "\"tags\":[]")
                + "]"));
    assertEquals("refused 22P02", deliver(note.with("size", "seven")));
    assertEquals("refused 22P02", deliver(note.with("deleted_flag", "perhaps")));
    assertEquals("stored", deliver(note.without("seen")), "what is not signed need not come");
    assertEquals("merged", deliver(note(2, "two").with("seen", 77)));
    assertEquals(null, database.value("SELECT seen FROM note"), "nor is it stored");
  }

  @Test
  void sizesAreBounded() throws SQLException {
    for (String rows : List.of("{}", "null", "7", Json.of(Collections.nCopies(10_001, null)))) {
      assertEquals("RS006", database.refusal("SELECT rowseal.deliver('note', ?::jsonb)", rows));
    }
    assertEquals("RS006", database.refusal("SELECT rowseal.deliver('note', NULL)"));
    assertEquals("RS012", database.refusal("SELECT rowseal.deliver('pg_class', '[]')"));
    assertEquals(null, deliver(database, "note", "[]"));
  }

  @Test
  void whoDeliversNeedsRightsOfItsOwn() throws SQLException {
    database.run(
        "DO $$BEGIN CREATE ROLE deliverer LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    String rows = Json.array(note(1, "one"));
    try (TestDatabase caller = database.as("deliverer")) {
      for (String right : List.of("INSERT", "SELECT")) {
        assertEquals("42501", caller.refusal("SELECT rowseal.deliver('note', ?::jsonb)", rows));
        database.run("GRANT " + right + " ON note TO deliverer");
      }
      assertEquals("stored", deliver(caller, "note", rows));
    }
    database.run("REVOKE ALL ON note FROM deliverer");
  }

  /** A failure that passes is an error, so that nobody takes it for the fault of a row. */
  @Test
  void whatIsNoFaultOfARowIsAnError() throws SQLException {
    deliver(note(1, "one"));
    try (TestDatabase other = database.as("postgres")) {
      other.connection().setAutoCommit(false);
      other.run(update(note(2, "two")));
      database.run("SET lock_timeout = '200ms'");
      assertEquals(
          "55P03",
          database.refusal(
              "SELECT rowseal.deliver('note', ?::jsonb)",
              Json.array(Notes.note(ada, UUID.randomUUID(), 1, "other"), note(3, "three"))));
      other.connection().rollback();
    }
    assertEquals("1", database.value("SELECT count(*) FROM note"), "nothing is half done");
    database.run(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(20); RETURN NEW; END $$");
    database.run("CREATE TRIGGER slow BEFORE INSERT ON note FOR EACH ROW EXECUTE FUNCTION slow()");
    database.run("SET statement_timeout = '2s'");
    assertEquals(
        "57014",
        database.refusal("SELECT rowseal.deliver('note', ?::jsonb)", Json.array(note(3, "three"))));
  }

  /** Two who deliver a new key at the same moment: one stores it, to the other it is known. */
  @ParameterizedTest
  @EnumSource
  void twoWhoDeliverTheSame(Layout layout) throws Exception {
    keep(layout);
    String rows = Json.array(Notes.note(ada, UUID.randomUUID(), 1, "other"), note(1, "one"));
    try (TestDatabase first = database.as("postgres");
        TestDatabase second = database.as("postgres")) {
      first.connection().setAutoCommit(false);
      assertEquals("stored, stored", deliver(first, "note", rows));
      CompletableFuture<String> answer =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return deliver(second, "note", rows);
                } catch (SQLException e) {
                  return e.toString();
                }
              });
      database.awaitBlocked(second);
      first.connection().commit();
      assertEquals("known, known", answer.get());
    }
  }

  @Test
  void aBadRowAmongMany() throws SQLException {
    List<Row> rows = new ArrayList<>(Collections.nCopies(1000, null));
    rows.replaceAll(row -> Notes.note(ada, UUID.randomUUID(), 1, "once"));
    assertEquals("{\"stored\": 1000}", counted(Json.array(rows)));
    rows.replaceAll(row -> Notes.note(ada, UUID.randomUUID(), 2, "again"));
    rows.set(700, forged(1));
    assertEquals("{\"stored\": 999, \"refused\": 1}", counted(Json.array(rows)));
  }

  private String counted(String rows) throws SQLException {
    return database.value(
        "SELECT jsonb_object_agg(outcome, n) FROM (SELECT outcome, count(*) AS n FROM rowseal.deliver('note', ?::jsonb) GROUP BY 1) AS c",
        rows);
  }
}
