package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.testing.rows.Cards;
import io.rowseal.testing.rows.NoteDatabase;
import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.Owner;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Insert;
import java.sql.SQLException;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No path into an unversioned table lets in what its owner did not sign. */
@OnEachHost
class EnforcementIT extends NoteDatabase {
  @Test
  void everyMutationOfEveryFieldIsRefused() throws SQLException {
    Row good = note(1, "body");
    for (String column : good.without("seen").keySet()) {
      for (Object mutant : mutants(good.get(column))) {
        assertNotEquals("00000", database.refusal(insert(good.with(column, mutant))), column);
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
  void keysAndOwnersAreFixedAndRowsStay() throws SQLException {
    database.run(insert(note(1, "one")));
    assertEquals("RS007", database.refusal("UPDATE note SET id = gen_random_uuid()"));
    assertEquals("RS007", database.refusal("UPDATE note SET user_hash = '\\x00'"));
    assertEquals("RS008", database.refusal("DELETE FROM note"));
    assertEquals("RS008", database.refusal("TRUNCATE note"));
    Row tombstone = Notes.tombstone(ada, id, 2, "");
    database.run(insert(tombstone));
    assertEquals("t", database.value("SELECT deleted_flag FROM note"));
    database.run(insert(note(1, "one")));
    assertEquals("t", database.value("SELECT deleted_flag FROM note"), "a tombstone holds");
    database.run(insert(note(3, "back")));
    assertEquals(
        "f", database.value("SELECT deleted_flag FROM note"), "a newer version resurrects");
  }

  @Test
  void replicationPathIsNoWayAround() throws SQLException {
    database.run("SET session_replication_role = replica");
    database.run("SET search_path = ''");
    assertEquals("RS002", database.refusal(Insert.into("public.note").row(forged(1))));
    assertEquals("00000", database.refusal(Insert.into("public.note").row(note(1, "one"))));
    assertEquals("RS008", database.refusal("DELETE FROM public.note"));
    assertEquals("RS008", database.refusal("TRUNCATE public.note"));
  }

  @Test
  void backendAndTransactionLiveOnAfterARefusal() throws SQLException {
    database.connection().setAutoCommit(false);
    database.run("SAVEPOINT here");
    Row bad = note(1, "one").with("sign_b64", new byte[3]);
    assertEquals("RS006", database.refusal(insert(bad)));
    database.run("ROLLBACK TO here");
    database.run(insert(note(1, "one")));
    database.connection().commit();
    assertEquals("1 one", database.value(STORED));
    database.connection().setAutoCommit(true);
  }

  @Test
  void cardOfARolledBackTransactionCountsForNothing() throws SQLException {
    Owner eve = new Owner(SignatureAlgorithm.ED25519);
    Row evesNote = Notes.note(eve, id, 1, "hers");
    database.connection().setAutoCommit(false);
    database.run(Cards.insert(eve.card(1, "Eve")));
    assertEquals(1, database.run(insert(evesNote)));
    database.connection().rollback();
    database.connection().setAutoCommit(true);
    assertEquals("RS003", database.refusal(insert(evesNote)));
  }

  @Test
  void partitionsAreCovered() throws SQLException {
    database.run("SELECT rowseal.unprotect('note')");
    database.run("DROP TABLE note");
    database.run(Notes.TABLE.clause("PARTITION BY HASH (user_hash)"));
    database.run("CREATE TABLE note_0 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 0)");
    database.run(Notes.PROTECTION);
    database.run("CREATE TABLE note_1 PARTITION OF note FOR VALUES WITH (MODULUS 2, REMAINDER 1)");
    database.run("SET session_replication_role = replica");
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    assertEquals("2 two", database.value(STORED));
    for (String partition : new String[] {"note_0", "note_1"}) {
      assertNotEquals("00000", database.refusal(Insert.into(partition).row(forged(3))));
    }
    assertEquals("RS008", database.refusal("DELETE FROM note"));
    assertEquals("RS008", database.refusal("TRUNCATE note_0"));
  }
}
