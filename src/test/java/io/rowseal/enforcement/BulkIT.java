package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/**
 * Rows of one statement are verified while it goes on. Whatever is done with such a statement, a
 * bad row is refused as if each had been verified when it came.
 */
@OnEachHost
class BulkIT extends NoteDatabase {
  private static final int ROWS = 200;

  private static final String COLUMNS =
      "user_hash, id, body, size, written, tags, weight, code, deleted_flag, owner_timestamp, sign_b64, seen";

  private static final String BULK = "INSERT INTO note (" + COLUMNS + ") " + rows("");

  private static final String STORED_ROWS = "SELECT count(*) FROM note";

  /** Then the last rows are too few to be handed over before the statement ends. */
  private static final String NO_LAST_CHUNK = "DELETE FROM %s WHERE n = 1";

  private final UUID[] ids = new UUID[ROWS + 1];

  private static String rows(String condition) {
    return "SELECT " + COLUMNS + " FROM (SELECT * FROM delivery ORDER BY n) AS d " + condition;
  }

  @BeforeEach
  void prepareDelivery() throws SQLException {
    database.run("CREATE TABLE delivery (LIKE note, n int)");
    Insert all = Insert.into("delivery");
    for (int n = 1; n <= ROWS; n++) {
      ids[n] = UUID.randomUUID();
      all = all.row(Notes.note(ada, ids[n], 1, "bulk").with("n", n));
    }
    database.run(all);
  }

  private void forge(int... numbers) throws SQLException {
    for (int n : numbers) {
      database.run("UPDATE delivery SET body = 'forged' WHERE n = " + n);
    }
  }

  private static SQLException error(TestDatabase database, String sql) {
    return assertThrows(SQLException.class, () -> database.run(sql), sql);
  }

  /** What PostgreSQL says, without its list of contexts. */
  private static String message(SQLException refused) {
    return ((PSQLException) refused).getServerErrorMessage().getMessage();
  }

  /** The statement is refused because of this row, and leaves nothing behind. */
  private void assertRefused(String code, int row, String sql) throws SQLException {
    SQLException refused = error(database, sql);
    assertEquals(code, refused.getSQLState(), refused.getMessage());
    assertTrue(refused.getMessage().contains(ids[row].toString()), refused.getMessage());
    assertEquals("0", database.value(STORED_ROWS));
  }

  private void assertAllStored() throws SQLException {
    assertEquals(Integer.toString(ROWS), database.value(STORED_ROWS));
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  private String file() throws SQLException {
    return database.value("SHOW data_directory") + "/" + database.name() + ".copy";
  }

  private void layout(String layout) throws SQLException {
    if (layout.equals("two-tables")) {
      database.run(Notes.VERSIONS);
      database.run(Notes.VERSIONED);
    } else if (layout.equals("one-table")) {
      database.run("SELECT rowseal.unprotect('note')");
      database.run(
          "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash, id, sign_b64)");
      database.run(Notes.PROTECTION.with("layout", layout));
    }
  }

  /** The test of the tests: rows are handed over, and nothing but this trigger waits for them. */
  private void takeTheWaitOut() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_end");
  }

  // ---------------------------------------------------------------- what is refused

