package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What Rowseal leaves behind, what its owners' rights and neighbours do to it, and what it says.
 */
@OnEachHost
class HousekeepingIT extends VersionedNotes {
  private static final String FINDINGS =
      "SELECT string_agg(concat_ws(' ', \"check\", \"table\", finding), '; ' ORDER BY \"check\", \"table\"::text) FROM rowseal.doctor() WHERE NOT ok";
  private static final String MADE =
      "SELECT count(*) FROM pg_proc p WHERE pronamespace = 'rowseal_internal'::regnamespace"
          + " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')";

  @BeforeEach
  void owner() throws SQLException {
    for (String role : new String[] {"houseowner", "neighbour"}) {
      database.run(
          "DO 'BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END'");
    }
    database.run("ALTER TABLE card OWNER TO houseowner; ALTER TABLE note OWNER TO houseowner");
    database.run(insert(note(1, "one")));
  }

  @AfterEach
  void nobodyIsKept() throws SQLException {
    database.run("DROP OWNED BY neighbour; DROP OWNED BY houseowner");
    assertEquals("0", database.value(MADE));
  }

  @Test
  void aTableIsDroppedWithItsFunctions() throws SQLException {
    database.run("DROP TABLE note, note_versions");
    database.run("DROP TABLE card");
    assertNothingIsLeft();
  }

  @Test
  void aSchemaIsDroppedWithTheFunctionsOfItsTables() throws SQLException {
    database.run("CREATE SCHEMA house");
    for (String table : new String[] {"card", "note", "note_versions"}) {
      database.run("ALTER TABLE " + table + " SET SCHEMA house");
    }
    database.run("DROP SCHEMA house CASCADE");
    assertNothingIsLeft();
  }

  @Test
  void ownedTablesAreDroppedWithTheirFunctions() throws SQLException {
    database.run("DROP OWNED BY houseowner");
    assertNothingIsLeft();
  }

  @Test
  void anHeirTakesAll() throws SQLException {
    database.run("GRANT USAGE, CREATE ON SCHEMA public TO neighbour");
    database.run("REASSIGN OWNED BY houseowner TO neighbour");
    assertEquals(null, database.value(FINDINGS));
    database.run(insert(note(2, "two")));
    database.run("DROP OWNED BY neighbour");
    assertNothingIsLeft();
  }

