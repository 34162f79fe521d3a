package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Row;
import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An ordinary role writes, and nothing else; functions, operators and casts that look like
 * PostgreSQL's or ours lie in the way of everybody.
 */
@OnEachHost
class PrivilegesIT extends VersionedNotes {
  private TestDatabase writer;

  @BeforeEach
  void setTraps() throws SQLException {
    database.run("DO 'BEGIN CREATE ROLE writer; EXCEPTION WHEN duplicate_object THEN NULL; END'");
    database.run("GRANT INSERT, UPDATE ON note TO writer");
    database.run("CREATE SCHEMA trap");
    database.run("GRANT USAGE ON SCHEMA trap TO PUBLIC");
    for (String signature :
        new String[] {
          "record_send(record) RETURNS bytea",
          "convert_to(text, name) RETURNS bytea",
          "convert_from(bytea, name) RETURNS text",
          "format(text, VARIADIC text[]) RETURNS text",
          "quote_ident(text) RETURNS text",
          "to_regclass(text) RETURNS regclass",
          "jsonb_populate_record(anyelement, jsonb) RETURNS anyelement",
          "pg_column_size(text) RETURNS int",
          "hashtextextended(text, bigint) RETURNS bigint",
          "sha256(bytea) RETURNS bytea",
          "text(anyelement) RETURNS text",
          "verify(bytea, bytea, bytea, bytea) RETURNS bigint",
          "verify_update(bytea, bytea, bytea, bytea, bytea, bytea) RETURNS bigint",
          "look_note(bytea, uuid, bigint, bytea, bytea) RETURNS integer",
          "on_insert_note() RETURNS trigger",
          "version() RETURNS text",
        }) {
      database.run(
          "CREATE FUNCTION trap."
              + signature
              + " LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$");
      database.run(
          "CREATE FUNCTION public."
              + signature
              + " LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$");
    }
    for (String type : new String[] {"bytea", "text", "bigint", "boolean", "uuid", "oid", "name"}) {
      database.run(
          "CREATE FUNCTION trap.yes(%1$s, %1$s) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'trapped'; END$$"
              .formatted(type));
      for (String operator : new String[] {"=", "<>", "<", ">", ">=", "<=", "||"}) {
        database.run(
            "CREATE OPERATOR trap.%1$s (LEFTARG = %2$s, RIGHTARG = %2$s, FUNCTION = trap.yes)"
                .formatted(operator, type));
      }
    }
    database.run("CREATE TABLE trap.card (LIKE card)");
    database.run("CREATE TABLE trap.note_versions (LIKE note)");
    database.run("CREATE DOMAIN trap.text AS pg_catalog.text CHECK (value = 'trapped')");
    database.run("CREATE DOMAIN trap.bytea AS pg_catalog.bytea CHECK (value = 'trapped')");
    writer = database.as("writer");
    writer.run("SET search_path = trap, public, rowseal, pg_catalog");
  }

  @AfterEach
  void closeWriter() throws SQLException {
    writer.close();
  }

  @Test
  void writesPassTheTraps() throws SQLException {
    insert(writer, note(1, "one"));
    insert(writer, note(3, "three"));
    insert(writer, note(2, "two"));
    insert(writer, note(3, "three"));
    assertEquals("RS002", refusal(writer, forged(4)));
    assertEquals("3 three, 2 two, 1 one", database.value(HISTORY));
    assertEquals("0", database.value("SELECT count(*) FROM trap.note_versions"));
  }

  @Test
  void theOwnerPassesTheTrapsToo() throws SQLException {
    database.run("SET search_path = trap, public, rowseal, pg_catalog");
    database.run(
        "SELECT rowseal.protect('public.note', identities => 'public.card', versions => 'public.note_versions', exclude => pg_catalog.string_to_array('seen', ','))");
    insert(database, note(1, "one"));
    insert(database, note(2, "two"));
    database.run("ALTER TABLE public.note ADD COLUMN mood pg_catalog.text");
    database.run("ALTER TABLE public.note RENAME TO notice");
    database.run("ALTER TABLE public.notice RENAME TO note");
    assertEquals("RS011", database.refusal("ALTER TABLE public.note DISABLE TRIGGER USER"));
    assertEquals("RS002", refusal(database, forged(3)));
    assertEquals(
        null, database.value("SELECT check_ FROM rowseal.doctor() AS d(check_) WHERE NOT ok"));
    database.run("SELECT rowseal.unprotect('public.note')");
  }

  @Test
  void aWriterMayNothingElse() {
    for (String sql :
        new String[] {
          "SELECT * FROM public.note",
          "SELECT * FROM public.note_versions",
          "SELECT * FROM public.card",
          "INSERT INTO public.note_versions DEFAULT VALUES",
          "DELETE FROM public.note",
          "TRUNCATE public.note",
          "ALTER TABLE public.note DISABLE TRIGGER ALL",
          "DROP TRIGGER zzz_rowseal_insert ON public.note",
          "CREATE TRIGGER z BEFORE INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION public.on_insert_note()",
          "SELECT rowseal.unprotect('public.note')",
          "SELECT rowseal.protect('public.note', identities => 'public.card')",
          "SELECT rowseal.request('public.note', '{\"do\": \"unprotect\"}')",
          "SELECT rowseal_internal.set_triggers('public.note', '{}')",
          "CREATE TRIGGER z BEFORE INSERT ON public.note FOR EACH ROW EXECUTE FUNCTION rowseal_internal.on_insert_note()",
          "SELECT rowseal_internal.begin_change('public.note'::regclass)",
          "SELECT rowseal_internal.after_update()",
          "SELECT rowseal_internal.jvm_options()",
          "SELECT * FROM rowseal.doctor()",
          "INSERT INTO rowseal_internal.guarded VALUES (1, true)",
          "UPDATE rowseal_internal.guarded SET suffix = ''",
          "DELETE FROM rowseal_internal.guarded",
          "CREATE FUNCTION rowseal.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
          "ALTER EVENT TRIGGER rowseal_guard_changes DISABLE",
          "SET session_replication_role = replica",
          "DROP EXTENSION rowseal CASCADE",
        }) {
      assertEquals("42501", writer.refusal(sql), sql);
    }
  }

  /**
   * What runs with the extension owner's rights and can be called by everybody is known by name.
   */
  @Test
  void whatRunsWithMoreRightsIsKnown() throws SQLException {
    assertEquals(
        "audit_query check_signature check_with_cards delivery digest_rows explain_given is_greater mermaid owner_id payload"
            + " report_page row_owners version version_id",
        database.value(
            "SELECT string_agg(name, ' ' ORDER BY name) FROM (SELECT DISTINCT proname::text COLLATE \"C\" AS name FROM pg_proc"
                + " WHERE pronamespace = 'rowseal'::regnamespace AND prosecdef AND has_function_privilege('writer', oid, 'EXECUTE')) AS f"));
  }

  /** The traps lie before the table in the search path. */
  private static void insert(TestDatabase by, Row note) throws SQLException {
    by.run(Insert.into("public.note").row(note));
  }

  private static String refusal(TestDatabase by, Row note) {
    return by.refusal(Insert.into("public.note").row(note));
  }
}
