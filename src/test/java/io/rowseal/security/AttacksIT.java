package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.rowseal.client.RowSigner;
import io.rowseal.client.TableDescription;
import io.rowseal.encoding.ValueKind;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import io.rowseal.testing.server.*;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways in which somebody could get rights, or rows, that are not theirs. */
@OnEachHost
class AttacksIT {
  private static final String ID = "00000000-0000-0000-0000-000000000001";
  private static final String INSERT_NOTE = "INSERT INTO app.notes VALUES (?, ?::uuid, ?, ?, ?, ?)";
  private static final String INSERT_VERSION =
      "INSERT INTO app.notes_versions VALUES (?, ?::uuid, ?, ?, ?, ?)";
  private static final String INSERT_CARD = "INSERT INTO app.user_cards VALUES (?, ?, ?, ?, ?, ?)";

  @Parameter Host host;
  private final SigningKey key =
      SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
  private TestDatabase database;

  @BeforeEach
  void protectTables() throws SQLException {
    database = TestDatabase.create(host);
    Victims.create(database);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @Test
  void nobodyElseProtectsOrUnprotects() throws SQLException {
    String before = Victims.state(database);
    try (TestDatabase stranger = database.as("stranger")) {
      assertEquals("42501", stranger.refusal("SELECT rowseal.unprotect('app.notes')"));
      assertEquals(
          "42501",
          stranger.refusal("SELECT rowseal.protect('app.notes', identities => 'app.user_cards')"));
      assertEquals(
          "42501",
          stranger.refusal("SELECT rowseal.request('app.notes', '{\"do\": \"unprotect\"}')"));
    }
    assertEquals(before, Victims.state(database));
  }

  @Test
  void aFunctionThatASuperuserCallsHasItsOwnersRightsOnly() throws SQLException {
    Victims.as(
        database,
        "stranger",
        "CREATE FUNCTION strange.innocent(command text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE command; END'");
    String before = Victims.state(database);
    for (String command :
        new String[] {
          "SELECT rowseal.unprotect(''app.notes'')",
          "SELECT rowseal.protect(''app.notes'', identities => ''app.user_cards'')",
          "SELECT rowseal.retry(''app.notes'')",
          "SELECT rowseal.prune(''app.notes'', versions => 1)",
          "ALTER TABLE app.notes ENABLE ALWAYS TRIGGER zzz_rowseal_insert"
        }) {
      assertEquals(
          "42501", database.refusal("SELECT strange.innocent('" + command + "')"), command);
    }
    assertEquals(before, Victims.state(database));
  }

  @Test
  void aRoleThatIsSetCounts() throws SQLException {
    database.run(
        "DO $$BEGIN CREATE ROLE authenticator LOGIN PASSWORD 'secret' NOINHERIT; EXCEPTION WHEN duplicate_object THEN NULL; END$$");
    database.run("GRANT app_owner, stranger TO authenticator");
    try (TestDatabase caller = database.as("authenticator")) {
      caller.run("SET ROLE stranger");
      assertEquals("42501", caller.refusal("SELECT rowseal.unprotect('app.notes')"));
      caller.run("SET ROLE app_owner");
      assertEquals(
          "00000",
          caller.refusal(
              "SELECT rowseal.protect('app.notes', identities => 'app.user_cards', versions => 'app.notes_versions')"));
    }
    database.run("REVOKE app_owner, stranger FROM authenticator");
  }

  @Test
  void theRightToMakeTriggersIsNotOwnership() throws SQLException {
    database.run("GRANT USAGE ON SCHEMA app TO stranger; GRANT TRIGGER ON app.notes TO stranger");
    try (TestDatabase stranger = database.as("stranger")) {
      stranger.run("BEGIN");
      String transaction = stranger.value("SELECT pg_current_xact_id()");
      stranger.run(
          "CREATE OR REPLACE TRIGGER zzz_rowseal_request BEFORE TRUNCATE ON app.notes FOR EACH STATEMENT EXECUTE FUNCTION"
              + " suppress_redundant_updates_trigger('{\"do\": \"unprotect\", \"transaction\": "
              + transaction
              + "}')");
      // After any other command on the table Rowseal looks for requests.
      stranger.run(
          "CREATE TRIGGER mine BEFORE TRUNCATE ON app.notes FOR EACH STATEMENT EXECUTE FUNCTION suppress_redundant_updates_trigger()");
      stranger.run("COMMIT");
      assertEquals(
          "42501",
          stranger.refusal("ALTER TABLE app.notes ENABLE ALWAYS TRIGGER zzz_rowseal_request"));
    }
    Victims.as(database, "app_owner", "CREATE INDEX ON app.notes (owner_timestamp)");
    assertEquals(
        "3",
        database.value(
            "SELECT count(*) FROM rowseal.protected WHERE \"table\"::text LIKE 'app.%'"));
  }

  /**
   * Who owns an identity table may unprotect it, though tables of others take their keys from it.
   */
  @Test
  void whatOthersRestOnGoesOn() throws SQLException {
    String before = Victims.state(database, "card_owner");
    Victims.as(database, "card_owner", "SELECT rowseal.unprotect('cards.user_cards')");
    assertEquals(before, Victims.state(database, "card_owner"));
    assertEquals(
        "RS003",
        database.refusal(
            "INSERT INTO app.logs VALUES (sha256('x'), 1, false, 1, decode(repeat('00', 64), 'hex'))"));
  }

  @Test
  void settingsOfAnotherTableAreOfNoUse() throws SQLException {
    Victims.as(
        database,
        "stranger",
        "CREATE TABLE strange.user_cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);"
            + " SELECT rowseal.protect_identities('strange.user_cards');"
            + " CREATE TABLE strange.notes (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id))");
    Victims.as(
        database, "app_owner", "CREATE TABLE app.spare (LIKE app.notes, PRIMARY KEY (sign_b64))");
    try (TestDatabase stranger = database.as("stranger")) {
      assertEquals(
          "RS012",
          stranger.refusal(
              "SELECT rowseal.protect('strange.notes', identities => 'strange.user_cards', versions => 'app.spare')"));
      assertEquals(
          "RS012",
          stranger.refusal(
              "SELECT rowseal.protect('strange.notes', identities => 'strange.user_cards', versions => 'app.notes_versions')"));
      assertEquals(
          "RS012",
          stranger.refusal(
              "SELECT rowseal.protect('strange.notes', identities => 'app.user_cards')"));
      assertEquals(
          "RS012",
          stranger.refusal(
              "SELECT rowseal.request('strange.notes', '{\"do\": \"protect\", \"settings\": {\"role\": \"versions\"}}')"));
      assertEquals(
          "RS012",
          stranger.refusal("SELECT rowseal.request('strange.notes', '{\"do\": \"DROP\"}')"));
    }
  }

  @Test
  void parkedRowsAreWrittenByTriggersOnly() throws SQLException {
    Victims.as(database, "stranger", "CREATE TABLE strange.t (x text)");
    try (TestDatabase stranger = database.as("stranger")) {
      assertEquals(
          "42501",
          stranger.refusal("INSERT INTO rowseal_internal.parked (kind) VALUES ('deferred')"));
      assertNotEquals(
          "00000",
          stranger.refusal(
              "INSERT INTO rowseal.deferred (\"table\", identities, owner, \"row\", code, reason) VALUES ('strange.t', 'app.user_cards', 'x', '{\"x\": \"y\"}', 'RS003', 'r')"));
    }
  }

  @Test
  void parkedRowsOfOthersAreNotTouched() throws SQLException {
    assertEquals("00000", database.refusal(INSERT_NOTE, note("a", 1)));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.deferred"));
    try (TestDatabase stranger = database.as("stranger")) {
      assertEquals("0", stranger.value("SELECT count(*) FROM rowseal.deferred"));
      assertEquals(0, stranger.run("DELETE FROM rowseal.deferred"));
      assertEquals(0, stranger.run("UPDATE rowseal.deferred SET code = code"));
    }
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.deferred"));
    database.run(INSERT_CARD, card());
    assertEquals("1", database.value("SELECT count(*) FROM app.notes"));
  }

  @Test
  void nothingThatWasCalledBeforeLetsAForgeryIn() throws SQLException {
    database.run(INSERT_CARD, card());
    Object[] genuine = note("genuine", 100);
    database.run(INSERT_NOTE, genuine);
    Object[] forged = note("genuine", 50);
    forged[2] = "FORGED";
    try (TestDatabase writer = database.as("writer")) {
      assertEquals(
          "42501",
          writer.refusal(
              "SELECT rowseal_internal.verify_update(NULL, NULL, NULL, NULL, NULL, NULL)"));
      assertEquals("RS002", writer.refusal(INSERT_VERSION, forged));
      // A refusal that is caught leaves nothing behind that would help.
      writer.run("BEGIN");
      for (int i = 0; i < 3; i++) {
        writer.run("SAVEPOINT s");
        assertEquals("RS002", writer.refusal(INSERT_VERSION, forged));
        writer.run("ROLLBACK TO s");
        assertEquals("00000", writer.refusal(INSERT_NOTE, genuine));
      }
      writer.run("COMMIT");
    }
    assertEquals(null, database.value("SELECT code FROM rowseal.verify('app.notes')"));
  }

  /** A tip that somebody delivers to the versions table stays where it is. */
  @Test
  void theTipIsNotArchivedForTheAsking() throws SQLException {
    database.run(INSERT_CARD, card());
    database.run(INSERT_NOTE, note("tip", 1));
    database.run("SELECT 1 FROM app.notes FOR UPDATE");
    Victims.as(
        database,
        "app_owner",
        "CREATE FUNCTION app.history() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO app.notes_versions SELECT (NEW).*; RETURN NULL; END';"
            + " CREATE TRIGGER history AFTER INSERT OR UPDATE ON app.notes FOR EACH ROW EXECUTE FUNCTION app.history()");
    database.run(INSERT_VERSION, note("tip", 1));
    database.run(INSERT_NOTE, note("newer", 2));
    assertEquals(
        "1 tip",
        database.value(
            "SELECT string_agg(owner_timestamp || ' ' || body, ', ') FROM app.notes_versions"));
    assertEquals(null, database.value("SELECT code FROM rowseal.verify('app.notes')"));
  }

  /** A trigger of the owner's own changes the tip on its way to the versions table. */
  @Test
  void whatIsArchivedIsWhatWasStored() throws SQLException {
    database.run(INSERT_CARD, card());
    database.run(INSERT_NOTE, note("tip", 1));
    Victims.as(
        database,
        "app_owner",
        "CREATE FUNCTION app.forge() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.body := ''forged''; RETURN NEW; END';"
            + " CREATE TRIGGER forge BEFORE INSERT ON app.notes_versions FOR EACH ROW EXECUTE FUNCTION app.forge()");
    assertEquals("RS002", database.refusal(INSERT_NOTE, note("newer", 2)));
    assertEquals("tip", database.value("SELECT string_agg(body, ', ') FROM app.notes"));
    assertEquals("0", database.value("SELECT count(*) FROM app.notes_versions"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RETURN NULL", "RESET ALL; RETURN NEW"})
  void whatIsReplacedIsArchivedOrNothingIsReplaced(String body) throws SQLException {
    database.run(INSERT_CARD, card());
    database.run(INSERT_NOTE, note("tip", 1));
    Victims.as(
        database,
        "app_owner",
        "CREATE FUNCTION app.lose() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
            + body
            + "; END$$; CREATE TRIGGER lose BEFORE INSERT ON app.notes_versions FOR EACH ROW EXECUTE FUNCTION app.lose()");
    assertEquals("RS011", database.refusal(INSERT_NOTE, note("newer", 2)));
    assertEquals("tip", database.value("SELECT string_agg(body, ', ') FROM app.notes"));
  }

  /**
   * A default of an owner's column, computed while a tip is archived, delivers that tip elsewhere.
   */
  @Test
  void whatIsArchivedIsLetIntoItsOwnTableOnly() throws SQLException {
    database.run(
        "GRANT USAGE ON SCHEMA app TO other_owner; GRANT SELECT, INSERT ON app.notes_versions TO other_owner");
    Victims.as(
        database,
        "other_owner",
        "CREATE FUNCTION other.replay() RETURNS int LANGUAGE plpgsql AS 'BEGIN INSERT INTO app.notes_versions SELECT * FROM other.notes; RETURN 1; END';"
            + " SELECT rowseal.unprotect('other.notes'); ALTER TABLE other.notes_versions ADD COLUMN mine int DEFAULT other.replay();"
            + " SELECT rowseal.protect('other.notes', identities => 'other.user_cards', versions => 'other.notes_versions', context => 'diary', exclude => '{mine}')");
    String intoDiary = INSERT_NOTE.replace("app.", "other.");
    database.run(INSERT_CARD, card());
    database.run(INSERT_NOTE, note("in the notes", 9));
    database.run(INSERT_CARD.replace("app.", "other."), card());
    database.run(intoDiary, signed("diary", "in the diary", 1));
    assertEquals("RS002", database.refusal(intoDiary, signed("diary", "newer", 2)));
    assertEquals("0", database.value("SELECT count(*) FROM app.notes_versions"));
  }

  /** To plan a query is to run what is constant in the expressions of a table's indexes. */
  @Test
  void codeOfATablesOwnerNeverRunsWithMoreRights() throws SQLException {
    database.run("CREATE TABLE loot (who text); GRANT INSERT ON loot TO PUBLIC");
    Victims.as(
        database,
        "app_owner",
        "CREATE FUNCTION app.note_who() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.loot VALUES (current_user); END';"
            + " CREATE FUNCTION app.trap(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM app.note_who(); RETURN t; END';"
            + " GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO PUBLIC; GRANT USAGE ON SCHEMA app TO rowseal_admin;"
            + " CREATE INDEX ON app.notes ((app.trap(body))); CREATE INDEX ON app.notes_versions ((app.trap(body)));"
            + " CREATE INDEX ON app.notes ((body || app.trap(''))); CREATE INDEX ON app.notes_versions ((body || app.trap(''))); CREATE INDEX ON app.user_cards ((name || app.trap('')))");
    try (TestDatabase writer = database.as("writer")) {
      writer.run(INSERT_NOTE, note("waits", 1));
      writer.run(INSERT_CARD, card());
      writer.run(INSERT_NOTE, note("newer", 3));
      writer.run(INSERT_NOTE, note("late", 2));
      writer.run("SELECT count(*) FROM rowseal.verify('app.notes')");
    }
    Victims.as(
        database,
        "app_owner",
        "SELECT rowseal.protect('app.notes', identities => 'app.user_cards', versions => 'app.notes_versions'); ALTER TABLE app.notes ADD COLUMN title text");
    database.run(
        "DO $$BEGIN CREATE ROLE keeper LOGIN PASSWORD 'secret'; EXCEPTION WHEN duplicate_object THEN NULL; END$$; GRANT rowseal_admin TO keeper");
    try (TestDatabase keeper = database.as("keeper")) {
      assertEquals("2", keeper.value("SELECT rowseal.prune('app.notes', versions => 1)"));
      keeper.run("SELECT * FROM rowseal.doctor()");
    }
    assertEquals(
        "0",
        database.value("SELECT count(*) FROM loot WHERE who NOT IN ('app_owner', 'writer')"),
        database.value("SELECT string_agg(DISTINCT who, ', ') FROM loot"));
    assertNotEquals("0", database.value("SELECT count(*) FROM loot"));
  }

  @Test
  void theOwnerOfTheCardsGetsNoRightsOfTheDatasOwner() throws SQLException {
    database.run("CREATE TABLE loot (who text); GRANT INSERT ON loot TO PUBLIC");
    Victims.as(
        database,
        "card_owner",
        "CREATE FUNCTION cards.note_who() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.loot VALUES (current_user); END';"
            + " CREATE FUNCTION cards.trap(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS 'BEGIN PERFORM cards.note_who(); RETURN t; END';"
            + " GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA cards TO PUBLIC; CREATE INDEX ON cards.user_cards ((name || cards.trap('')))");
    try (TestDatabase writer = database.as("writer")) {
      assertEquals(
          "RS003",
          writer.refusal("INSERT INTO app.logs VALUES (?, 1, false, 1, '\\x01')", note("", 1)[0]));
    }
    assertEquals("0", database.value("SELECT count(*) FROM loot WHERE who <> 'card_owner'"));
  }

  @Test
  void whatASessionSetsChangesNothing() throws SQLException {
    database.run(INSERT_CARD, card());
    try (TestDatabase owner = database.as("app_owner")) {
      for (String setting :
          new String[] {
            "quote_all_identifiers = on",
            "standard_conforming_strings = off",
            "array_nulls = off",
            "bytea_output = escape",
            "search_path = ''",
            "plpgsql.extra_errors = 'all'",
            "default_text_search_config = 'simple'",
            "xmlbinary = hex",
            "row_security = off",
            "check_function_bodies = off"
          }) {
        owner.run("SET " + setting);
      }
      owner.run(
          "SELECT rowseal.protect('app.notes', identities => 'app.user_cards', versions => 'app.notes_versions', on_unknown_owner => 'defer', on_invalid => 'quarantine')");
      owner.run("CREATE INDEX ON app.notes (owner_timestamp)");
      owner.run("ALTER TABLE app.notes ADD COLUMN title text");
      owner.run("CREATE TABLE app.other (LIKE app.notes INCLUDING ALL)");
      owner.run(
          "SELECT rowseal.protect('app.other', identities => 'app.user_cards', context => 'notes')");
      owner.run("INSERT INTO app.notes VALUES (?, ?::uuid, ?, ?, ?, ?)", note("a", 1));
      owner.run("INSERT INTO app.notes VALUES (?, ?::uuid, ?, ?, ?, ?)", note("b", 2));
      assertEquals(null, owner.value("SELECT code FROM rowseal.verify('app.notes')"));
      owner.run("RESET ALL");
      assertEquals("RS011", owner.refusal("ALTER TABLE app.other DISABLE TRIGGER ALL"));
      assertEquals(
          "RS001",
          owner.refusal(
              "INSERT INTO app.other VALUES (?, ?::uuid, ?, ?, ?, NULL)",
              java.util.Arrays.copyOf(note("a", 1), 5)));
    }
    assertEquals(
        null,
        database.value(
            "SELECT string_agg(\"table\" || ': ' || finding, '; ') FROM rowseal.doctor() WHERE NOT ok AND \"table\"::text IN ('app.notes', 'app.notes_versions', 'app.other', 'app.user_cards')"));
  }

  @Test
  void theOwnersOwnFunctionsMayChangeTheTable() throws SQLException {
    Victims.as(
        database,
        "app_owner",
        "CREATE FUNCTION app.migrate(command text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN EXECUTE command; END'; GRANT USAGE ON SCHEMA app TO stranger; GRANT EXECUTE ON FUNCTION app.migrate TO stranger");
    try (TestDatabase deployer = database.as("stranger")) {
      assertEquals(
          "00000", deployer.refusal("SELECT app.migrate('CREATE INDEX ON app.notes (body)')"));
      assertEquals(
          "00000",
          deployer.refusal("SELECT app.migrate('ALTER TABLE app.notes ADD COLUMN title text')"));
      assertEquals(
          "RS011",
          deployer.refusal("SELECT app.migrate('ALTER TABLE app.notes DISABLE TRIGGER ALL')"));
      assertEquals(
          "00000",
          deployer.refusal(
              "SELECT app.migrate('SELECT rowseal.protect(''app.notes'', identities => ''app.user_cards'', versions => ''app.notes_versions'')')"));
    }
  }

  private Object[] card() {
    Map<String, Object> row =
        new RowSigner(
                key,
                TableDescription.of("user_cards")
                    .column("user_hash", ValueKind.BYTES)
                    .column("sign_pkey", ValueKind.BYTES)
                    .column("name", ValueKind.TEXT)
                    .column("deleted_flag", ValueKind.BOOLEAN)
                    .column("owner_timestamp", ValueKind.INTEGER)
                    .publicKey("sign_pkey"))
            .sign(Map.of("name", "Ada", "deleted_flag", false, "owner_timestamp", 1L));
    return new Object[] {
      row.get("user_hash"),
      row.get("sign_pkey"),
      row.get("name"),
      row.get("deleted_flag"),
      row.get("owner_timestamp"),
      row.get("sign_b64")
    };
  }

  private Object[] note(String body, long timestamp) {
    return signed("notes", body, timestamp);
  }

  private Object[] signed(String context, String body, long timestamp) {
    Map<String, Object> row =
        new RowSigner(
                key,
                TableDescription.of(context)
                    .column("user_hash", ValueKind.BYTES)
                    .column("id", ValueKind.TEXT)
                    .column("body", ValueKind.TEXT)
                    .column("deleted_flag", ValueKind.BOOLEAN)
                    .column("owner_timestamp", ValueKind.INTEGER))
            .sign(
                Map.of(
                    "id", ID, "body", body, "deleted_flag", false, "owner_timestamp", timestamp));
    return new Object[] {row.get("user_hash"), ID, body, false, timestamp, row.get("sign_b64")};
  }
}
