package io.rowseal.operations;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.rows.VersionedNotes;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * DDL with a hostile and with a legitimate intention. What is refused with the guards on, doctor
 * names where it was brought about with the guards off.
 */
@OnEachHost
class HostileChangesIT extends VersionedNotes {
  private static final String FINDINGS =
      "SELECT string_agg(concat_ws(' ', \"check\", \"table\", finding), '; ' ORDER BY \"check\", \"table\"::text) FROM rowseal.doctor() WHERE NOT ok";

  private static final String[] GUARDS = {
    "rowseal_guard_changes", "rowseal_guard_drops", "rowseal_guard_starts", "rowseal_guard_rewrites"
  };

  /** Besides note: columns of made types, and a partitioned table with partitioned versions. */
  @BeforeEach
  void makeMoreTables() throws SQLException {
    for (String sql :
        new String[] {
          "CREATE SCHEMA made",
          "CREATE TYPE made.mood AS ENUM ('glad', 'sad')",
          "CREATE TYPE made.local_mood AS ENUM ('glad')",
          "CREATE TYPE made.zip AS (digits int, more text)",
          "CREATE TYPE made.place AS (street text, mood made.mood, zip made.zip)",
          "CREATE DOMAIN made.home AS made.place",
          "CREATE TYPE made.moods AS RANGE (subtype = made.mood)",
          "CREATE TYPE made.places AS RANGE (subtype = made.home)",
          "CREATE DOMAIN made.nick AS text",
          "CREATE TYPE made.pair AS (user_hash bytea, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)",
          "CREATE TABLE pairs OF made.pair (PRIMARY KEY (user_hash))",
          "SELECT rowseal.protect('pairs', identities => 'card')",
          "CREATE TABLE other (a int, b text)",
          "CREATE TABLE typed (user_hash bytea, id text, homes made.home[], moods made.moods, places made.places, other other, nick made.nick,"
              + " local made.local_mood, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id))",
          "SELECT rowseal.protect('typed', identities => 'card', exclude => '{local}')",
          "CREATE TABLE early (local int, LIKE note INCLUDING ALL)",
          "SELECT rowseal.protect('early', identities => 'card', exclude => '{local,seen}', context => 'note')",
          "CREATE TABLE shard (LIKE note INCLUDING ALL) PARTITION BY HASH (user_hash)",
          "CREATE TABLE shard_0 PARTITION OF shard FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
          "CREATE TABLE shard_versions (LIKE note, PRIMARY KEY (sign_b64)) PARTITION BY HASH (sign_b64)",
          "CREATE TABLE shard_versions_0 PARTITION OF shard_versions FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
          "SELECT rowseal.protect('shard', identities => 'card', versions => 'shard_versions', exclude => '{seen}', context => 'note')"
        }) {
      database.run(sql);
    }
    database.run(insert(note(1, "one")));
    database.run(Insert.into("early").row(note(1, "one")));
  }

