package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import io.rowseal.testing.sql.Protection;
import io.rowseal.testing.sql.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

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

  /** docs/sql.md has a table of them: name, type, default, and of which function. */
  @Test
  void everyArgumentIsDocumented() throws SQLException, IOException {
    List<String> documented =
        Pattern.compile(
                "^\\| `(\\w+)` \\| `([^`]+)` \\| *`?([^|`]*)`? *\\| (`\\w+`|both) \\|",
                Pattern.MULTILINE)
            .matcher(Files.readString(Path.of("docs/sql.md")))
            .results()
            .flatMap(
                m ->
                    Stream.of("protect", "protect_identities")
                        .filter(f -> List.of("both", "`" + f + "`").contains(m.group(4)))
                        .map(f -> String.join(" ", f, m.group(1), m.group(2), m.group(3))))
            .map(String::strip)
            .sorted()
            .toList();
    assertEquals(
        String.join("\n", documented),
        database.value(
            "SELECT string_agg(argument, E'\\n' ORDER BY argument COLLATE \"C\") FROM (SELECT concat_ws(' ', p.proname, p.proargnames[n], format_type(p.proargtypes[n - 1], NULL),"
                + " regexp_replace(pg_get_function_arg_default(p.oid, n::int), '::[a-z]+(\\[\\])?$', '')) AS argument"
                + " FROM pg_proc p, generate_series(1, p.pronargs) AS n WHERE p.oid IN ('rowseal.protect'::regproc, 'rowseal.protect_identities'::regproc)) AS a"));
  }

  @Test
  void refusalCountsTheBadRowsByReason() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(insert(note(1, "good")));
    for (int i = 0; i < 3; i++) {
      database.run(insert(other(note(1, "unsigned")).with("sign_b64", null)));
    }
    database.run(insert(other(forged(1))));
    ServerErrorMessage refusal = refused(Notes.PROTECTION);
    assertEquals("RS001", refusal.getSQLState());
    assertEquals(
        "public.note: 4 of 5 stored rows cannot stay as they are: 3 with RS001 (row is not signed), 1 with RS002 (signature does not verify)",
        refusal.getMessage());
    assertTrue(
        refusal
            .getDetail()
            .matches(
                "RS001, such as \\{.*\\} of the data table: row is not signed: .*\nRS002, such as \\{.*\\} of the data table: signature does not verify.*"),
        refusal.getDetail());
    assertTrue(
        refusal.getHint().contains("SELECT rowseal.validate('public.note')"), refusal.getHint());
    assertFalse(refusal.getWhere().contains("as_owner"), refusal.getWhere());
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.protected WHERE role = 'data'"));
  }

  /** A row whose key is another one. */
  private static Row other(Row row) {
    return row.with("id", UUID.randomUUID().toString());
  }

  private ServerErrorMessage refused(Sql sql) {
    return assertThrows(PSQLException.class, () -> database.run(sql)).getServerErrorMessage();
  }

  private static final String VALIDATED =
      "SELECT validated IS NOT NULL FROM rowseal.protected WHERE \"table\" = 'note'::regclass";

  @Test
  void aTableIsValidatedAfterwards() throws SQLException {
    Row bad = forged(1);
    database.run("SELECT rowseal.unprotect('note')");
    database.run(insert(bad));
    database.run(Notes.PROTECTION.with("validate", false));
    assertEquals("f", database.value(VALIDATED));
    assertEquals("RS002", database.refusal("SELECT rowseal.validate('note')"));
    assertEquals("RS002", database.refusal(Notes.PROTECTION));
    database.run(insert(note(2, "signed by now")));
    assertEquals(
        "public.note is validated: 1 stored rows verified",
        database.value("SELECT rowseal.validate('note')"));
    assertEquals("t", database.value(VALIDATED));
    database.run("ALTER TABLE note ADD COLUMN more text");
    assertEquals("t", database.value(VALIDATED));
    database.run(Notes.PROTECTION.with("validate", false).with("exclude", "{seen,more}"));
    assertEquals("f", database.value(VALIDATED));
  }

  /** What others may do while it verifies, and nothing else. */
  @Test
  void validatingLetsWritersGoOn() throws SQLException {
    database.connection().setAutoCommit(false);
    database.run("SELECT rowseal.require_valid('note')");
    assertEquals(
        "AccessShareLock",
        database.value(
            "SELECT string_agg(DISTINCT mode, ', ') FROM pg_locks WHERE pid = pg_backend_pid() AND relation IN ('note'::regclass, 'note_pkey'::regclass)"));
    database.connection().rollback();
    database.connection().setAutoCommit(true);
  }

  @Test
  void onlyItsOwnerValidatesATable() throws SQLException {
    database.run("DROP ROLE IF EXISTS inspector");
    database.run("CREATE ROLE inspector");
    database.run("GRANT SELECT ON note, card TO inspector");
    try (TestDatabase inspector = database.as("inspector")) {
      assertEquals("42501", inspector.refusal("SELECT rowseal.validate('note')"));
      assertEquals(
          "42501",
          inspector.refusal("SELECT rowseal.request('note', '{\"do\": \"record validation\"}')"));
    }
    database.run("SELECT rowseal.unprotect('note')");
    assertEquals("RS012", database.refusal("SELECT rowseal.validate('note')"));
    assertEquals(
        "RS012",
        database.refusal("SELECT rowseal.request('note', '{\"do\": \"record validation\"}')"));
  }

  @Test
  void protectingAgainVerifiesOnlyWhatItHasTo() throws SQLException {
    database.run(insert(note(1, "one")));
    assertEquals("verified before", verification(Notes.PROTECTION));
    assertEquals("verified before", verification(Notes.PROTECTION.with("on_stale", "error")));
    assertEquals("verified before", verification(Notes.PROTECTION.with("validate", false)));
    database.run("ALTER TABLE note ADD COLUMN more text");
    assertEquals("verified before", verification(Notes.PROTECTION));
    assertEquals("verified", verification(Notes.PROTECTION.with("exclude", "{seen,more}")));
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_insert");
    database.run(insert(other(forged(1))));
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS");
    assertEquals("RS002", database.refusal(Notes.PROTECTION.with("exclude", "{seen,more}")));
  }

  @Test
  void whatWasVerifiedWithKeysOfAnotherKindIsVerifiedAgain() throws SQLException {
    database.run(insert(note(1, "one")));
    assertEquals("t", database.value(VALIDATED));
    database.run(Cards.PROTECTION.with("algorithm", "Ed448").with("validate", false));
    assertEquals("f", database.value(VALIDATED));
    assertNotEquals("00000", database.refusal(Notes.PROTECTION));
  }

  private String verification(Protection protection) throws SQLException {
    return database.value(protection.text()).replaceAll("^.* stored rows ", "");
  }

  /** What others commit after its snapshot, such a transaction does not see. */
  @Test
  void rowsThatASnapshotOverlooksAreNotTakenForVerified() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    try (TestDatabase other = database.as("postgres")) {
      database.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      database.connection().setAutoCommit(false);
      database.run("SELECT 1");
      other.run(insert(forged(1)));
      assertEquals("RS012", database.refusal(Notes.PROTECTION));
    }
    database.connection().rollback();
    database.connection().setAutoCommit(true);
  }

  @Test
  void partitionsThatASnapshotOverlooksAreNotTakenForVerified() throws SQLException {
    database.run(Notes.TABLE.as("parted").clause("PARTITION BY HASH (user_hash, id)"));
    database.run(Notes.PROTECTION.named("parted").with("context", "note"));
    database.run("CREATE TABLE part (LIKE parted)");
    try (TestDatabase other = database.as("postgres")) {
      database.connection().setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      database.connection().setAutoCommit(false);
      database.run("SELECT 1");
      other.run(Insert.into("part").row(forged(1)));
      assertEquals(
          "RS011",
          database.refusal(
              "ALTER TABLE parted ATTACH PARTITION part FOR VALUES WITH (MODULUS 1, REMAINDER 0)"));
    }
    database.connection().rollback();
    database.connection().setAutoCommit(true);
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
