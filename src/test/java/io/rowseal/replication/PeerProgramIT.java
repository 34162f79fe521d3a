package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.clients.ForeignClient.Outcome;
import io.rowseal.testing.clients.PeerProgram;
import io.rowseal.testing.peers.Shapes;
import io.rowseal.testing.peers.Shapes.Answer;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.Json;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code rowseal-peer} against sources that answer, lie, fail and go away. */
@OnEachHost
class PeerProgramIT extends RenamedVersions {
  private Shapes shapes;

  @BeforeEach
  void serve() throws IOException, InterruptedException {
    PeerProgram.install();
    shapes = new Shapes();
    card(ada);
  }

  @AfterEach
  void stopServing() {
    shapes.close();
  }

  private void card(Owner owner) {
    shapes.append("card", Shapes.change("insert", "card", Json.texts(owner.card(1, "somebody"))));
  }

  private static String change(String operation, Row note) {
    return Shapes.change(operation, "note", Json.texts(note.without("seen")));
  }

  private static String insertion(Row note) {
    return change("insert", note);
  }

  private Outcome once(String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of("--table", "note", "--once"));
    options.addAll(List.of(more));
    try (PeerProgram program =
        PeerProgram.follow(shapes.url(), database, options.toArray(String[]::new))) {
      return program.end();
    }
  }

  private String delivered(String... more) throws Exception {
    Outcome outcome = once(more);
    assertEquals(0, outcome.status(), outcome.output());
    return outcome.output();
  }

  private static void await(TestDatabase here, String expected, String sql) throws Exception {
    for (int i = 0; !expected.equals(here.value(sql)); i++) {
      assertTrue(i < 600, expected + " does not come, but " + here.value(sql));
      Thread.sleep(50);
    }
  }

  private static void awaitPrinted(PeerProgram program, String expected) throws Exception {
    for (int i = 0; !program.printed().contains(expected); i++) {
      assertTrue(i < 600, expected + " is not said: " + program.printed());
      Thread.sleep(50);
    }
  }

  /** Snapshots of Electric 1.7, into the tables that they are of. */
  @Test
  void snapshotsOfElectric() throws Exception {
    for (String statement :
        Files.readString(Path.of("src/test/resources/electric/schema.sql")).split(";\n")) {
      database.run(statement);
    }
    for (String table : List.of("user_cards", "notes", "notes_versions", "posts", "logs")) {
      shapes.appendAll(
          table,
          Files.readString(
              Path.of("src/clients/javascript/test/electric/shape-" + table + ".json")));
    }
    try (PeerProgram program =
        PeerProgram.follow(
            shapes.url() + "/v1/shape?secret=s3",
            database,
            "--once",
            "--table",
            "notes",
            "--table",
            "posts",
            "--table",
            "logs")) {
      Outcome outcome = program.end();
      assertEquals(0, outcome.status(), outcome.output());
      assertTrue(outcome.output().contains("logs: 6 stored"), outcome.output());
      assertFalse(outcome.output().contains("refused"), outcome.output());
      assertFalse(outcome.output().contains("s3"), "secrets are not printed");
    }
    assertEquals(
        "2 6 2 6 6",
        database.value(
            "SELECT concat_ws(' ', (SELECT count(*) FROM user_cards), (SELECT count(*) FROM notes), (SELECT count(*) FROM notes_versions), (SELECT count(*) FROM posts), (SELECT count(*) FROM logs))"));
    assertEquals(
        null, database.value("SELECT problem FROM rowseal.verify('notes') WHERE code <> 'fork'"));
    assertEquals("user_cards", shapes.requests().get(0).get("table"), "cards come first");
    assertTrue(
        shapes.requests().stream()
            .allMatch(r -> r.get("replica").equals("full") && r.get("secret").equals("s3")));
    assertEquals(
        "5", database.value("SELECT count(*) FROM rowseal_peer WHERE source NOT LIKE '%s3%'"));
  }

  @Test
  void goesOnWhereItWas() throws Exception {
    shapes.append("note", insertion(note(1, "one")));
    shapes.append("note_versions");
    assertTrue(delivered().contains("note: 1 stored"));
    shapes.append("note", change("update", note(2, "two")));
    String printed = delivered("--signed-columns");
    assertTrue(printed.contains("note: 1 merged"), printed);
    assertFalse(printed.contains("card:"), "nothing is read twice: " + printed);
    Map<String, String> last =
        shapes.requests().stream()
            .filter(r -> r.get("table").equals("note"))
            .reduce((a, b) -> b)
            .orElseThrow();
    assertEquals(
        "1_0 note-1 user_hash,id,body,size,written,tags,weight,code,deleted_flag,owner_timestamp,sign_b64",
        last.get("offset") + " " + last.get("handle") + " " + last.get("columns"));
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void aSourceThatLies() throws Exception {
    Row good = note(5, "five");
    Map<String, Object> nested = new HashMap<>(Json.texts(note(6, "nested").without("seen")));
    nested.put("body", Map.of("toString", 1));
    Map<String, String> nul = new HashMap<>(Json.texts(note(6, "nul").without("seen")));
    nul.put("body", "a\0b");
    Map<String, String> elsewhere = new HashMap<>(Json.texts(note(6, "six").without("seen")));
    elsewhere.put("no such column", "1");
    shapes.append(
        "note",
        insertion(good),
        insertion(good),
        insertion(forged(9)),
        change("update", forged(9)),
        insertion(note(9, "unsigned").with("sign_b64", null)),
        insertion(note(9, "partial").without("body")),
        Shapes.change("insert", "note", Json.texts(ada.card(7, "Mallory"))),
        Shapes.change("insert", "note", nested),
        Shapes.change("insert", "note", nul),
        Shapes.change("insert", "note", elsewhere),
        "{\"headers\":{\"operation\":\"insert\"},\"value\":{\"body\":\"\\ud800\"}}",
        "{\"headers\":{\"operation\":\"insert\"},\"value\":{\"id\":\"\\u001b[2J\\u202e\"}}",
        "{\"headers\":{\"operation\":\"insert\"}}",
        "{\"headers\":{\"operation\":\"insert\"},\"value\":[]}",
        "{\"headers\":{\"operation\":\"delete\"},\"key\":\"x\",\"value\":{}}",
        "{\"headers\":{\"operation\":\"format c:\"}}",
        "{\"headers\":null}",
        "null",
        "7",
        "[]",
        insertion(note(4, "four")));
    String printed = delivered();
    assertTrue(
        printed.contains("note: 12 refused, 1 stored, 1 known, 1 late, 1 deletes ignored"),
        printed);
    assertTrue(printed.contains("RS002") && printed.contains("RS001"), printed);
    assertTrue(printed.chars().allMatch(c -> c == '\n' || c >= ' ' && c <= '~'), printed);
    assertEquals("5 five", database.value(STORED));
    assertEquals("4 four", database.value(OLDER));
    assertEquals(null, database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  @Test
  void aSourceThatFails() throws Exception {
    shapes.append("note", insertion(note(1, "one")));
    shapes.failNext(
        "note", Answer.of(429, "Retry-After", "1"), Answer.of(503).with("{}"), Answer.of(0));
    String printed = delivered();
    assertTrue(printed.contains("note: 1 stored"), printed);
    assertTrue(printed.contains("429") && printed.contains("503"), printed);
    shapes.append("note", insertion(note(2, "two")));
    Answer whole = Answer.of(200, "electric-handle", "x", "electric-offset", "0_0");
    shapes.failNext(
        "note", Answer.of(200).with("[]"), whole.with("<html>"), whole.with("[".repeat(200_000)));
    assertTrue(delivered().contains("note: 1 merged"));
    Answer bad = Answer.of(400).with("{\"message\":\"no such table \u001b[2J\"}");
    shapes.failNext("note", bad, bad);
    Outcome outcome = once();
    assertEquals(1, outcome.status());
    assertTrue(
        outcome.output().contains("400: {\"message\":\"no such table \\u001b[2J\"}"),
        outcome.output());
  }

  @Test
  void anAnswerWithoutEnd() throws Exception {
    shapes.failNext("note", Answer.of(200).with(" ".repeat(65 * 1024 * 1024)));
    assertTrue(delivered().contains("more than 67108864 bytes"));
  }

  @Test
  void aShapeThatIsBuiltAnew() throws Exception {
    shapes.append("note", insertion(note(1, "one")));
    delivered();
    Row other = Notes.note(ada, UUID.randomUUID(), 7, "another");
    shapes.rebuild("note", insertion(note(3, "three")), insertion(other));
    String printed = delivered();
    assertTrue(printed.contains("1 merged") && printed.contains("1 stored"), printed);
    shapes.rebuild("note", insertion(note(3, "three")), insertion(other));
    assertTrue(delivered().contains("note: 2 known"));
    shapes.append("note", "{\"headers\":{\"control\":\"must-refetch\"}}");
    try (PeerProgram program = PeerProgram.follow(shapes.url(), database, "--table", "note")) {
      awaitPrinted(program, "anew and anew");
      assertEquals(0, program.stop().status());
    }
  }

  /** Killed amid its work, it loses nothing; a row waits for a card that comes later. */
  @Test
  void followsAsLongAsItIsLet() throws Exception {
    Owner eve = new Owner(SignatureAlgorithm.ED25519);
    try (PeerProgram program = PeerProgram.follow(shapes.url(), database, "--table", "note")) {
      shapes.append("note", insertion(note(1, "one")));
      await(database, "1 one", STORED);
      shapes.append("note", insertion(Notes.note(eve, UUID.randomUUID(), 1, "of Eve")));
      Thread.sleep(1000);
      card(eve);
      await(database, "1", "SELECT count(*) FROM note WHERE body = 'of Eve'");
      program.kill();
    }
    shapes.append("note", change("update", note(2, "two")));
    shapes.append(
        "note", insertion(Notes.note(new Owner(SignatureAlgorithm.ED25519), id, 3, "of nobody")));
    try (PeerProgram program = PeerProgram.follow(shapes.url(), database, "--table", "note")) {
      await(database, "2", "SELECT max(owner_timestamp) FROM note");
      awaitPrinted(program, "RS003");
      Outcome outcome = program.stop();
      assertEquals(0, outcome.status());
      assertTrue(outcome.output().contains("note: 1 merged, 1 refused"), outcome.output());
    }
  }

  /** With the rights that docs/electric.md gives it, and a database that goes away meanwhile. */
  @Test
  void aRoleOfItsOwn() throws Exception {
    database.run(
        "DO $$BEGIN CREATE ROLE deliverer LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    database.run("CREATE SCHEMA peer AUTHORIZATION deliverer");
    database.run("GRANT SELECT, INSERT ON card, note, note_versions TO deliverer");
    String to =
        PeerProgram.address(database)
            + "&options=-c%20role%3Ddeliverer%20-c%20search_path%3Dpeer,public";
    try (PeerProgram program =
        PeerProgram.start(List.of("--from", shapes.url(), "--to", to, "--table", "note"))) {
      shapes.append("note", insertion(note(1, "one")));
      await(database, "1 one", STORED);
      await(database, "3", "SELECT count(*) FROM peer.rowseal_peer");
      database.value(
          "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'rowseal-peer' AND datname = current_database()");
      shapes.append("note", change("update", note(2, "two")));
      await(database, "2 two", STORED);
      assertEquals(0, program.stop().status());
    }
    database.run("DROP OWNED BY deliverer");
  }

  @Test
  void fromAnotherPostgres() throws Exception {
    try (TestDatabase source = TestDatabase.create(host)) {
      source.run(Cards.TABLE);
      source.run(Notes.TABLE.column("unknown here", "text"));
      source.run(Notes.VERSIONS);
      source.run(Cards.PROTECTION);
      source.run(Notes.VERSIONED.with("exclude", "{seen,unknown here}"));
      source.run(Cards.insert(ada.card(2, "Ada")));
      source.run(insert(note(1, "one")));
      source.run(insert(note(2, "two")));
      String[] call = {"--table", "note", "--once"};
      // A transaction that is open while the first look is taken, and one that is over.
      try (TestDatabase open = source.as("postgres")) {
        open.connection().setAutoCommit(false);
        open.value("SELECT pg_current_xact_id()");
        Row early = Notes.note(ada, UUID.randomUUID(), 1, "early");
        open.value("SELECT outcome FROM rowseal.deliver('note', ?::jsonb)", Json.array(early));
        source.run(Cards.insert(new Owner(SignatureAlgorithm.ED25519).card(1, "Eve")));
        try (PeerProgram program =
            PeerProgram.follow(PeerProgram.address(source), database, call)) {
          Outcome outcome = program.end();
          assertEquals(0, outcome.status(), outcome.output());
          assertFalse(outcome.output().contains("refused"), outcome.output());
        }
        assertEquals("2 two", database.value(STORED));
        open.connection().commit();
      }
      source.run(insert(note(3, "three")));
      try (PeerProgram program =
          PeerProgram.follow(
              PeerProgram.address(source), database, "--table", "note", "--every", "0.2")) {
        String digest = "SELECT digest::text FROM rowseal.digest('note')";
        await(database, source.value(digest), digest);
        source.run(insert(note(4, "four")));
        await(database, source.value(digest), digest);
        assertEquals(0, program.stop().status());
      }
      assertEquals("t", database.value("SELECT count(*) = 2 FROM note"));
    }
  }

  @Test
  void callsThatAreWrong() throws Exception {
    try (PeerProgram help = PeerProgram.start(List.of("--help"))) {
      assertTrue(help.end().output().contains("--signed-columns"));
    }
    List<List<String>> wrong =
        List.of(
            List.of(),
            List.of("--bogus"),
            List.of("--from", "ftp://x", "--to", "postgres://x", "--table", "note"),
            List.of(
                "--from", shapes.url(), "--to", "postgres://x", "--table", "n", "--every", "0"));
    for (List<String> arguments : wrong) {
      try (PeerProgram program = PeerProgram.start(arguments)) {
        assertEquals(2, program.end().status(), arguments.toString());
      }
    }
    database.run("CREATE TABLE plain (id int)");
    for (String table : List.of("plain", "no_such_table")) {
      try (PeerProgram program = PeerProgram.follow(shapes.url(), database, "--table", table)) {
        Outcome outcome = program.end();
        assertEquals(1, outcome.status(), outcome.output());
        assertTrue(outcome.output().contains(table), outcome.output());
      }
    }
  }

  /** A second program at the same work is noticed. */
  @Test
  void twoOfTheSame() throws Exception {
    try (PeerProgram first = PeerProgram.follow(shapes.url(), database, "--table", "note")) {
      shapes.append("note", insertion(note(1, "one")));
      await(database, "1 one", STORED);
      await(database, "1", "SELECT count(*) FROM rowseal_peer WHERE \"table\" = 'note'");
      database.run(
          "UPDATE rowseal_peer SET position = '{\"offset\": \"99_0\"}' WHERE \"table\" = 'note'");
      shapes.append("note", insertion(note(2, "two")));
      Outcome outcome = first.end();
      assertEquals(1, outcome.status());
      assertTrue(outcome.output().contains("another rowseal-peer"), outcome.output());
    }
    assertEquals("1 one", database.value(STORED), "rows and position are one transaction");
  }
}
