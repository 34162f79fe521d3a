package io.rowseal.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.rows.Notes;
import io.rowseal.testing.rows.RenamedVersions;
import io.rowseal.testing.rows.Row;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.sql.Update;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** What a protected table publishes. */
@OnEachHost
class PublicationIT extends RenamedVersions {
  @Test
  void unchangedLargeValuesArePublishedWhole() throws SQLException {
    String large =
        "x".repeat(10)
            + database.value("SELECT string_agg(md5(i::text), '') FROM generate_series(1, 1000) i");
    database.run(insert(note(1, large)));
    Row tombstone = Notes.tombstone(ada, id, 2, large);
    database.run("SET synchronous_commit = on");
    database.value(
        "SELECT pg_create_logical_replication_slot('whole_"
            + host.name().toLowerCase(java.util.Locale.ROOT)
            + "', 'test_decoding')");
    database.run(Update.of("note").to(tombstone, "deleted_flag", "owner_timestamp", "sign_b64"));
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
}
