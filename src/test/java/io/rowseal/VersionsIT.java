package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.Documents;
import io.rowseal.testing.NoteDatabase;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.Owner;
import io.rowseal.testing.TestDatabase;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Superseded versions are kept: in a table of their own, or all in one. */
@OnEachHost
class VersionsIT extends NoteDatabase {
  private static final String VERSIONS_TABLE =
      "CREATE TABLE note_versions ("
          + Owner.NOTE_COLUMNS
              .replace("id uuid", "note_id uuid")
              .replace(", seen int, PRIMARY KEY (user_hash, id)", ", PRIMARY KEY (sign_b64)")
          + ")";
  private static final String PROTECT =
      "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions',"
          + " versions_columns => '{\"id\":\"note_id\"}')";
  private static final String INSERT_VERSION =
      "INSERT INTO note_versions VALUES " + Owner.NOTE_ROW.replace(", 0)", ")");
  private static final String HISTORY =
      "SELECT string_agg(owner_timestamp || ' ' || body, ', ' ORDER BY owner_timestamp, sign_b64) FROM note_versions";

  private void twoTables() throws SQLException {
    database.run(VERSIONS_TABLE);
    database.run(PROTECT);
  }

  private void oneTable() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(
        "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash, id, sign_b64)");
    database.run(Owner.PROTECT_NOTES.replace(")", ", layout => 'one-table')"));
  }

  @Test
  void tipsMoveToTheVersionsTableInAnyOrder() throws SQLException {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    database.run(Owner.INSERT_NOTE, note(4, "four"));
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run(INSERT_VERSION, note(3, "three"));
    Object[] six = note(6, "six");
    database.run(
        "UPDATE note SET body = ?, owner_timestamp = ?, sign_b64 = ?", six[2], six[9], six[10]);
    Object[] five = note(5, "five");
    assertEquals(
        0,
        database.run(
            "UPDATE note SET body = ?, owner_timestamp = ?, sign_b64 = ?",
            five[2],
            five[9],
            five[10]));
    assertEquals("6 six", database.value(STORED));
    assertEquals("1 one, 2 two, 3 three, 4 four, 5 five", database.value(HISTORY));
  }

  @Test
  void versionThatIsNewerThanTheTipBecomesTheTip() throws SQLException {
    twoTables();
    database.run(INSERT_VERSION, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
    assertEquals(null, database.value(HISTORY));
    database.run(INSERT_VERSION, note(3, "three"));
    assertEquals("3 three", database.value(STORED));
    assertEquals("2 two", database.value(HISTORY));
  }

  @Test
  void archivedVersionIsTheStoredOneByteForByte() throws SQLException {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run("CREATE TABLE before AS SELECT * FROM note");
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals(
        "t",
        database.value(
            "SELECT record_image_eq(ROW(v.user_hash, v.note_id, v.body, v.size, v.written, v.tags, v.weight, v.code, v.deleted_flag, v.owner_timestamp, v.sign_b64),"
                + " ROW(b.user_hash, b.id, b.body, b.size, b.written, b.tags, b.weight, b.code, b.deleted_flag, b.owner_timestamp, b.sign_b64))"
                + " FROM note_versions v, before b"));
  }

  @Test
  void storedVersionsAreAppendOnly() throws SQLException {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    Object[] two = note(2, "two");
    database.run(Owner.INSERT_NOTE, two);
    assertEquals("RS009", database.refusal("UPDATE note_versions SET body = 'other'"));
    assertEquals(
        "RS009",
        database.refusal(
            "UPDATE note_versions SET body = ?, owner_timestamp = ?, sign_b64 = ?",
            two[2],
            two[9],
            two[10]));
    assertEquals("RS007", database.refusal("UPDATE note_versions SET note_id = gen_random_uuid()"));
    assertEquals("RS008", database.refusal("DELETE FROM note_versions"));
    assertEquals("RS008", database.refusal("TRUNCATE note_versions"));
    assertEquals(0, database.run("UPDATE note_versions SET body = body"));
  }

  @Test
  void forgeriesEnterNeitherTable() throws SQLException {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    Object[] forged = note(1, "one");
    forged[2] = "forged";
    assertEquals("RS002", database.refusal(INSERT_VERSION, forged));
    assertEquals("RS002", database.refusal(Owner.INSERT_NOTE, forged));
    forged[9] = 9L;
    assertEquals("RS002", database.refusal(INSERT_VERSION, forged));
    database.run("SET session_replication_role = replica");
    assertEquals("RS002", database.refusal(INSERT_VERSION, forged));
    assertEquals(null, database.value(HISTORY));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void redeliveryWritesNothing(boolean intoVersions) throws SQLException {
    twoTables();
    Object[][] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Object[] note : notes) {
      database.run(Owner.INSERT_NOTE, note);
    }
    String tables =
        "SELECT (SELECT string_agg(ctid || '' || xmin, ',' ORDER BY ctid) FROM note) || (SELECT string_agg(ctid || '' || xmin, ',' ORDER BY ctid) FROM note_versions)";
    String before = database.value(tables);
    for (Object[] note : notes) {
      assertEquals(0, database.run(intoVersions ? INSERT_VERSION : Owner.INSERT_NOTE, note));
    }
    assertEquals(before, database.value(tables));
  }

  /** Who writes to the versions table alone has not locked the data table yet. */
  @Test
  void protectingAgainLetsReadersAndWritersFinish() throws Exception {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(3, "three"));
    Object[] four = note(4, "four");
    try (TestDatabase reader = database.as("postgres");
        TestDatabase writer = database.as("postgres");
        TestDatabase changer = database.as("postgres")) {
      reader.connection().setAutoCommit(false);
      reader.run("SELECT FROM note, note_versions");
      writer.connection().setAutoCommit(false);
      writer.run(INSERT_VERSION, note(2, "two"));
      CompletableFuture<String> change =
          CompletableFuture.supplyAsync(() -> changer.refusal(PROTECT));
      awaitWaiting(database, changer);
      writer.run(Owner.INSERT_NOTE, four);
      writer.connection().commit();
      assertEquals("00000", change.get(1, TimeUnit.MINUTES));
      assertEquals("4 four", reader.value(STORED));
    }
    assertEquals("2 two, 3 three", database.value(HISTORY));
  }

  /** It came to the versions table, was the only one, and met a newer one on its way to the tip. */
  @Test
  void firstVersionThatMeetsANewerFirstOneIsKept() throws Exception {
    twoTables();
    Object[] one = note(1, "one");
    try (TestDatabase other = database.as("postgres")) {
      database.connection().setAutoCommit(false);
      database.run(Owner.INSERT_NOTE, note(2, "two"));
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> other.refusal(INSERT_VERSION, one));
      try (TestDatabase observer = database.as("postgres")) {
        awaitWaiting(observer, other);
      }
      database.connection().commit();
      database.connection().setAutoCommit(true);
      assertEquals("00000", first.get(1, TimeUnit.MINUTES));
    }
    assertEquals("2 two", database.value(STORED));
    assertEquals("1 one", database.value(HISTORY));
  }

  @Test
  void ownTriggersSeeAMergeAsTheOwnersUpdate() throws SQLException {
    twoTables();
    database.run("CREATE TABLE seen_by_trigger (what text)");
    database.run(
        "CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.seen_by_trigger"
            + " VALUES (concat_ws(' ', tg_op, current_user, current_setting('search_path'))); RETURN NEW; END $$");
    database.run(
        "CREATE TRIGGER see BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION see()");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run("TRUNCATE seen_by_trigger");
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals(
        "INSERT postgres \"$user\", public, UPDATE postgres pg_catalog, pg_temp",
        database.value("SELECT string_agg(what, ', ' ORDER BY what) FROM seen_by_trigger"));
  }

  private static void awaitWaiting(TestDatabase observer, TestDatabase other) throws Exception {
    int backend = other.connection().unwrap(PGConnection.class).getBackendPID();
    String waits = "SELECT cardinality(pg_blocking_pids(" + backend + ")) > 0";
    for (int i = 0; !"t".equals(observer.value(waits)); i++) {
      assertTrue(i < 3000, "it does not wait");
      Thread.sleep(20);
    }
  }

  @Test
  void tipWhoseReplacementWasUndoneStaysTheTip() throws SQLException {
    twoTables();
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    Object[] two = note(2, "two");
    database.connection().setAutoCommit(false);
    var before = database.connection().setSavepoint();
    database.run(Owner.INSERT_NOTE, two);
    database.connection().rollback(before);
    assertEquals(0, database.run(INSERT_VERSION, note(1, "one")));
    assertEquals(null, database.value(HISTORY));
    database.run(Owner.INSERT_NOTE, two);
    assertEquals("1 one", database.value(HISTORY));
    database.connection().rollback();
  }

  /** So a stored version costs no cryptography when it comes again, to whichever table. */
  @Test
  void storedVersionsAreRecognisedWithoutTheirOwnersKey() throws SQLException {
    twoTables();
    Object[][] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Object[] note : notes) {
      database.run(Owner.INSERT_NOTE, note);
    }
    Documents.tamper(database, "DELETE FROM card");
    // A backend that has verified a version remembers the key.
    try (TestDatabase other = database.as("postgres")) {
      for (Object[] note : notes) {
        assertEquals("00000", other.refusal(Owner.INSERT_NOTE, note));
        assertEquals("00000", other.refusal(INSERT_VERSION, note));
      }
      assertEquals("RS003", other.refusal(Owner.INSERT_NOTE, note(4, "four")));
    }
  }

  @Test
  void whatSuperusersBrokeHealsWhenTheAuthenticVersionComes() throws SQLException {
    twoTables();
    Object[][] notes = {note(1, "one"), note(2, "two"), note(3, "three")};
    for (Object[] note : notes) {
      database.run(Owner.INSERT_NOTE, note);
    }
    database.run("SELECT rowseal.unprotect('note')");
    database.run("UPDATE note SET body = 'forged'");
    database.run("UPDATE note_versions SET body = 'forged' WHERE owner_timestamp = 1");
    database.run(PROTECT.replace("'note',", "'note', validate => false,"));
    for (Object[] note : notes) {
      database.run(Owner.INSERT_NOTE, note);
    }
    assertEquals("3 three", database.value(STORED));
    assertEquals("1 one, 2 two", database.value(HISTORY));
  }

  @Test
  void somethingThatWasNeverSignedGivesWay() throws SQLException {
    twoTables();
    database.run("SELECT rowseal.unprotect('note')");
    Object[] junk = note(1, "junk");
    junk[10] = null;
    database.run(Owner.INSERT_NOTE, junk);
    database.run(PROTECT.replace("'note',", "'note', validate => false,"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
    assertEquals(null, database.value(HISTORY));
  }

  @Test
  void oneTableKeepsAllVersionsBesideEachOther() throws SQLException {
    oneTable();
    Object[] two = note(2, "two");
    assertEquals(1, database.run(Owner.INSERT_NOTE, two));
    assertEquals(1, database.run(Owner.INSERT_NOTE, note(1, "one")));
    assertEquals(1, database.run(Owner.INSERT_NOTE, note(3, "three")));
    assertEquals(0, database.run(Owner.INSERT_NOTE, two));
    assertEquals("3", database.value("SELECT count(*) FROM note"));
    assertEquals("3 three", database.value(STORED.replace("note", "note_tips")));
    assertEquals("1", database.value("SELECT count(*) FROM note_tips"));
    assertEquals("RS009", database.refusal("UPDATE note SET body = 'other'"));
    assertEquals("RS009", database.refusal("UPDATE note SET sign_b64 = '\\x01'"));
    assertEquals("RS007", database.refusal("UPDATE note SET id = gen_random_uuid()"));
    assertEquals(3, database.run("UPDATE note SET seen = 5"));
    assertEquals("RS008", database.refusal("DELETE FROM note"));
  }

  @Test
  void cardsMayBeVersionedToo() throws SQLException {
    database.run("SELECT rowseal.unprotect('note'); SELECT rowseal.unprotect('card')");
    database.run("CREATE TABLE card_versions (LIKE card, PRIMARY KEY (sign_b64))");
    database.run("SELECT rowseal.protect_identities('card', versions => 'card_versions')");
    database.run(Owner.PROTECT_NOTES);
    database.run(Owner.INSERT_CARD, Owner.cardValues(ada.card(2, "Ada L.")));
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    assertEquals("Ada L.", database.value("SELECT name FROM card"));
    assertEquals("Ada", database.value("SELECT name FROM card_versions"));
  }

  @Test
  void unchangedLargeValuesArePublishedWhole() throws SQLException {
    twoTables();
    String large =
        "x".repeat(10)
            + database.value("SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) i");
    database.run(Owner.INSERT_NOTE, note(1, large));
    Object[] tombstone = Owner.noteValues(ada.note(id, 2, large, true));
    database.run("SET synchronous_commit = on");
    database.value(
        "SELECT pg_create_logical_replication_slot('whole_"
            + host.name().toLowerCase(java.util.Locale.ROOT)
            + "', 'test_decoding')");
    database.run(
        "UPDATE note SET deleted_flag = true, owner_timestamp = 2, sign_b64 = ?", tombstone[10]);
    database.run("UPDATE note SET seen = 4");
    String slot = "'whole_" + host.name().toLowerCase(java.util.Locale.ROOT) + "'";
    assertEquals(
        "2 0",
        database.value(
            "SELECT count(*) FILTER (WHERE position('xxxxxxxxxx' IN data) > 0) || ' ' || count(*) FILTER (WHERE position('unchanged-toast' IN data) > 0)"
                + " FROM pg_logical_slot_get_changes("
                + slot
                + ", NULL, NULL) WHERE data LIKE 'table public.note: UPDATE%'"));
    database.value("SELECT pg_drop_replication_slot(" + slot + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'one-table')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'two-tables')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'rolled')",
        "ALTER TABLE note_versions DROP body; " + PROTECT_BAD,
        "ALTER TABLE note_versions ALTER body TYPE varchar; " + PROTECT_BAD,
        "ALTER TABLE note_versions ADD extra int; " + PROTECT_BAD,
        "ALTER TABLE note_versions ALTER body SET NOT NULL; " + PROTECT_BAD,
        "ALTER TABLE note_versions ADD CHECK (body <> ''); " + PROTECT_BAD,
        "ALTER TABLE note_versions DROP CONSTRAINT note_versions_pkey, ADD PRIMARY KEY (user_hash, note_id); "
            + PROTECT_BAD,
        "CREATE ROLE other_"
            + "owner; ALTER TABLE note_versions OWNER TO other_owner; "
            + PROTECT_BAD,
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions', versions_columns => '{\"id\":\"note_id\"}', on_stale => 'error')",
      })
  void whatCannotTakeEveryVersionIsNoVersionsTable(String sql) throws SQLException {
    database.run(VERSIONS_TABLE);
    database.run("DROP ROLE IF EXISTS other_owner");
    assertEquals("RS012", database.refusal(sql));
  }

  private static final String PROTECT_BAD =
      "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions', versions_columns => '{\"id\":\"note_id\"}')";

  @Test
  void deferredRowsComeWithTheirCard() throws SQLException {
    database.run(VERSIONS_TABLE);
    database.run(PROTECT.replace("'note',", "'note', on_unknown_owner => 'defer',"));
    Owner eve = new Owner(SignatureAlgorithm.ED25519);
    UUID evesId = UUID.randomUUID();
    Object[] two = Owner.noteValues(eve.note(evesId, 2, "two", false));
    assertEquals(0, database.run(Owner.INSERT_NOTE, two));
    assertEquals(
        0, database.run(INSERT_VERSION, Owner.noteValues(eve.note(evesId, 1, "one", false))));
    Object[] forged = Owner.noteValues(eve.note(evesId, 7, "seven", false));
    forged[2] = "forged";
    assertEquals(0, database.run(Owner.INSERT_NOTE, forged));
    assertEquals(0, database.run(Owner.INSERT_NOTE, two));
    assertEquals("3", database.value("SELECT count(*) FROM rowseal.deferred"));
    assertEquals(1, database.run(Owner.INSERT_CARD, Owner.cardValues(eve.card(1, "Eve"))));
    assertEquals("2 two", database.value(STORED));
    assertEquals("1 one", database.value(HISTORY));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.deferred"));
    assertEquals("0", database.value("SELECT seen FROM note"), "what is not signed came along");
    assertEquals("RS002", database.value("SELECT code FROM rowseal.quarantine"));
  }

  @Test
  void quarantineTakesBadRowsAndRetryOffersThemAgain() throws SQLException {
    database.run(Owner.PROTECT_NOTES.replace(")", ", on_invalid => 'quarantine')"));
    Object[] bad = note(1, "one");
    bad[2] = "forged";
    assertEquals(0, database.run(Owner.INSERT_NOTE, bad));
    assertEquals(0, database.run(Owner.INSERT_NOTE, bad));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.quarantine"));
    assertTrue(
        database
            .value("SELECT reason FROM rowseal.quarantine")
            .contains("signature does not verify"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals(0, database.run("UPDATE note SET body = 'forged'"));
    assertEquals("(2,0,2)", database.value("SELECT rowseal.retry('note')"));
    assertEquals("2 two", database.value(STORED));
    database.run("SET ROLE pg_monitor");
    assertEquals(
        "0",
        database.value("SELECT count(*) FROM rowseal.quarantine"),
        "seen by the table's owner only");
    database.run("RESET ROLE");
  }
}
