package io.rowseal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.NoteDatabase;
import io.rowseal.testing.OnEachHost;
import io.rowseal.testing.Owner;
import io.rowseal.testing.TestDatabase;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** Every path into an unversioned table keeps the laws. */
@OnEachHost
class EnforcementIT extends NoteDatabase {

  private static Object[] both(Object[] a, Object[] b) {
    return Stream.of(a, b).flatMap(Stream::of).toArray();
  }

  @Test
  void latestWinsInAnyOrder() throws SQLException {
    database.run(Owner.INSERT_NOTE, note(2, "second"));
    assertEquals(0, database.run(Owner.INSERT_NOTE, note(1, "first")));
    assertEquals("2 second", database.value(STORED));
    assertEquals(0, database.run(Owner.INSERT_NOTE, note(3, "third")), "a merge reports no row");
    assertEquals("3 third", database.value(STORED));
  }

  @Test
  void tiesGoToTheGreaterSignature() throws SQLException {
    Object[][] notes = {note(5, "a"), note(5, "b")};
    Arrays.sort(notes, (a, b) -> Arrays.compareUnsigned((byte[]) a[10], (byte[]) b[10]));
    // The greater one in the middle: neither the first nor the last to arrive.
    database.run(Owner.INSERT_NOTE, notes[0]);
    database.run(Owner.INSERT_NOTE, notes[1]);
    database.run(Owner.INSERT_NOTE, notes[0]);
    assertEquals(
        "\\x" + HexFormat.of().formatHex((byte[]) notes[1][10]),
        database.value("SELECT sign_b64 FROM note"));
  }

