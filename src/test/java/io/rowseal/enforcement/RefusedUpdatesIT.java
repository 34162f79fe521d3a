package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.model.Layout;
import io.rowseal.testing.rows.NotesInLayouts;
import io.rowseal.testing.server.OnEachHost;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An UPDATE that is refused, whatever for, stops nobody where refused rows are put aside: an apply
 * worker would try it for ever.
 */
@OnEachHost
class RefusedUpdatesIT extends NotesInLayouts {
  private static final String CODES =
      "SELECT string_agg(code, ',' ORDER BY id) FROM rowseal.quarantine";

  /** What is refused, with what, and why it is put aside if it is. */
  private static List<String[]> updates(Layout layout) {
    List<String[]> updates = new ArrayList<>();
    updates.add(new String[] {"UPDATE note SET id = gen_random_uuid()", "RS007", "RS007"});
    updates.add(new String[] {"UPDATE note SET user_hash = '\\x00'", "RS007", "RS007"});
    updates.add(new String[] {"UPDATE note SET user_hash = NULL", "RS006", "RS006"});
    if (layout != Layout.UNVERSIONED) {
      String versions = layout == Layout.ONE_TABLE ? "note" : "note_versions";
      updates.add(
          new String[] {"UPDATE " + versions + " SET sign_b64 = '\\x01'", "RS009", "RS009"});
      updates.add(new String[] {"UPDATE " + versions + " SET body = 'forged'", "RS009", "RS002"});
    }
    if (layout != Layout.ONE_TABLE) {
      updates.add(new String[] {"UPDATE note SET body = 'forged'", "RS002", "RS002"});
    }
    if (layout == Layout.TWO_TABLES) {
      updates.add(
          new String[] {"UPDATE note_versions SET note_id = gen_random_uuid()", "RS007", "RS007"});
    }
    return updates;
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void areErrors(Layout layout) throws SQLException {
    keep(layout);
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    database.run("SET session_replication_role = replica");
    for (String[] update : updates(layout)) {
      assertEquals(update[1], database.refusal(update[0]), update[0]);
    }
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void orAreAllPutAside(Layout layout) throws SQLException {
    keep(layout, table -> table, protection -> protection.with("on_invalid", "quarantine"));
    database.run(insert(note(1, "one")));
    database.run(insert(note(2, "two")));
    String before = database.value("SELECT string_agg(n::text, ' ' ORDER BY sign_b64) FROM note n");
    database.run("SET session_replication_role = replica");
    database.run("SET search_path = ''");
    List<String> codes = new ArrayList<>();
    for (String[] update : updates(layout)) {
      String sql = update[0].replace("UPDATE ", "UPDATE public.");
      assertEquals("00000", database.refusal(sql), sql);
      codes.add(update[2]);
    }
    if (layout == Layout.ONE_TABLE) {
      // Of each of its two rows.
      codes = codes.stream().flatMap(code -> List.of(code, code).stream()).toList();
    }
    assertEquals(String.join(",", codes), database.value(CODES));
    assertEquals(
        before,
        database.value("SELECT string_agg(n::text, ' ' ORDER BY sign_b64) FROM public.note n"));
    // Offered again they are rows like others, and still nobody's word.
    database.value("SELECT rowseal.retry('public.note')");
    assertEquals(
        before,
        database.value("SELECT string_agg(n::text, ' ' ORDER BY sign_b64) FROM public.note n"));
  }

  /** Larger than what Java is handed, or than could be put aside. */
  @ParameterizedTest
  @EnumSource(Layout.class)
  void aRowThatIsTooLargeStopsNobodyEither(Layout layout) throws SQLException {
    String large = "UPDATE note SET body = repeat('x', 13000000)";
    keep(layout);
    database.run(insert(note(1, "one")));
    assertEquals("RS006", database.refusal(large));
    keep(layout, table -> table, protection -> protection.with("on_invalid", "quarantine"));
    database.run(insert(note(1, "one")));
    assertEquals("00000", database.refusal(large));
    assertEquals(
        "00000", database.refusal(insert(note(2, "two").with("body", "x".repeat(13_000_000)))));
    assertEquals("1 one", database.value(STORED));
    assertEquals("0", database.value("SELECT count(*) FROM rowseal.quarantine"));
  }
}
