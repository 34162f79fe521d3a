package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rowseal.testing.clients.ForeignClient;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Insert;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Rows of the clients in other languages are let in, and the clients verify what the database gives
 * back.
 */
@OnEachHost
class ClientIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TABLES =
      List.of("person", "member", "document", "document_versions");

  @Parameter Host host;
  @TempDir Path directory;

  private static void makeTables(TestDatabase database) throws SQLException {
    database.run(
        "CREATE TABLE person (user_hash bytea PRIMARY KEY, sign_pkey bytea, contact_pkey bytea, contact_cert bytea,"
            + " name text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "CREATE TABLE member (user_hash text PRIMARY KEY, sign_pkey bytea, deleted_flag boolean,"
            + " owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "CREATE TABLE document (user_hash bytea, id uuid, title text, \"Gr\u00f6\u00dfe\" bigint, content bytea,"
            + " at timestamptz, price numeric, tags text[], about jsonb, code char(4), span interval, address inet, note text,"
            + " parent_sign_b64 bytea, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, sign_hash bytea,"
            + " PRIMARY KEY (user_hash, id))");
    database.run("CREATE TABLE document_versions (LIKE document, PRIMARY KEY (sign_hash))");
    database.run("ALTER TABLE document_versions RENAME id TO document_id");
    database.run("SELECT rowseal.protect_identities('person', algorithm => 'SPKI')");
    database.run(
        "SELECT rowseal.protect_identities('member', algorithm => 'ES256', owner_hash => 'SHA-256', owner_prefix => 'm_')");
    database.run(
        "SELECT rowseal.protect('document', identities => 'person', versions => 'document_versions',"
            + " versions_columns => '{\"id\": \"document_id\"}')");
  }

  /** A file with the settings of the three tables by name. */
  private Path settings(TestDatabase database) throws SQLException, IOException {
    return Files.writeString(
        directory.resolve("settings.json"),
        database.value(
            "SELECT jsonb_object_agg(\"table\"::text, settings)::text FROM rowseal.protected"));
  }

  /** All rows as lines of JSON, each value as {@code printed} makes it from the column's name. */
  private static List<String> rows(TestDatabase database, UnaryOperator<String> printed)
      throws SQLException {
    List<String> lines = new ArrayList<>();
    for (String table : TABLES) {
      String pairs =
          database.value(
              "SELECT string_agg(format('%L, ' || ?, attname, attname), ', ') FROM pg_attribute"
                  + " WHERE attrelid = ?::regclass AND attnum > 0",
              printed.apply("%I"), table);
      String all =
          database.value(
              "SELECT string_agg(json_build_array('"
                  + table
                  + "', json_build_object("
                  + pairs
                  + "))::text, E'\\n') FROM "
                  + table);
      lines.addAll(all.lines().toList());
    }
    return lines;
  }

  private static List<String> asSigned(TestDatabase database) throws SQLException {
    return rows(database, column -> "rowseal.text(" + column + ")");
  }

  /** As a snapshot of Electric has them: casts, under a style of intervals that is not signed. */
  private static List<String> asElectric(TestDatabase database) throws SQLException {
    database.run("SET IntervalStyle = 'iso_8601'");
    database.run("SET TimeZone = 'UTC'");
    return rows(
        database,
        column ->
            "CASE WHEN pg_typeof("
                + column
                + ") = 'bpchar'::regtype THEN format('%%s', "
                + column
                + ") ELSE "
                + column
                + "::text END");
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreLetInAndVerifyWhenTheyComeBack(ForeignClient client) throws Exception {
    client.install();
    try (TestDatabase database = TestDatabase.create(host)) {
      makeTables(database);
      Path settings = settings(database);
      List<String> lines = client.sign(settings);
      int owners = (int) lines.stream().filter(line -> line.startsWith("[\"person\"")).count();
      assertTrue(owners >= 4);
      for (String line : lines) {
        JsonNode tableAndRow = JSON.readTree(line);
        String table = tableAndRow.get(0).asText();
        Map<String, String> row =
            JSON.convertValue(tableAndRow.get(1), new TypeReference<Map<String, String>>() {});
        if (table.equals("document")) {
          Map<String, String> forged =
              row.entrySet().stream()
                  .filter(entry -> entry.getValue() != null)
                  .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
          forged.put("price", "1.1");
          assertEquals("RS002", database.refusal(Insert.into(table).row(forged)));
        }
        assertEquals("00000", database.refusal(Insert.into(table).row(row)), line);
      }
      assertEquals(
          "deleted t x%1$d, final f x%1$d".formatted(owners),
          database.value(
              "SELECT string_agg(format('%s %s x%s', title, deleted_flag, n), ', ' ORDER BY title)"
                  + " FROM (SELECT title, deleted_flag, count(*) AS n FROM document GROUP BY 1, 2) AS d"));
      assertEquals(
          null,
          database.value("SELECT problem FROM rowseal.verify('document') WHERE code <> 'fork'"));

      List<String> returned = asSigned(database);
      assertEquals(lines.size(), returned.size());
      assertVerified(client, settings, returned);
      if (client == ForeignClient.JAVASCRIPT) {
        assertVerified(client, settings, asElectric(database));
      }
    }
  }

  /** Every row verifies, and none does whose timestamp somebody has changed. */
  private static void assertVerified(ForeignClient client, Path settings, List<String> rows)
      throws Exception {
    assertEquals(rows.stream().map(row -> "ok").toList(), client.verify(settings, rows));
    List<String> cards = rows.stream().filter(row -> row.startsWith("[\"person\"")).toList();
    List<String> forged = new ArrayList<>(cards);
    rows.forEach(row -> forged.add(row.replaceAll("(\"owner_timestamp\" : \"-?)", "$19")));
    List<String> answers = client.verify(settings, forged);
    assertEquals(forged.size(), answers.size());
    for (int i = 0; i < answers.size(); i++) {
      String expected = i < cards.size() ? "ok" : "RS002";
      assertTrue(answers.get(i).startsWith(expected), forged.get(i) + ": " + answers.get(i));
    }
  }

  /** The client for JavaScript takes every interval and address that Electric spells otherwise. */
  @Test
  void spellingsOfElectricAreThoseThatAreSigned() throws Exception {
    ForeignClient.JAVASCRIPT.install();
    String values =
        "SELECT i::text AS given, rowseal.text(i) AS signed, 'interval' AS kind FROM (SELECT make_interval(y, m, 0, d, h, mi, s) AS i"
            + " FROM unnest('{-1,0,1}'::int[]) y, unnest('{-2,0,1}'::int[]) m, unnest('{-1,0,3}'::int[]) d, unnest('{-100,0,5}'::int[]) h,"
            + " unnest('{-1,0}'::int[]) mi, unnest('{-0.5,0,7.125}'::float8[]) s) AS made"
            + " UNION ALL SELECT a::text, rowseal.text(a), 'inet' FROM unnest('{10.0.0.1,10.0.0.1/8,::1,::1/64,1.2.3.4/31}'::inet[]) a";
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run("SET IntervalStyle = 'iso_8601'");
      String pairs =
          database.value(
              "SELECT json_agg(json_build_array(kind, given, signed)) FROM (" + values + ") AS v");
      assertEquals(
          "[]",
          ForeignClient.run(
                  ForeignClient.JAVASCRIPT.directory(),
                  pairs,
                  "node",
                  "--input-type=module",
                  "-e",
                  "import { KINDS } from './src/values.js'; import { readFileSync } from 'node:fs';"
                      + "console.log(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).filter(([k, g, s]) => KINDS[k].read(g) !== s)))")
              .strip());
    }
  }
}