  @ParameterizedTest
  @ValueSource(strings = {"unversioned", "two-tables", "one-table"})
  void goodRowsAreStored(String layout) throws SQLException {
    layout(layout);
    database.run(BULK);
    assertAllStored();
    assertEquals(0, database.run(BULK));
    assertNull(database.value("SELECT finding FROM rowseal.doctor() WHERE NOT ok"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"unversioned", "two-tables", "one-table"})
  void firstBadRowIsNamed(String layout) throws SQLException {
    layout(layout);
    forge(150, 50, ROWS);
    assertRefused("RS002", 50, BULK);
    assertRefused("RS002", 50, BULK);
  }

  @Test
  void refusalIsTheSameAsOfASingleRow() throws SQLException {
    forge(50);
    assertEquals(
        message(error(database, "INSERT INTO note " + rows("WHERE n = 50"))),
        message(error(database, BULK)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 9, 10, 16, 24, 25, ROWS})
  void badRowIsFoundWhereverItStands(int row) throws SQLException {
    forge(row);
    assertRefused("RS002", row, BULK);
  }

  @Test
  void earlierBadRowGoesBeforeWhatIsRefusedAtOnce() throws SQLException {
    forge(50);
    database.run("UPDATE delivery SET sign_b64 = NULL WHERE n = 100");
    assertRefused("RS002", 50, BULK);
    database.run("UPDATE delivery SET body = 'bulk' WHERE n = 50");
    assertRefused("RS001", 100, BULK);
  }

  @Test
  void longStatementEndsSoonAfterABadRow() throws SQLException {
    database.run("CREATE SEQUENCE offered");
    assertEquals(
        "RS002",
        database.refusal(
            BULK.replace(" id, body", " gen_random_uuid(), body")
                    .replace(
                        "(" + COLUMNS.replace(" id, body", " gen_random_uuid(), body"),
                        "(" + COLUMNS)
                + ", generate_series(1, 1000) WHERE nextval('offered') > 0"));
    int offered = Integer.parseInt(database.value("SELECT last_value FROM offered"));
    assertTrue(offered < 5000, offered + " rows were read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"unversioned", "two-tables"})
  void forgedVersionThatIsReplacedInTheSameStatementIsRefused(String layout) throws SQLException {
    layout(layout);
    Row newer = Notes.note(ada, ids[50], 2, "newer").with("n", 51);
    database.run("DELETE FROM delivery WHERE n = 51");
    database.run(Insert.into("delivery").row(newer));
    forge(50);
    assertRefused("RS002", 50, BULK);
    assertEquals(0, versions(layout));
    database.run("UPDATE delivery SET body = 'bulk' WHERE n = 50");
    database.run(BULK);
    assertEquals(Integer.toString(ROWS - 1), database.value(STORED_ROWS));
    assertEquals(layout.equals("two-tables") ? 1 : 0, versions(layout));
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  private int versions(String layout) throws SQLException {
    return layout.equals("two-tables")
        ? Integer.parseInt(database.value("SELECT count(*) FROM note_versions"))
        : 0;
  }

  @Test
  void unknownOwnerIsRefusedAtOnce() throws SQLException {
    database.run("UPDATE delivery SET user_hash = '\\x01' WHERE n = 100");
    assertRefused("RS003", 100, BULK);
  }

  // ---------------------------------------------------------------- ways to write

  @Test
  void copy() throws SQLException {
    database.run("COPY (" + rows("") + ") TO '" + file() + "'");
    database.run("COPY note (" + COLUMNS + ") FROM '" + file() + "'");
    assertAllStored();
    forge(50);
    database.run("COPY (" + rows("") + ") TO '" + file() + "'");
    database.run("SELECT rowseal.unprotect('note')");
    database.run("TRUNCATE note");
    database.run(Notes.PROTECTION);
    assertRefused("RS002", 50, "COPY note (" + COLUMNS + ") FROM '" + file() + "'");
  }

  @Test
  void merge() throws SQLException {
    String merge =
        "MERGE INTO note USING delivery AS d ON note.id = d.id WHEN NOT MATCHED THEN INSERT ("
            + COLUMNS
            + ") VALUES (d."
            + COLUMNS.replace(", ", ", d.")
            + ")";
    forge(50);
    assertRefused("RS002", 50, merge);
    database.run("UPDATE delivery SET body = 'bulk'");
    database.run(merge);
    assertAllStored();
  }

  @Test
  void upsertThatGivesWay() throws SQLException {
    forge(50);
    assertRefused("RS002", 50, BULK + " ON CONFLICT DO NOTHING");
    assertRefused(
        "RS002", 50, BULK + " ON CONFLICT (user_hash, id) DO UPDATE SET body = excluded.body");
  }

  @Test
  void portalReadByHalves() throws SQLException {
    forge(150);
    database.connection().setAutoCommit(false);
    try (PreparedStatement statement =
        database.connection().prepareStatement(BULK + " RETURNING id")) {
      statement.setFetchSize(10);
      assertEquals(
          "RS002", assertThrows(SQLException.class, statement::executeQuery).getSQLState());
    } finally {
      database.connection().rollback();
      database.connection().setAutoCommit(true);
    }
    assertEquals("0", database.value(STORED_ROWS));
  }

  @Test
  void explainAnalyze() throws SQLException {
    forge(150);
    assertRefused("RS002", 150, "EXPLAIN ANALYZE " + BULK);
    database.run("PREPARE bulk AS " + BULK);
    assertRefused("RS002", 150, "EXECUTE bulk");
    assertRefused("RS002", 150, "COPY (" + BULK + " RETURNING id) TO '" + file() + "'");
  }

  @Test
  void rule() throws SQLException {
    database.run("CREATE TABLE inbox (LIKE delivery)");
    database.run(
        "CREATE RULE forward AS ON INSERT TO inbox DO INSTEAD INSERT INTO note ("
            + COLUMNS
            + ") VALUES (new."
            + COLUMNS.replace(", ", ", new.")
            + ")");
    forge(150);
    assertRefused("RS002", 150, "INSERT INTO inbox SELECT * FROM delivery ORDER BY n");
  }

  @Test
  void dataModifyingQueries() throws SQLException {
    secondTable();
    forge(150);
    String two =
        "WITH one AS ("
            + BULK
            + " RETURNING id), two AS (INSERT INTO other ("
            + COLUMNS
            + ") "
            + rows("")
            + " RETURNING id) SELECT id FROM one LIMIT 1";
    assertRefused("RS002", 150, two);
    assertEquals("0", database.value("SELECT count(*) FROM other"));
    database.run("UPDATE delivery SET body = 'bulk'");
    database.run(two);
    assertAllStored();
    assertEquals(Integer.toString(ROWS), database.value("SELECT count(*) FROM other"));
  }

  private void secondTable() throws SQLException {
    database.run(Notes.TABLE.as("other"));
    database.run(Notes.PROTECTION.named("other").with("context", "note"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"note", "note_0"})
  void partitions(String target) throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run(
        Notes.TABLE
            .clause("PARTITION BY RANGE (owner_timestamp)")
            .key("user_hash", "id", "owner_timestamp"));
    database.run("CREATE TABLE note_0 PARTITION OF note FOR VALUES FROM (0) TO (10)");
    database.run(Notes.PROTECTION);
    database.run("CREATE TABLE note_1 PARTITION OF note FOR VALUES FROM (10) TO (20)");
    String bulk = BULK.replace("INTO note ", "INTO " + target + " ");
    forge(150);
    assertRefused("RS002", 150, bulk);
    database.run("UPDATE delivery SET body = 'bulk'");
    database.run(bulk);
    assertEquals(Integer.toString(ROWS), database.value(STORED_ROWS));
    assertNull(database.value("SELECT finding FROM rowseal.doctor() WHERE NOT ok"));
  }

  @Test
  void foreignKey() throws SQLException {
    database.run("ALTER TABLE note ADD FOREIGN KEY (user_hash) REFERENCES card");
    forge(150);
    assertRefused("RS002", 150, BULK);
    database.run("UPDATE delivery SET user_hash = '\\x01' WHERE n = 150");
    assertRefused("RS003", 150, BULK);
  }

  // ---------------------------------------------------------------- newer versions

  private static final Map<String, String> WAYS =
      Map.of(
          "INSERT",
          "INSERT INTO note (" + COLUMNS + ") SELECT " + COLUMNS + " FROM newer ORDER BY n",
          "UPDATE",
          "UPDATE note SET body = d.body, owner_timestamp = d.owner_timestamp, sign_b64 = d.sign_b64 FROM newer AS d WHERE note.id = d.id",
          "MERGE",
          "MERGE INTO note USING newer AS d ON note.id = d.id WHEN MATCHED THEN UPDATE SET body = d.body, owner_timestamp = d.owner_timestamp, sign_b64 = d.sign_b64");

  /** All rows are stored, and there is a newer version of each. */
  private void prepareNewer(String layout, int forged) throws SQLException {
    layout(layout);
    database.run("CREATE TABLE newer (LIKE delivery)");
    Insert all = Insert.into("newer");
    for (int n = 1; n <= ROWS; n++) {
      all = all.row(Notes.note(ada, ids[n], 2, "newer").with("n", n));
    }
    database.run(all);
    database.run("UPDATE newer SET body = 'forged' WHERE n = " + forged);
    database.run(BULK);
  }

  private String newerRows() throws SQLException {
    return database.value("SELECT count(*) FROM note WHERE owner_timestamp = 2");
  }

  @ParameterizedTest
  @CsvSource({
    "unversioned, INSERT",
    "unversioned, UPDATE",
    "unversioned, MERGE",
    "two-tables, INSERT",
    "two-tables, UPDATE",
    "two-tables, MERGE"
  })
  void newerVersions(String layout, String way) throws SQLException {
    prepareNewer(layout, 150);
    SQLException refused = error(database, WAYS.get(way));
    assertEquals("RS002", refused.getSQLState(), refused.getMessage());
    assertTrue(refused.getMessage().contains(ids[150].toString()), refused.getMessage());
    assertEquals("0", newerRows());
    assertEquals(0, versions(layout));
    database.run("UPDATE newer SET body = 'newer'");
    database.run(WAYS.get(way));
    assertEquals(Integer.toString(ROWS), newerRows());
    assertEquals(layout.equals("two-tables") ? ROWS : 0, versions(layout));
    assertAllStored();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UPDATE", "MERGE"})
  void withoutTheWaitABadNewerVersionWouldBeStored(String way) throws SQLException {
    prepareNewer("two-tables", ROWS);
    database.run(NO_LAST_CHUNK.formatted("newer"));
    takeTheWaitOut();
    database.run(WAYS.get(way));
    assertEquals("1", database.value("SELECT count(*) FROM note WHERE body = 'forged'"));
  }

  /** The UPDATE that an INSERT turns into is a trigger's. */
  @Test
  void newerVersionsByInsertAreVerifiedAtOnce() throws SQLException {
    prepareNewer("two-tables", ROWS);
    takeTheWaitOut();
    assertEquals("RS002", database.refusal(WAYS.get("INSERT")));
  }

  /** None of these is a statement of the client's own: nothing would have it wait. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "DO 'BEGIN PERFORM deliver(); END'",
        "SELECT \"PL/pgSQL function rowseal_internal.on_insert_note() line 1 at IF\"()",
        "SELECT \"a\nPL/pgSQL function rowseal_internal.on_insert_note() line 1 at IF\"()",
        "SELECT \"a\nPL/pgSQL function rowseal_internal.on_insert_note\"()",
        "SELECT \"a\nPL/pgSQL function rowseal_internal.\"\"on_insert_note\"()"
      })
  void newerVersionsOfAFunctionAreVerifiedAtOnce(String call) throws SQLException {
    prepareNewer("two-tables", ROWS);
    takeTheWaitOut();
    for (String way : List.of("INSERT", "UPDATE")) {
      database.run(
          "CREATE OR REPLACE FUNCTION deliver() RETURNS boolean LANGUAGE plpgsql AS $f$ BEGIN "
              + WAYS.get(way)
              + "; RETURN true; END $f$");
      if (call.startsWith("SELECT")) {
        database.run(
            "CREATE OR REPLACE FUNCTION "
                + call.substring("SELECT ".length())
                + " RETURNS void LANGUAGE plpgsql AS 'BEGIN IF deliver() THEN NULL; END IF; END'");
      }
      assertEquals("RS002", database.refusal(call), way);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INSERT", "UPDATE"})
  void newerVersionsOfATriggerAreVerifiedAtOnce(String way) throws SQLException {
    prepareNewer("two-tables", ROWS);
    takeTheWaitOut();
    database.run("CREATE TABLE inbox (n int)");
    database.run(
        "CREATE FUNCTION forward() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + WAYS.get(way)
            + "; RETURN NULL; END $$");
    database.run(
        "CREATE TRIGGER forward AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION forward()");
    assertEquals("RS002", database.refusal("INSERT INTO inbox VALUES (1)"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"INSERT", "UPDATE"})
  void appliedNewerVersionsAreVerifiedAtOnce(String way) throws SQLException {
    prepareNewer("two-tables", ROWS);
    takeTheWaitOut();
    database.run("SET session_replication_role = replica");
    assertEquals("RS002", database.refusal(WAYS.get(way)));
  }

  /** Each version of a key that comes in one statement is somebody's word, or none is stored. */
  @Test
  void forgedVersionBetweenTwoGoodOnes() throws SQLException {
    prepareNewer("two-tables", 0);
    database.run("DELETE FROM newer WHERE n > 100");
    Insert more = Insert.into("newer");
    for (int t = 3; t <= 5; t++) {
      more = more.row(Notes.note(ada, ids[1], t, "t" + t).with("n", 100 + t));
    }
    database.run(more);
    database.run("UPDATE newer SET body = 'forged' WHERE owner_timestamp = 4");
    assertEquals("RS002", database.refusal(WAYS.get("INSERT")));
    assertEquals(0, versions("two-tables"));
    database.run("UPDATE newer SET body = 't4' WHERE owner_timestamp = 4");
    database.run(WAYS.get("INSERT"));
    assertEquals(103, versions("two-tables"));
    assertAllStored();
    assertNull(database.value("SELECT problem FROM rowseal.verify('note_versions')"));
  }

  // ---------------------------------------------------------------- errors that are caught

  @Test
  void savepoint() throws SQLException {
    forge(150);
    database.run("BEGIN");
    database.run("SAVEPOINT before");
    assertEquals("RS002", database.refusal(BULK));
    database.run("ROLLBACK TO before");
    database.run("INSERT INTO note " + rows("WHERE n <> 150"));
    assertEquals("RS002", database.refusal("INSERT INTO note " + rows("WHERE n = 150")));
    database.run("ROLLBACK");
    assertEquals("0", database.value(STORED_ROWS));
    database.run("BEGIN");
    database.run("SAVEPOINT before");
    assertEquals("RS002", database.refusal(BULK));
    database.run("ROLLBACK TO before");
    database.run("INSERT INTO note " + rows("WHERE n <> 150"));
    database.run("COMMIT");
    assertEquals(Integer.toString(ROWS - 1), database.value(STORED_ROWS));
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  /** What fails in the middle leaves rows that nobody has verified, and none of them stored. */
  @Test
  void whatAFailedStatementLeftHarmsNoOther() throws SQLException {
    forge(50);
    String fails = BULK.replace("sign_b64, seen FROM", "sign_b64, 1 / (150 - n) FROM");
    for (int i = 0; i < 3; i++) {
      String code = database.refusal(fails.replace("WHERE", "WHERE n > 60 AND"));
      assertTrue(List.of("22012", "RS002").contains(code), code);
    }
    database.run("INSERT INTO note " + rows("WHERE n > 60"));
    database.run("INSERT INTO note " + rows("WHERE n < 5"));
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  @Test
  void errorThatIsCaught() throws SQLException {
    forge(150);
    database.run(
        "DO $$ BEGIN BEGIN "
            + BULK
            + "; EXCEPTION WHEN SQLSTATE 'RS002' THEN NULL; END; INSERT INTO note "
            + rows("WHERE n <> 150")
            + "; END $$");
    assertEquals(Integer.toString(ROWS - 1), database.value(STORED_ROWS));
    assertNull(database.value("SELECT problem FROM rowseal.verify('note')"));
  }

  /**
   * In the middle of a bulk statement another one fails, and is none of the first one's business.
   */
  @Test
  void errorThatIsCaughtInTheMiddleOfAStatement() throws SQLException {
    secondTable();
    Row bad = Notes.note(ada, UUID.randomUUID(), 1, "genuine").with("body", "forged");
    database.run("CREATE TABLE bad (LIKE note)");
    database.run(Insert.into("bad").row(bad));
    database.run(
        "CREATE FUNCTION meanwhile(n int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF n % 50 = 0 THEN INSERT INTO other SELECT * FROM bad; END IF; RETURN true;"
            + " EXCEPTION WHEN SQLSTATE 'RS002' THEN IF sqlerrm NOT LIKE '%' || (SELECT id FROM bad) || '%' THEN RAISE; END IF; RETURN true; END $$");
    database.run(BULK + "WHERE meanwhile(n)");
    assertAllStored();
    assertEquals("0", database.value("SELECT count(*) FROM other"));
  }

  /** Who catches the refusal of a row of the statement around it has not made it good. */
  @Test
  void refusalOfTheOuterStatementIsCaughtInVain() throws SQLException {
    database.run("CREATE TABLE bad (LIKE note)");
    database.run(
        Insert.into("bad").row(Notes.note(ada, UUID.randomUUID(), 1, "a").with("body", "forged")));
    database.run(
        "CREATE FUNCTION meanwhile(n int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF n % 40 = 0 THEN INSERT INTO note SELECT * FROM bad; END IF; RETURN true;"
            + " EXCEPTION WHEN OTHERS THEN RETURN true; END $$");
    forge(50);
    assertRefused("RS002", 50, BULK + "WHERE meanwhile(n)");
  }

  /** An ordinary role may take the note away that a statement has begun. */
  @ParameterizedTest
  @ValueSource(ints = {1, 60, 150, ROWS})
  void settingsAreResetInTheMiddle(int when) throws SQLException {
    secondTable();
    database.run(
        "DO 'BEGIN CREATE ROLE writer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END'");
    database.run("GRANT ALL ON note, other, delivery TO writer");
    database.run(
        "CREATE FUNCTION reset(n int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF n = "
            + when
            + " THEN RESET ALL; END IF; RETURN true; END $$");
    forge(50);
    try (TestDatabase writer = database.as("writer")) {
      String reset = BULK + "WHERE reset(n)";
      assertEquals("RS002", writer.refusal(reset));
      assertEquals(
          "RS002",
          writer.refusal(
              "WITH one AS ("
                  + reset
                  + " RETURNING id) INSERT INTO other ("
                  + COLUMNS
                  + ") "
                  + rows("WHERE n <> 50 AND (SELECT count(*) FROM one) > 0")));
    }
    assertEquals("0", database.value(STORED_ROWS));
  }

  /** SPI with a limit leaves a statement half done: its AFTER STATEMENT triggers never fire. */
  @Test
  void statementThatIsLeftHalfDone() throws SQLException {
    assumeTrue(
        "t"
            .equals(
                database.value(
                    "SELECT count(*) > 0 FROM pg_available_extensions WHERE name = 'plpython3u'")),
        "PL/Python");
    database.run("CREATE EXTENSION IF NOT EXISTS plpython3u");
    database.run(
        "CREATE FUNCTION half(command text) RETURNS boolean LANGUAGE plpython3u AS $$ return len(plpy.execute(command, 100)) == 100 $$");
    forge(50);
    String half = "SELECT half('" + BULK + " RETURNING 1')";
    assertRefused("RS002", 50, half);
    secondTable();
    String inTheMiddle =
        BULK
            + "WHERE n <> 20 OR half('"
            + BULK.replace("note", "other")
            + "WHERE n <> 50 RETURNING 1')";
    assertRefused("RS002", 50, inTheMiddle);
  }

  // ---------------------------------------------------------------- what is not handed over

  @Test
  void otherTriggersSeeNoBadRow() throws SQLException {
    database.run("CREATE SEQUENCE fired");
    database.run(
        "CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('fired'); RETURN NULL; END $$");
    String function =
        "SELECT prosrc LIKE '%hand_over%' FROM pg_proc WHERE proname = 'on_insert_note'";
    assertEquals("t", database.value(function));
    database.run("CREATE TRIGGER fire AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION fire()");
    assertEquals("f", database.value(function));
    forge(150);
    assertRefused("RS002", 150, BULK);
    assertEquals("f", database.value("SELECT is_called FROM fired"));
    assertNull(database.value("SELECT finding FROM rowseal.doctor() WHERE NOT ok"));
    database.run("DROP TRIGGER fire ON note");
    assertEquals("t", database.value(function));
    database.run(Notes.VERSIONS);
    database.run(Notes.VERSIONED);
    database.run(
        "CREATE TRIGGER fire AFTER INSERT ON note_versions FOR EACH ROW EXECUTE FUNCTION fire()");
    assertEquals("f", database.value(function));
  }

  @Test
  void badRowIsPutAsideAlone() throws SQLException {
    database.run(Notes.PROTECTION.with("on_invalid", "quarantine"));
    forge(150);
    database.run(BULK);
    assertEquals(Integer.toString(ROWS - 1), database.value(STORED_ROWS));
    assertEquals("1", database.value("SELECT count(*) FROM rowseal.quarantine"));
  }

  // ---------------------------------------------------------------- the triggers, the setting

  @Test
  void withoutTheWaitABadRowWouldBeStored() throws SQLException {
    forge(ROWS);
    database.run(NO_LAST_CHUNK.formatted("delivery"));
    takeTheWaitOut();
    database.run(BULK);
    assertEquals("1", database.value("SELECT count(*) FROM note WHERE body = 'forged'"));
    assertTrue(
        database
            .value("SELECT string_agg(finding, ' ') FROM rowseal.doctor() WHERE NOT ok")
            .contains("zzz_rowseal_end of public.note is disabled"));
  }

  @Test
  void withoutHelpersEachRowIsVerifiedAtOnce() throws SQLException {
    forge(ROWS);
    takeTheWaitOut();
    database.run("SET rowseal.helpers = 0");
    assertRefused("RS002", ROWS, BULK);
    database.run("SET rowseal.helpers = 'nonsense'");
    database.run(BULK);
  }

  @Test
  void smallStatementsAreVerifiedAtOnce() throws SQLException {
    forge(8);
    takeTheWaitOut();
    assertRefused("RS002", 8, BULK + "WHERE n <= 8");
  }

  @Test
  void triggerIsGuarded() throws SQLException {
    for (String command :
        List.of(
            "DROP TRIGGER zzz_rowseal_end ON note",
            "ALTER TABLE note DISABLE TRIGGER zzz_rowseal_end",
            "ALTER TABLE note ENABLE TRIGGER zzz_rowseal_end",
            "ALTER TRIGGER zzz_rowseal_end ON note RENAME TO a")) {
      assertEquals("RS011", database.refusal(command), command);
    }
  }

  /** Where rows are applied, no statement triggers fire. */
  @Test
  void appliedRowsAreVerifiedAtOnce() throws SQLException {
    forge(ROWS);
    takeTheWaitOut();
    database.run("SET session_replication_role = replica");
    assertRefused("RS002", ROWS, BULK);
    database.run("RESET session_replication_role");
    database.run(BULK);
  }

  // ---------------------------------------------------------------- backends that are stopped

  /** {@code -Drowseal.stops=100} for many. */
  @Test
  void loadThatIsStoppedLeavesNothing() throws Exception {
    forge(ROWS);
    Random moments = new Random(Integer.getInteger("rowseal.seed", 1));
    int stops = Integer.getInteger("rowseal.stops", 6);
    for (int i = 0; i < stops; i++) {
      try (TestDatabase loader = database.as("postgres")) {
        String pid = loader.value("SELECT pg_backend_pid()");
        loader.refusal("INSERT INTO note " + rows("WHERE n = " + ROWS)); // Java is there
        CompletableFuture<String> load = CompletableFuture.supplyAsync(() -> loader.refusal(BULK));
        TimeUnit.MILLISECONDS.sleep(moments.nextInt(40));
        database.run(
            "SELECT pg_" + (i % 2 == 0 ? "cancel" : "terminate") + "_backend(" + pid + ")");
        String code = load.get();
        assertTrue(List.of("57014", "57P01", "RS002").contains(code), code);
        assertEquals("0", database.value(STORED_ROWS));
        if (i % 2 == 0) {
          assertEquals("RS002", retried(loader));
          loader.run("INSERT INTO note " + rows("WHERE n = " + (i + 1)));
          database.run("SELECT rowseal.unprotect('note')");
          database.run("TRUNCATE note");
          database.run(Notes.PROTECTION);
        }
      }
    }
  }

  /** A cancel may come late. */
  private static String retried(TestDatabase loader) {
    String code = loader.refusal(BULK);
    return code.equals("57014") ? loader.refusal(BULK) : code;
  }

  /** Cards of one transaction are as good as any, as long as it lasts. */
  @Test
  void cardOfTheSameTransaction() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("SELECT rowseal.unprotect('card')");
    database.run("TRUNCATE card");
    database.run(Cards.PROTECTION);
    database.run(Notes.PROTECTION);
    forge(150);
    database.connection().setAutoCommit(false);
    database.run(Cards.insert(ada.card(1, "Ada")));
    assertEquals("RS002", database.refusal(BULK));
    database.connection().rollback();
    database.run(Cards.insert(ada.card(1, "Ada")));
    database.run("UPDATE delivery SET body = 'bulk'");
    database.run(BULK);
    database.connection().commit();
    database.connection().setAutoCommit(true);
    assertAllStored();
  }
}