  @Test
  void upsertUpdateAndTwoRowsOfOneKeyMerge() throws SQLException {
    database.run(Owner.INSERT_NOTE + ", " + Owner.NOTE_ROW, both(note(1, "one"), note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    String upsert =
        Owner.INSERT_NOTE
            + " ON CONFLICT (user_hash, id) DO UPDATE SET body = excluded.body,"
            + " owner_timestamp = excluded.owner_timestamp, sign_b64 = excluded.sign_b64";
    database.run(upsert, note(3, "three"));
    database.run(upsert, note(2, "late"));
    assertEquals("3 three", database.value(STORED));
    String update = "UPDATE note SET body = ?, owner_timestamp = ?, sign_b64 = ?";
    Object[] four = note(4, "four");
    assertEquals(1, database.run(update, four[2], four[9], four[10]));
    Object[] stale = note(0, "stale");
    assertEquals(0, database.run(update, stale[2], stale[9], stale[10]));
    assertEquals("4 four", database.value(STORED));
    assertEquals("RS002", database.refusal("UPDATE note SET body = 'forged'"));
    assertEquals("RS002", database.refusal("UPDATE note SET owner_timestamp = 9"));
  }

  /**
   * What was verified for one table is not let into another by a trigger that runs during the
   * merge.
   */
  @Test
  void mergeVouchesForItsOwnTableOnly() throws SQLException {
    database.run("CREATE TABLE other (LIKE note INCLUDING ALL)");
    String protect = Owner.PROTECT_NOTES.replace("'note'", "'other'");
    database.run(protect.replace(")", ", context => 'note')"));
    database.run(Owner.INSERT_NOTE.replace("INTO note", "INTO other"), note(1, "one"));
    database.run(protect.replace(")", ", validate => false)"));
    database.run(
        "CREATE FUNCTION replay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE public.other SET body = NEW.body,"
            + " owner_timestamp = NEW.owner_timestamp, sign_b64 = NEW.sign_b64; RETURN NULL; END $$");
    database.run(
        "CREATE TRIGGER replay AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION replay()");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    assertEquals("RS002", database.refusal(Owner.INSERT_NOTE, note(2, "two")));
    assertEquals("1 one", database.value(STORED.replace("note", "other")));
  }

  @Test
  void copyMergesAndRefuses() throws Exception {
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    var copy = database.connection().unwrap(PGConnection.class).getCopyAPI();
    copy.copyIn(
        "COPY note FROM STDIN", new StringReader(line(note(2, "two")) + line(note(1, "one"))));
    assertEquals("2 two", database.value(STORED));
    Object[] forged = note(3, "three");
    forged[2] = "forged";
    SQLException refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            SQLException.class,
            () -> copy.copyIn("COPY note FROM STDIN", new StringReader(line(forged))));
    assertEquals("RS002", refused.getSQLState());
  }

  private static String line(Object[] values) {
    StringBuilder line = new StringBuilder();
    for (Object value : values) {
      String text =
          value instanceof byte[] bytes
              ? "\\x" + HexFormat.of().formatHex(bytes)
              : value.toString();
      line.append(text.replace("\\", "\\\\")).append('\t');
    }
    return line + "0\n";
  }

  @Test
  void redeliveryWritesNothing() throws SQLException {
    for (int i = 0; i < 50; i++) {
      database.run(
          Owner.INSERT_NOTE, Owner.noteValues(ada.note(UUID.randomUUID(), 1, "n" + i, false)));
    }
    database.run("CREATE TABLE copy AS SELECT * FROM note");
    String versions = database.value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM note");
    // A first look at freshly written pages sets hint bits; the redelivery that counts is the next
    // one.
    database.run("INSERT INTO note SELECT * FROM copy");
    database.run("CHECKPOINT");
    assertTrue(silentAmong(5), "PostgreSQL's own background writes aside, WAL stands still");
    assertEquals(0, database.run("UPDATE note SET body = body"));
    assertEquals(
        versions, database.value("SELECT string_agg(ctid::text, ',' ORDER BY id) FROM note"));
  }

  /**
   * Whether at least one of some redeliveries moved WAL by nothing; the background writer may speak
   * during others.
   */
  private boolean silentAmong(int tries) throws SQLException {
    for (int i = 0; i < tries; i++) {
      String before = database.value("SELECT pg_current_wal_insert_lsn()");
      assertEquals(0, database.run("INSERT INTO note SELECT * FROM copy"));
      if (before.equals(database.value("SELECT pg_current_wal_insert_lsn()"))) {
        return true;
      }
    }
    return false;
  }

  /**
   * Two peers deliver one version at the same moment: the second waits for the first, and then has
   * nothing to do.
   */
  @Test
  void sameVersionAtTheSameMomentIsStoredOnce() throws Exception {
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    Object[] two = note(2, "two");
    database.connection().setAutoCommit(false);
    database.run(Owner.INSERT_NOTE, two);
    try (TestDatabase other = database.as("postgres")) {
      String pid = other.value("SELECT pg_backend_pid()");
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(() -> other.refusal(Owner.INSERT_NOTE, two));
      try (TestDatabase observer = database.as("postgres")) {
        while (!"Lock"
            .equals(
                observer.value(
                    "SELECT wait_event_type FROM pg_stat_activity WHERE pid = " + pid))) {
          Thread.sleep(10);
        }
      }
      database.connection().commit();
      assertEquals("00000", second.get(10, TimeUnit.SECONDS));
    }
    database.connection().setAutoCommit(true);
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void excludedColumnsAreFree() throws SQLException {
    Object[] one = note(1, "one");
    database.run(Owner.INSERT_NOTE, one);
    assertEquals(1, database.run("UPDATE note SET seen = 9"));
    assertEquals(0, database.run("UPDATE note SET seen = 9"));
    database.run(Owner.INSERT_NOTE, one);
    assertEquals("9", database.value("SELECT seen FROM note"));
  }

  @Test
  void keysAndOwnersAreFixedAndRowsStay() throws SQLException {
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    assertEquals("RS007", database.refusal("UPDATE note SET id = gen_random_uuid()"));
    assertEquals("RS007", database.refusal("UPDATE note SET user_hash = '\\x00'"));
    assertEquals("RS008", database.refusal("DELETE FROM note"));
    assertEquals("RS008", database.refusal("TRUNCATE note"));
    Object[] tombstone = Owner.noteValues(ada.note(id, 2, "", true));
    database.run(Owner.INSERT_NOTE, tombstone);
    assertEquals("t", database.value("SELECT deleted_flag FROM note"));
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    assertEquals("t", database.value("SELECT deleted_flag FROM note"), "a tombstone holds");
    database.run(Owner.INSERT_NOTE, note(3, "back"));
    assertEquals(
        "f", database.value("SELECT deleted_flag FROM note"), "a newer version resurrects");
  }

  @Test
  void replicationPathIsNoWayAround() throws SQLException {
    database.run("SET session_replication_role = replica");
    database.run("SET search_path = ''");
    Object[] forged = note(1, "one");
    forged[2] = "forged";
    String insert = Owner.INSERT_NOTE.replace("note", "public.note");
    assertEquals("RS002", database.refusal(insert, forged));
    assertEquals("00000", database.refusal(insert, note(1, "one")));
    assertEquals("RS008", database.refusal("DELETE FROM public.note"));
    assertEquals("RS008", database.refusal("TRUNCATE public.note"));
  }

  @Test
  void settingsOfTheSessionChangeNothing() throws SQLException {
    database.run("SET IntervalStyle = 'sql_standard'");
    database.run("SET TimeZone = 'Pacific/Chatham'");
    database.run("SET extra_float_digits = -5");
    database.run("SET bytea_output = 'escape'");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void everyMutationOfEveryFieldIsRefused() throws SQLException {
    Object[] good = note(1, "body");
    for (int i = 0; i < good.length; i++) {
      for (Object mutant : mutants(good[i])) {
        Object[] bad = good.clone();
        bad[i] = mutant;
        assertNotEquals("00000", database.refusal(Owner.INSERT_NOTE, bad), "column " + i);
      }
    }
    assertEquals("0", database.value("SELECT count(*) FROM note"));
  }

  private static Stream<Object> flips(byte[] bytes) {
    return IntStream.range(0, bytes.length)
        .mapToObj(
            i -> {
              byte[] flipped = bytes.clone();
              flipped[i] ^= (byte) (1 << (i % 8));
              return flipped;
            });
  }

  private static Iterable<Object> mutants(Object value) {
    Stream<Object> changed;
    if (value instanceof byte[] bytes) {
      changed =
          Stream.concat(
              flips(bytes),
              Stream.of(
                  new byte[0],
                  java.util.Arrays.copyOf(bytes, bytes.length - 1),
                  java.util.Arrays.copyOf(bytes, bytes.length + 1)));
    } else if (value instanceof Boolean truth) {
      changed = Stream.of(!truth);
    } else if (value instanceof Long number) {
      changed = Stream.of(number + 1, -number, number << 8 & 0x7fffffff);
    } else {
      changed =
          switch (value.toString()) {
            case "1e+20" -> Stream.of("1.0000000000000002e+20", "NaN", "-1e+20");
            case "ab  " -> Stream.of("ab c", "abc ", "a");
            case "{a,\"b c\",NULL,\"\"}" ->
                Stream.of(
                    "{a,\"b c\",\"NULL\",\"\"}",
                    "{a,\"b c\",NULL}",
                    "{}",
                    "[2:5]={a,\"b c\",NULL,\"\"}");
            case "0044-03-15 12:00:00.000001+00 BC" ->
                Stream.of(
                    "0044-03-15 12:00:00.000002+00 BC",
                    "0044-03-15 12:00:00.000001+00",
                    "infinity");
            case "body" -> Stream.of("Body", "body ", "", "bod\u0443", "null");
            default -> Stream.of(UUID.randomUUID().toString());
          };
    }
    return Stream.concat(changed, Stream.of((Object) null))::iterator;
  }

  @Test
  void backendAndTransactionLiveOnAfterARefusal() throws SQLException {
    database.connection().setAutoCommit(false);
    database.run("SAVEPOINT here");
    Object[] bad = note(1, "one");
    bad[10] = new byte[3];
    assertEquals("RS006", database.refusal(Owner.INSERT_NOTE, bad));
    database.run("ROLLBACK TO here");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.connection().commit();
    assertEquals("1 one", database.value(STORED));
    database.connection().setAutoCommit(true);
  }

  @Test
  void cardOfARolledBackTransactionCountsForNothing() throws SQLException {
    Owner eve = new Owner(SignatureAlgorithm.ED25519);
    Object[] evesNote = Owner.noteValues(eve.note(id, 1, "hers", false));
    database.connection().setAutoCommit(false);
    database.run(Owner.INSERT_CARD, Owner.cardValues(eve.card(1, "Eve")));
    assertEquals(1, database.run(Owner.INSERT_NOTE, evesNote));
    database.connection().rollback();
    database.connection().setAutoCommit(true);
    assertEquals("RS003", database.refusal(Owner.INSERT_NOTE, evesNote));
  }

  @Test
  void aRoleWithInsertAndUpdateCanWriteAndNothingElse() throws SQLException {
    String role = "writer_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role + " LOGIN");
    database.run("GRANT INSERT, UPDATE ON note TO " + role);
    try (TestDatabase writer = database.as(role)) {
      writer.run(Owner.INSERT_NOTE, note(1, "one"));
      writer.run(Owner.INSERT_NOTE, note(2, "two"));
      assertEquals("42501", writer.refusal("SELECT * FROM card"));
      assertEquals("42501", writer.refusal("SELECT rowseal.unprotect('note')"));
      assertEquals("42501", writer.refusal("DELETE FROM note"));
    }
    assertEquals("2 two", database.value(STORED));
  }

  @Test
  void codeOfTheTablesOwnerNeverRunsWithMorePrivileges() throws SQLException {
    String role = "owner_" + UUID.randomUUID().toString().substring(0, 8);
    database.run("CREATE ROLE " + role);
    database.run("ALTER TABLE note OWNER TO " + role);
    database.run("GRANT SELECT ON card TO " + role);
    database.run("GRANT CREATE ON SCHEMA public TO " + role);
    database.run("CREATE TABLE seen_as (who text)");
    database.run("GRANT INSERT ON seen_as TO " + role);
    database.run(
        "CREATE FUNCTION spy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen_as VALUES (current_user); RETURN NULL; END'");
    database.run("CREATE TRIGGER spy AFTER UPDATE ON note FOR EACH ROW EXECUTE FUNCTION spy()");
    database.run(Owner.PROTECT_NOTES);
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals(role, database.value("SELECT who FROM seen_as"));
    try (TestDatabase fresh = database.as("postgres")) {
      fresh.run(Owner.INSERT_NOTE, note(3, "three"));
    }
    assertEquals("3 three", database.value(STORED));
  }

  @Test
  void partitionsAreCovered() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run("CREATE TABLE note (" + Owner.NOTE_COLUMNS + ") PARTITION BY HASH (user_hash)");
    database.run("CREATE TABLE note_0 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 0)");
    database.run(Owner.PROTECT_NOTES);
    database.run("CREATE TABLE note_1 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
    database.run("SET session_replication_role = replica");
    database.run(Owner.INSERT_NOTE, note(1, "one"));
    database.run(Owner.INSERT_NOTE, note(2, "two"));
    assertEquals("2 two", database.value(STORED));
    for (String partition : new String[] {"note_0", "note_1"}) {
      Object[] forged = note(3, "three");
      forged[2] = "forged";
      assertNotEquals(
          "00000", database.refusal(Owner.INSERT_NOTE.replace("note", partition), forged));
    }
    assertEquals("RS008", database.refusal("DELETE FROM note"));
    assertEquals("RS008", database.refusal("TRUNCATE note_0"));
  }

  @Test
  void payloadAndExplainTellAClientAuthorWhatIsWrong() throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>(ada.note(id, 1, "one", false));
    database.run("CREATE TABLE given AS SELECT * FROM note");
    database.run("INSERT INTO given VALUES " + Owner.NOTE_ROW, Owner.noteValues(row));
    String json = database.value("SELECT to_jsonb(given) FROM given");
    assertEquals(
        "t",
        database.value(
            "SELECT rowseal.check_signature('Ed25519', (SELECT sign_pkey FROM card), rowseal.payload('note', to_jsonb(given)), sign_b64) FROM given"));
    assertEquals(
        "t", database.value("SELECT bool_and(ok) FROM rowseal.explain('note', ?::jsonb)", json));
    String wrong = json.replace("\"one\"", "\"two\"");
    assertTrue(
        database
            .value("SELECT finding FROM rowseal.explain('note', ?::jsonb) WHERE NOT ok", wrong)
            .startsWith("RS002"));
    assertEquals("RS006", database.refusal("SELECT rowseal.payload('note', '{\"boddy\": 1}')"));
    assertEquals("0", database.value("SELECT count(*) FROM note"));
  }

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
    Object[] forged = note(1, "one");
    forged[2] = "forged";
    database.run(Owner.INSERT_NOTE, forged);
    assertEquals("RS002", database.refusal(Owner.PROTECT_NOTES));
    assertEquals(
        "00000", database.refusal(Owner.PROTECT_NOTES.replace(")", ", validate => false)")));
  }
}
