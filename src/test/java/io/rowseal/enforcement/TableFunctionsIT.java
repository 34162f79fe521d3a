package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.server.*;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The functions that protect makes for a table, as people read them. After a change of a template,
 * {@code -Drowseal.functions=write} writes the files anew; read the difference.
 */
@OnEachHost
class TableFunctionsIT {
  private static final Path FILES = Path.of("src/test/resources/functions");
  private static final String COLUMNS =
      "user_hash bytea, id uuid, body text, attachment bytea, seen int, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea";

  @Parameter Host host;
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run(
        "CREATE TABLE cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run("SELECT rowseal.protect_identities('cards')");
    database.run("CREATE TABLE notes (" + COLUMNS + ", PRIMARY KEY (user_hash, id))");
    database.run(
        "CREATE TABLE notes_versions ("
            + COLUMNS.replace(" id ", " note_id ")
            + ", PRIMARY KEY (sign_b64))");
    database.run(
        "CREATE TABLE all_notes (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, sign_hash bytea, PRIMARY KEY (user_hash, id, sign_hash))");
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          identities | cards | SELECT 1
          unversioned | notes | SELECT rowseal.protect('notes', identities => 'cards', exclude => '{seen}')
          two-tables | notes | SELECT rowseal.protect('notes', identities => 'cards', versions => 'notes_versions', versions_columns => '{"id": "note_id"}', exclude => '{seen}')
          versions | notes_versions | SELECT rowseal.protect('notes', identities => 'cards', versions => 'notes_versions', versions_columns => '{"id": "note_id"}', exclude => '{seen}')
          one-table | all_notes | SELECT rowseal.protect('all_notes', identities => 'cards', layout => 'one-table')
          parking | notes | SELECT rowseal.protect('notes', identities => 'cards', exclude => '{seen}', on_invalid => 'quarantine', on_unknown_owner => 'defer', on_stale => 'error')
          """)
  void areAsTheFilesShow(String name, String table, String protect)
      throws SQLException, IOException {
    database.run(protect);
    String functions =
        database.value(
            "SELECT string_agg(format(E'-- %s %s(%s) RETURNS %s, run as %s\\n%s', 'FUNCTION', proname, pg_get_function_identity_arguments(oid), pg_get_function_result(oid),"
                + " CASE WHEN proname LIKE 'on%' THEN 'Rowseal''s owner' ELSE 'the table''s owner' END, btrim(prosrc, E'\\n') || E'\\n'), E'\\n' ORDER BY proname)"
                + " FROM pg_proc WHERE pronamespace = 'rowseal_internal'::regnamespace AND proname ~ ('^(on_insert|on_update|on_card|look|replace|archive|promote|image|offer|card)_' || ? || '$')",
            table);
    Path file = FILES.resolve(name + ".sql");
    if ("write".equals(System.getProperty("rowseal.functions"))) {
      Files.createDirectories(FILES);
      Files.writeString(file, functions);
    }
    assertEquals(Files.readString(file), functions);
  }

  @Test
  void namesMayLookLikeSlots() throws SQLException {
    database.run(
        "CREATE TABLE \"{{table}}\" (user_hash bytea, \"{{policy}}\" int, \"begin\" text, \"loop\" int, \"a\"\"b'c\\d\" text, \"%s\" text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, \"{{policy}}\"))");
    database.run("SELECT rowseal.protect('\"{{table}}\"', identities => 'cards')");
    assertEquals(
        "RS001",
        database.refusal(
            "INSERT INTO \"{{table}}\" VALUES ('\\x01', 1, 'x', 2, 'y', 'z', false, 1, NULL)"));
    assertEquals(
        "RS001",
        database.refusal(
            "INSERT INTO \"{{table}}\" VALUES ('\\x01', 1, 'x', 2, 'y', 'z', false, 1, '')"));
    assertTrue(
        database.value(
                "SELECT string_agg(finding, '; ') FROM rowseal.doctor() WHERE NOT ok AND \"table\" = '\"{{table}}\"'::regclass")
            == null);
  }
}