  /** A command, and what doctor says of it. */
  private static final String[] HOSTILE = {
    "CREATE UNIQUE INDEX u ON note (lower(body)) | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note (user_hash, lower(body)) | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note (body) INCLUDE (sign_b64) | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note ((1)) | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note (coalesce(seen, 0)) | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note (seen) NULLS NOT DISTINCT | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note (body) WHERE seen > 0 | laws note the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note_versions (lower(body)) | laws note_versions the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON note_versions (user_hash, id, body) | laws note_versions the unique or exclusion index u",
    "CREATE UNIQUE INDEX u ON shard_0 (lower(body)) | partitions shard the unique or exclusion index u of the partition shard_0",
    "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); CREATE UNIQUE INDEX u ON typed (user_hash, id COLLATE loose) | laws typed the unique or exclusion index u",
    "CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false); ALTER TABLE typed ALTER id TYPE text COLLATE loose | laws typed key column id",
    "ALTER TABLE note ADD CONSTRAINT e EXCLUDE USING btree ((lower(body)) WITH =) | laws note the unique or exclusion index e",
    "ALTER TABLE note ADD CONSTRAINT e EXCLUDE (seen WITH =) | laws note the unique or exclusion index e",
    "ALTER TABLE note ADD CONSTRAINT u UNIQUE (seen) DEFERRABLE | laws note the unique or exclusion index u",
    "ALTER TABLE note ADD CONSTRAINT u UNIQUE (user_hash, id, body) DEFERRABLE | laws note the unique or exclusion index u",
    "ALTER TABLE note ADD CONSTRAINT f FOREIGN KEY (sign_b64) REFERENCES card (user_hash) NOT VALID | laws note the foreign key f",
    "CREATE TABLE parent (body text); ALTER TABLE note INHERIT parent | laws note rows of an inheriting table",
    "CREATE TABLE heir (LIKE note); ALTER TABLE heir INHERIT note | laws note rows of an inheriting table",
    "ALTER TABLE note_versions SET UNLOGGED | laws note_versions a temporary or unlogged table",
    "ALTER TYPE made.mood RENAME VALUE 'glad' TO 'happy' | columns typed values of the type made.mood",
    "ALTER TYPE made.place ADD ATTRIBUTE town text | columns typed values of the type made.place",
    "ALTER TYPE made.zip DROP ATTRIBUTE digits | columns typed values of the type made.zip",
    "DROP TYPE made.zip CASCADE | columns typed values of the type made.place",
    "ALTER TYPE made.pair ALTER ATTRIBUTE body TYPE varchar CASCADE | columns pairs the signed column body has type character varying",
    "ALTER TABLE other ADD c int | columns typed values of the type other",
    "ALTER TABLE other DROP b | columns typed values of the type other",
    "ALTER DOMAIN made.home OWNER TO pg_monitor | laws typed the type made.home",
    "ALTER TYPE made.mood OWNER TO pg_monitor | laws typed the type made.mood",
    "ALTER TABLE other OWNER TO pg_monitor | laws typed the type other",
    "ALTER TABLE shard_0 FORCE ROW LEVEL SECURITY | partitions shard the partition shard_0 has FORCE ROW LEVEL SECURITY",
    "ALTER TABLE shard_versions_0 FORCE ROW LEVEL SECURITY | partitions shard_versions the partition shard_versions_0 has FORCE ROW LEVEL SECURITY",
    "ALTER TABLE shard_0 OWNER TO pg_monitor | partitions shard the partition shard_0 belongs to pg_monitor",
    "CREATE RULE r AS ON INSERT TO shard_0 DO INSTEAD NOTHING | partitions shard the partition shard_0 has a rewrite rule",
    "ALTER TABLE shard_0 ENABLE REPLICA TRIGGER zzz_rowseal_insert | triggers shard the trigger zzz_rowseal_insert of shard_0 is not ENABLE ALWAYS",
    "ALTER TABLE shard DETACH PARTITION shard_0 | partitions shard the partition shard_0, with what it holds, is gone",
    "ALTER TABLE shard_versions DETACH PARTITION shard_versions_0 | partitions shard_versions the partition shard_versions_0, with what it holds, is gone",
    "DROP TABLE shard_0 | partitions shard a partition, with what it held, is gone",
    "CREATE TABLE shard_1 (LIKE shard); ALTER TABLE shard_1 FORCE ROW LEVEL SECURITY, ENABLE ROW LEVEL SECURITY; ALTER TABLE shard ATTACH PARTITION shard_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1) | partitions shard the partition shard_1 has FORCE ROW LEVEL SECURITY",
  };

  @Test
  void whatIsRefusedIsNamedWhereTheGuardsWereOff() throws SQLException {
    database.connection().setAutoCommit(false);
    assertEquals(null, database.value(FINDINGS));
    for (String line : HOSTILE) {
      String[] parts = line.split(" \\| ");
      assertEquals("RS011", database.refusal(parts[0]), parts[0]);
      database.connection().rollback();
      guards("DISABLE");
      assertEquals("00000", database.refusal(parts[0]), parts[0]);
      guards("ENABLE ALWAYS");
      String findings = database.value(FINDINGS);
      assertNotNull(findings, parts[0]);
      assertTrue(
          findings.replace("public.", "").contains(parts[1]), parts[0] + " gives " + findings);
      database.connection().rollback();
    }
  }