  /** Nothing can be done then; it is found, and goes with the next DROP of anything. */
  @Test
  void whatIsDroppedWhileTheGuardsAreOffIsFound() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_drops DISABLE");
    database.run("DROP TABLE note, note_versions, card");
    database.run("ALTER EVENT TRIGGER rowseal_guard_drops ENABLE ALWAYS");
    String findings = database.value(FINDINGS);
    assertTrue(
        findings.contains(
            "7 functions of public.card, which has no trigger that uses them: DROP FUNCTION rowseal_internal."),
        findings);
    database.run("CREATE TEMPORARY TABLE any_table (); DROP TABLE any_table");
    assertNothingIsLeft();
  }

  /** As where a dump came in part. */
  @Test
  void aTableThatWasNeverWholeIsDroppedWithItsFunctions() throws SQLException {
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes DISABLE");
    database.run("ALTER TABLE note DISABLE TRIGGER zzz_rowseal_update");
    database.run("DELETE FROM rowseal_internal.guarded");
    database.run("ALTER EVENT TRIGGER rowseal_guard_changes ENABLE ALWAYS");
    database.run("DROP TABLE note, note_versions, card");
    assertNothingIsLeft();
  }

  /** The tables of others go on to need its keys; when the last of them is gone, nobody does. */
  @Test
  void theCardsFunctionGoesWithTheLastThatNeedsIt() throws SQLException {
    database.run("ALTER TABLE note OWNER TO neighbour");
    database.run("GRANT SELECT ON card TO neighbour");
    database.run("SELECT rowseal.unprotect('card')");
    assertEquals(
        "card_card", database.value(
            "SELECT string_agg(proname, ' ') FROM pg_proc WHERE proname ~ '^(on_insert|on_update|on_card|look|replace|image|card)_card$'"));
    database.run("SELECT rowseal.unprotect('note')");
    assertEquals("0", database.value(MADE));
  }

  private void assertNothingIsLeft() throws SQLException {
    assertEquals("0", database.value(MADE));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal_internal.guarded"));
    assertEquals(null, database.value(FINDINGS));
  }

  @Test
  void aVersionsTriggerThatIsDroppedLeavesNoSecondSetOfFunctions() throws SQLException {
    String made = database.value(MADE);
    database.refusal("DROP TRIGGER zzz_rowseal_insert ON note_versions");
    assertEquals(made, database.value(MADE));
    assertEquals(null, database.value(FINDINGS));
  }

  private static final List<String> RIGHTS =
      List.of(
          "USAGE ON SCHEMA house",
          "SELECT ON house.note",
          "INSERT ON house.note",
          "UPDATE ON house.note");

  @Test
  void anOwnerWithoutRightsIsFound() throws SQLException {
    database.run("CREATE SCHEMA house; GRANT USAGE ON SCHEMA house TO houseowner");
    for (String table : new String[] {"card", "note", "note_versions"}) {
      database.run("ALTER TABLE " + table + " SET SCHEMA house");
    }
    assertEquals(null, database.value(FINDINGS));
    for (String right : RIGHTS) {
      database.run("REVOKE " + right + " FROM houseowner");
      assertEquals(
          "GRANT " + right + " TO houseowner",
          database.value(
              "SELECT regexp_replace(finding, '^its owner houseowner .*, so no row can be written; ', '')"
                  + " FROM rowseal.doctor() WHERE NOT ok AND \"check\" = 'rights' AND \"table\" = 'house.note'::regclass"));
      assertEquals(
          "RS012",
          database.refusal(
              "SELECT rowseal.protect('house.note', identities => 'house.card', versions => 'house.note_versions', exclude => '{seen}')"));
      database.run("GRANT " + right + " TO houseowner");
      assertEquals(null, database.value(FINDINGS));
    }
  }

  /** Somebody's tables in a schema that others may not use are of no concern to these. */
  @Test
  void nobodysTablesMatterToAnotherOwner() throws SQLException {
    database.run("CREATE SCHEMA house; GRANT USAGE ON SCHEMA house TO houseowner");
    for (String table : new String[] {"card", "note", "note_versions"}) {
      database.run("ALTER TABLE " + table + " SET SCHEMA house");
    }
    database.run("CREATE SCHEMA next_door AUTHORIZATION neighbour");
    for (String table : new String[] {"card", "note", "note_versions"}) {
      database.run("CREATE TABLE next_door." + table + " (LIKE house." + table + " INCLUDING ALL)");
      database.run("ALTER TABLE next_door." + table + " OWNER TO neighbour");
    }
    String note = database.value("SELECT 'house.note'::regclass::oid"); // a name would be refused
    try (TestDatabase neighbour = database.as("neighbour")) {
      neighbour.run("SELECT rowseal.protect_identities('next_door.card')");
      neighbour.run(
          "SELECT rowseal.protect('next_door.note', identities => 'next_door.card', versions => 'next_door.note_versions', exclude => '{seen}')");
      assertEquals("4", neighbour.value("SELECT count(*) FROM rowseal.protected"));
      assertEquals(
          "next_door.card next_door.note",
          neighbour.value("SELECT string_agg(\"table\"::text, ' ') FROM rowseal.audit()"));
      assertTrue(neighbour.value("SELECT rowseal.report()").contains("next_door.note"));
      assertEquals("0", neighbour.value("SELECT count(*) FROM rowseal.verify('next_door.note')"));
      for (String call : new String[] {"verify", "audit", "digest", "forks", "missing_parents"}) {
        ServerErrorMessage refused =
            failure(neighbour, "SELECT * FROM rowseal." + call + "(" + note + "::regclass)");
        assertEquals("permission denied: house.note, house.note_versions", refused.getMessage());
        assertTrue(!refused.toString().contains("jsonb_build_object"), refused.toString());
      }
      neighbour.run("SELECT rowseal.unprotect('next_door.note')");
      neighbour.run("SELECT rowseal.unprotect('next_door.card')");
    }
  }

  private static final String[] REFUSED_BY_JAVA = {
    "SELECT rowseal.owner_id('\\x01', 'MD5')",
    "SELECT rowseal.owner_id(NULL)",
    "SELECT rowseal.version_id('\\x01', 'MD5')",
    "SELECT rowseal.check_signature('RSA', '\\x01', '\\x01', '\\x01')",
    "SELECT rowseal.check_signature('Ed25519', NULL, '\\x01', '\\x01')",
    "SELECT rowseal.protect_identities('card', algorithm => 'RSA')",
    "SELECT rowseal.protect('note', identities => 'card', format => 'unheard of', exclude => '{seen}')",
    "SELECT rowseal.protect('note', identities => 'card', on_stale => 'maybe', exclude => '{seen}')",
    "INSERT INTO note (user_hash, id) VALUES ('\\x01', gen_random_uuid())",
    "INSERT INTO note_versions (user_hash, id, sign_b64) VALUES ('\\x01', gen_random_uuid(), '\\x01')",
  };

  /** No name of an exception, no stack trace, and no code of Rowseal's. */
  @Test
  void aRefusalReadsLikePostgresOwn() throws SQLException {
    for (String statement : REFUSED_BY_JAVA) {
      ServerErrorMessage refused = failure(database, statement);
      assertTrue(refused.getSQLState().startsWith("RS"), statement + ": " + refused);
      assertTrue(
          refused
              .getMessage()
              .matches("(?s)(configuration refused|malformed|row is not signed)[^\\n]*"),
          statement + ": " + refused.getMessage());
      String where = refused.getWhere() == null ? "" : refused.getWhere();
      assertTrue(where.lines().count() <= 6, statement + ": " + where);
      assertTrue(!refused.toString().contains("NULL)'"), statement + ": " + refused);
    }
  }

  private static ServerErrorMessage failure(TestDatabase database, String statement) {
    PSQLException thrown =
        assertThrows(PSQLException.class, () -> database.run(statement), statement);
    return thrown.getServerErrorMessage();
  }
}
