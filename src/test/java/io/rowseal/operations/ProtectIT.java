package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What protect takes, what it refuses, and whom it waits for. */
@OnEachHost
class ProtectIT extends NoteDatabase {
  private static final String PROTECT =
      "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions', versions_columns => '{\"id\":\"note_id\"}')";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT rowseal.protect('note', identities => 'card', format => 'rot13')",
        "SELECT rowseal.protect('note', identities => 'card', on_stale => 'perhaps')",
        "SELECT rowseal.protect('note', identities => 'card', version_hash => 'MD5')",
        "SELECT rowseal.protect('note', identities => 'card', signature => 'nowhere')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{nowhere}')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{id}')",
        "SELECT rowseal.protect('note', identities => 'note')",
        "SELECT rowseal.protect('note', identities => 'card', format => 'buckitup')",
        "CREATE TABLE tags (user_hash text PRIMARY KEY, sign_pkey bytea NOT NULL, tags text[] NOT NULL, deleted_flag bool"
            + " NOT NULL, owner_timestamp bigint, sign_b64 bytea);"
            + " SELECT rowseal.protect_identities('tags', format => 'buckitup')",
        "SELECT rowseal.protect_identities('card', algorithm => 'RSA')",
        "SELECT rowseal.protect_identities('card', owner_hash => 'MD5')",
        "SELECT rowseal.unprotect('card')",
        "SELECT rowseal.unprotect('note'); ALTER TABLE note ADD UNIQUE (body); SELECT rowseal.protect('note', identities => 'card')",
        "SELECT rowseal.unprotect('note'); ALTER TABLE note ADD COLUMN price money; SELECT rowseal.protect('note', identities => 'card')",
        "SELECT rowseal.unprotect('note'); ALTER TABLE note DROP CONSTRAINT note_pkey; SELECT rowseal.protect('note', identities => 'card')",
      })
  void whatCannotKeepTheLawsIsNotProtected(String sql) {
    assertEquals("RS012", database.refusal(sql));
  }

  @Test
  void storedRowsAreVerifiedBeforeProtection() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(insert(forged(1)));
    assertEquals("RS002", database.refusal(Notes.PROTECTION));
    assertEquals("00000", database.refusal(Notes.PROTECTION.with("validate", false)));
  }

  /** PostgreSQL does not tell event triggers whose functions a REVOKE concerns. */
  @Test
  void toProtectATableIsNotToCheckAllOthers() throws SQLException {
    database.run(
        "CREATE TABLE other (LIKE note INCLUDING ALL); BEGIN; SET LOCAL track_functions = 'all'");
    database.run("SELECT rowseal.protect('other', identities => 'card', exclude => '{seen}')");
    assertEquals(
        "1",
        database.value(
            "SELECT pg_stat_get_xact_function_calls('rowseal_internal.flaws'::regproc)"));
    database.run("COMMIT");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'one-table')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'two-tables')",
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', layout => 'rolled')",
        "ALTER TABLE note_versions DROP body; " + PROTECT,
        "ALTER TABLE note_versions ALTER body TYPE varchar; " + PROTECT,
        "ALTER TABLE note_versions ADD extra int; " + PROTECT,
        "ALTER TABLE note_versions ALTER body SET NOT NULL; " + PROTECT,
        "ALTER TABLE note_versions ADD CHECK (body <> ''); " + PROTECT,
        "ALTER TABLE note_versions DROP CONSTRAINT note_versions_pkey, ADD PRIMARY KEY (user_hash, note_id); "
            + PROTECT,
        "CREATE ROLE other_owner; ALTER TABLE note_versions OWNER TO other_owner; " + PROTECT,
        "SELECT rowseal.protect('note', identities => 'card', exclude => '{seen}', versions => 'note_versions', versions_columns => '{\"id\":\"note_id\"}', on_stale => 'error')",
      })
  void whatCannotTakeEveryVersionIsNoVersionsTable(String sql) throws SQLException {
    database.run(Notes.VERSIONS);
    database.run("DROP ROLE IF EXISTS other_owner");
    assertEquals("RS012", database.refusal(sql));
  }

  /** Who writes to the versions table alone has not locked the data table yet. */
  @Test
  void protectingAgainLetsReadersAndWritersFinish() throws Exception {
    database.run(Notes.VERSIONS);
    database.run(Notes.VERSIONED);
    database.run(insert(note(3, "three")));
    Row four = note(4, "four");
    try (TestDatabase reader = database.as("postgres");
        TestDatabase writer = database.as("postgres");
        TestDatabase changer = database.as("postgres")) {
      reader.connection().setAutoCommit(false);
      reader.run("SELECT FROM note, note_versions");
      writer.connection().setAutoCommit(false);
      writer.run(Notes.insertVersion(note(2, "two")));
      CompletableFuture<String> change =
          CompletableFuture.supplyAsync(() -> changer.refusal(Notes.VERSIONED));
      database.awaitBlocked(changer);
      writer.run(insert(four));
      writer.connection().commit();
      assertEquals("00000", change.get(1, TimeUnit.MINUTES));
      assertEquals("4 four", reader.value(STORED));
    }
    assertEquals(
        "2 two, 3 three",
        database.value(
            "SELECT string_agg(owner_timestamp || ' ' || body, ', ' ORDER BY owner_timestamp) FROM note_versions"));
  }
}