  /** PostgreSQL 15 lets a partition generate what the table does not; later ones refuse it. */
  @Test
  void aPartitionGeneratesNoSignedValue() throws SQLException {
    database.run(
        "CREATE TABLE shard_1 AS TABLE note; TRUNCATE shard_1; ALTER TABLE shard_1 DROP body, ADD body text GENERATED ALWAYS AS ('forged') STORED");
    assertNotEquals(
        "00000",
        database.refusal(
            "ALTER TABLE shard ATTACH PARTITION shard_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)"));
  }

  /** Columns that the index of a primary key merely includes are not in the row key. */
  @Test
  void aPrimaryKeyMayIncludeColumns() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run(
        "ALTER TABLE note DROP CONSTRAINT note_pkey, ADD PRIMARY KEY (user_hash, id) INCLUDE (body)");
    database.run(PROTECTION);
    database.run(insert(note(2, "two")));
    assertEquals("2 two, 1 one", database.value(HISTORY));
  }

  /** It could get a check that runs code of that role with the rights of the table's owner. */
  @Test
  void aTypeOfSomebodyElseIsRefused() throws SQLException {
    database.run("DROP ROLE IF EXISTS stranger_of_types");
    database.run("CREATE ROLE stranger_of_types");
    database.run("CREATE DOMAIN foreign_text AS text");
    database.run("CREATE TYPE foreign_pair AS (a int, b foreign_text)");
    database.run("ALTER DOMAIN foreign_text OWNER TO stranger_of_types");
    database.run(
        "CREATE TABLE couples (user_hash bytea PRIMARY KEY, p foreign_pair[], deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    String protect = "SELECT rowseal.protect('couples', identities => 'card')";
    assertEquals("RS012", database.refusal(protect));
    database.run("ALTER DOMAIN foreign_text OWNER TO postgres");
    database.run(protect);
    database.run("SELECT rowseal.unprotect('couples')");
    database.run("DROP ROLE stranger_of_types");
  }

  private static final String[] REWRITING = {
    "ALTER TABLE note ALTER body TYPE text USING 'forged'",
    "ALTER TABLE note ALTER body TYPE text USING upper(body), ALTER seen TYPE bigint",
    "ALTER TABLE note ALTER owner_timestamp TYPE bigint USING owner_timestamp + 1",
    "ALTER TABLE note ALTER sign_b64 TYPE bytea USING '\\x00'",
    "ALTER TABLE note_versions ALTER body TYPE text USING 'forged'",
    "ALTER TABLE shard ALTER body TYPE text USING 'forged'",
    "ALTER TABLE note ALTER body SET STATISTICS 10; ALTER TABLE note ALTER body TYPE text USING 'forged'",
    "ALTER TABLE note ALTER seen TYPE bigint; ALTER TABLE note ALTER body TYPE text USING 'forged'",
    "ALTER TABLE early ALTER local TYPE bigint, ALTER body TYPE text USING 'forged'",
    "ALTER TABLE early ALTER body TYPE text USING 'forged'",
  };

  @Test
  void signedValuesAreNotRewritten() throws SQLException {
    database.connection().setAutoCommit(false);
    for (String sql : REWRITING) {
      assertEquals("RS011", database.refusal(sql), sql);
      database.connection().rollback();
    }
    guards("DISABLE");
    database.run(REWRITING[0]);
    guards("ENABLE ALWAYS");
    assertEquals("RS002", database.value("SELECT code FROM rowseal.verify('note')"));
  }

  private static final String[] LEGITIMATE = {
    "CREATE UNIQUE INDEX ON note (seen)",
    "CREATE UNIQUE INDEX ON note (seen) WHERE body > ''",
    "CREATE UNIQUE INDEX ON note (user_hash, id, body)",
    "CREATE UNIQUE INDEX ON note (sign_b64) INCLUDE (body)",
    "CREATE UNIQUE INDEX ON note_versions (lower(body), sign_b64)",
    "CREATE UNIQUE INDEX ON shard_0 (id, user_hash)",
    "CREATE INDEX ON note (lower(body))",
    "ALTER TABLE note ADD FOREIGN KEY (user_hash) REFERENCES card",
    "CREATE TABLE noted (user_hash bytea, id uuid, FOREIGN KEY (user_hash, id) REFERENCES note ON DELETE CASCADE)",
    "CREATE TABLE heir (LIKE other); ALTER TABLE heir INHERIT other; ALTER TABLE heir NO INHERIT other",
    "ALTER TABLE note ALTER seen TYPE bigint USING 5",
    "ALTER TABLE note ALTER body SET STATISTICS 10; ALTER TABLE note ALTER seen TYPE bigint USING 5",
    "ALTER TABLE note ADD COLUMN title text; ALTER TABLE note ALTER seen TYPE bigint USING 5",
    "ALTER TABLE early ALTER local TYPE bigint USING 5",
    "ALTER TABLE note ALTER body TYPE text",
    "ALTER TABLE note ALTER body TYPE text USING body",
    "ALTER TABLE note DROP seen; ALTER TABLE note ADD seen int DEFAULT (random() * 100)::int",
    "ALTER TABLE note SET LOGGED",
    "CREATE ACCESS METHOD heap2 TYPE TABLE HANDLER heap_tableam_handler; ALTER TABLE note SET ACCESS METHOD heap2",
    "ALTER TABLE note SET TABLESPACE pg_default",
    "CLUSTER note USING note_pkey",
    "ALTER TABLE note REPLICA IDENTITY USING INDEX note_pkey",
    "CREATE TRIGGER t AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger(); ALTER TABLE note DISABLE TRIGGER t; ALTER TABLE note ENABLE REPLICA TRIGGER t",
    "CREATE SCHEMA app; ALTER TABLE note SET SCHEMA app; ALTER TABLE app.note RENAME TO remark",
    "ALTER TYPE made.mood ADD VALUE 'calm'",
    "ALTER TYPE made.pair ADD ATTRIBUTE more int CASCADE",
    "ALTER TYPE made.place RENAME ATTRIBUTE street TO road",
    "ALTER TYPE made.local_mood RENAME VALUE 'glad' TO 'happy'",
    "ALTER TYPE made.moods RENAME TO tempers",
    "ALTER TYPE made.mood RENAME TO temper",
    "ALTER DOMAIN made.home SET SCHEMA public",
    "ALTER SCHEMA made RENAME TO used",
    "ALTER TABLE other RENAME TO another",
    "ALTER TABLE other RENAME a TO c",
    "ALTER DOMAIN made.nick ADD CHECK (VALUE > '')",
    "CREATE TABLE shard_1 PARTITION OF shard FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "CREATE TABLE shard_versions_1 PARTITION OF shard_versions FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "CREATE TABLE shard_versions_1 (LIKE shard_versions); ALTER TABLE shard_versions ATTACH PARTITION shard_versions_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    "CREATE TABLE shard_1 (LIKE shard) PARTITION BY HASH (user_hash); ALTER TABLE shard ATTACH PARTITION shard_1 FOR VALUES WITH (MODULUS 2, REMAINDER 1); CREATE TABLE shard_1a PARTITION OF shard_1 FOR VALUES WITH (MODULUS 1, REMAINDER 0)",
    "ALTER TABLE shard OWNER TO pg_monitor; ALTER TABLE shard OWNER TO postgres",
    "ALTER TABLE shard_0 RENAME TO shard_nil",
  };

  @Test
  void whatHarmsNothingGoesThrough() throws SQLException {
    database.connection().setAutoCommit(false);
    for (String sql : LEGITIMATE) {
      assertEquals("00000", database.refusal(sql), sql);
      assertEquals(null, database.value(FINDINGS), sql);
      database.connection().rollback();
    }
  }

  @Test
  void aPartitionOfAVersionsTableIsVerifiedToo() throws SQLException {
    database.run("CREATE TABLE more (LIKE shard_versions)");
    String attach =
        "ALTER TABLE shard_versions ATTACH PARTITION more FOR VALUES WITH (MODULUS 2, REMAINDER 1)";
    database.run(
        "ALTER TABLE more ADD CHECK (satisfies_hash_partition('shard_versions'::regclass, 2, 1, sign_b64))");
    database.run(Insert.into("shard").row(inPartition("shard", 5, "five")));
    database.run(Insert.into("more").row(signedInto("more", 1)));
    database.run("UPDATE more SET body = 'forged'");
    assertEquals("RS011", database.refusal(attach));
    database.run("DELETE FROM more");
    database.run(Insert.into("more").row(signedInto("more", 9)));
    assertEquals("RS011", database.refusal(attach), "it is newer than the tip");
    database.run("DELETE FROM more");
    database.run(Insert.into("more").row(signedInto("more", 2)));
    database.run(attach);
    assertEquals(null, database.value(FINDINGS));
    assertEquals("RS008", database.refusal("TRUNCATE more"));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.verify('shard')"));
  }

  /** Ada's note, if her rows go to the partition that is there; else the test is for another. */
  private Row inPartition(String table, long timestamp, String body) throws SQLException {
    if (database
        .value("SELECT satisfies_hash_partition('shard'::regclass, 2, 0, ?::bytea)", ada.id())
        .equals("f")) {
      database.run(
          "CREATE TABLE shard_1 PARTITION OF shard FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
    }
    return note(timestamp, body);
  }

  /** A version that belongs to the new partition of the versions table. */
  private Row signedInto(String table, long timestamp) throws SQLException {
    for (int i = 0; ; i++) {
      Row row = Notes.note(ada, id, timestamp, "body " + i);
      if (database
          .value(
              "SELECT satisfies_hash_partition('shard_versions'::regclass, 2, 1, ?::bytea)",
              row.signature())
          .equals("t")) {
        return row;
      }
    }
  }

  private static final String[] HOSTILE_CONCURRENTLY = {
    "CREATE UNIQUE INDEX CONCURRENTLY u ON note (body)",
    "create unique index concurrently on public . note(lower(body))",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS u ON ONLY \"public\".\"note\" USING btree (body)",
    "/* one /* two */ */ CREATE UNIQUE INDEX/**/CONCURRENTLY--\n u ON/* on plain (id) */note (body)",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON U&\"n\\006fte\" (body)",
    "CREATE UNIQUE INDEX CONCURRENTLY \"u ON plain (id)\" ON note (body)",
    "CREATE UNIQUE INDEX CONCURRENTLY \"u\"ON\"note\"(body)",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON note (seen) NULLS NOT DISTINCT",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON note (seen, body)",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON note_versions (body)",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON shard_0 (body)",
    "CREATE UNIQUE INDEX CONCURRENTLY u ON \"Odd \"\"one\"\"\" (body)",
    "ALTER TABLE shard DETACH PARTITION shard_0 CONCURRENTLY",
    "alter table if exists only public.shard/* */detach partition public.shard_0 concurrently;",
    "ALTER TABLE shard* DETACH PARTITION shard_0 CONCURRENTLY",
  };

  private static final String[] LEGITIMATE_CONCURRENTLY = {
    "CREATE INDEX CONCURRENTLY i ON note (body)",
    "DROP INDEX CONCURRENTLY i",
    "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS unique_seen ON note (seen)",
    "-- for the note\nCREATE UNIQUE INDEX CONCURRENTLY note_id ON plain (note)",
    "CREATE UNIQUE INDEX CONCURRENTLY \"note\" ON note_plain USING btree (id) INCLUDE (note) WHERE note > ''",
    "CREATE UNIQUE INDEX CONCURRENTLY ON elsewhere.note (body)",
    "CREATE UNIQUE INDEX ON plain (note) /* not concurrently */",
    "REINDEX TABLE CONCURRENTLY note",
    "REINDEX (CONCURRENTLY) INDEX note_pkey",
    "ALTER TABLE shards DETACH PARTITION shards_0 CONCURRENTLY",
    "ALTER TABLE note ALTER seen SET DEFAULT length('detach concurrently')",
  };

  @Test
  void whatCommitsMidwayIsRefusedWhenItStarts() throws SQLException {
    database.run("CREATE TABLE plain (id int, note text)");
    database.run("CREATE TABLE note_plain (id int, note text)");
    database.run("CREATE SCHEMA elsewhere CREATE TABLE note (body text)");
    database.run("CREATE TABLE shards (id int) PARTITION BY HASH (id)");
    database.run(
        "CREATE TABLE shards_0 PARTITION OF shards FOR VALUES WITH (MODULUS 1, REMAINDER 0)");
    database.run(Notes.TABLE.as("\"Odd \"\"one\"\"\""));
    database.run(Notes.PROTECTION.named("\"Odd \"\"one\"\"\""));
    String state =
        "SELECT concat((SELECT count(*) FROM pg_index WHERE indrelid >= 16384), ' ', (SELECT string_agg(i::text, ',' ORDER BY inhrelid) FROM pg_inherits i WHERE inhparent = 'shard'::regclass))";
    String before = database.value(state);
    for (String sql : HOSTILE_CONCURRENTLY) {
      assertEquals("RS011", database.refusal(sql), sql);
      assertEquals(before, database.value(state), sql);
      try (var statement = database.connection().createStatement()) { // a simple query
        statement.execute("SET application_name = 'x'");
      }
    }
    for (String sql : LEGITIMATE_CONCURRENTLY) {
      assertEquals("00000", database.refusal(sql), sql);
    }
    assertEquals(null, database.value(FINDINGS));
  }

  /** They cannot run in what hides them. */
  @Test
  void whatCommitsMidwayHasNoCover() throws SQLException {
    String sql = "CREATE UNIQUE INDEX CONCURRENTLY u ON note (body)";
    database.run(
        "CREATE FUNCTION f(c text) RETURNS void LANGUAGE plpgsql AS 'BEGIN EXECUTE c; END'");
    database.run("CREATE PROCEDURE p(c text) LANGUAGE plpgsql AS 'BEGIN COMMIT; EXECUTE c; END'");
    String hidden =
        "convert_from(decode('"
            + HexFormat.of().formatHex(sql.getBytes(UTF_8))
            + "', 'hex'), 'UTF8')";
    for (String call :
        new String[] {
          "SELECT f(" + hidden + ")",
          "CALL p(" + hidden + ")",
          "DO $$BEGIN EXECUTE " + hidden + "; END$$"
        }) {
      assertEquals("25001", database.refusal(call), call);
    }
    assertEquals("0", database.value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"));
  }

  @Test
  void whatCommittedMidwayWithTheGuardsOffIsNamed() throws SQLException {
    guards("DISABLE");
    database.run("CREATE UNIQUE INDEX CONCURRENTLY u ON note (body)");
    database.run("ALTER TABLE shard DETACH PARTITION shard_0 CONCURRENTLY");
    guards("ENABLE ALWAYS");
    String findings = database.value(FINDINGS);
    assertTrue(findings.contains("the unique or exclusion index u"), findings);
    assertTrue(findings.contains("the partition shard_0, with what it holds, is gone"), findings);
    assertEquals("RS011", database.refusal("CREATE INDEX ON note (size)"));
    assertEquals("RS011", database.refusal("ALTER TABLE shard REPLICA IDENTITY FULL"));
    database.run("DROP INDEX u");
    database.run("CREATE INDEX ON note (size)");
    database.run(
        "SELECT rowseal.protect('shard', identities => 'card', versions => 'shard_versions', exclude => '{seen}', context => 'note')");
    assertEquals(null, database.value(FINDINGS));
  }

  private void guards(String state) throws SQLException {
    for (String guard : GUARDS) {
      if (database.value("SELECT 1 FROM pg_event_trigger WHERE evtname = ?", guard) != null) {
        database.run("ALTER EVENT TRIGGER " + guard + " " + state);
      }
    }
  }
}
