package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.signature.HashAlgorithm;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import io.rowseal.testing.model.Layout;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import io.rowseal.testing.sql.Sql;
import java.security.SecureRandom;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Columns, keys and tables may bear any name: each keyword of SQL and of PL/pgSQL, the names that
 * Rowseal's own functions use, and names that have to be quoted.
 */
@OnEachHost
class NamesIT {
  /** PL/pgSQL has no list of its keywords. */
  private static final String PLPGSQL =
      "absolute alias all and array as assert backward begin by call case chain close collate"
          + " column column_name commit constant constraint constraint_name continue current cursor"
          + " datatype debug declare default detail diagnostics do dump else elseif elsif end errcode"
          + " error exception execute exit fetch first for foreach forward from get hint if import in"
          + " info insert into is last log loop merge message message_text move next no not notice"
          + " null open option or perform pg_context pg_datatype_name pg_exception_context"
          + " pg_exception_detail pg_exception_hint pg_routine_oid print_strict_params prior query"
          + " raise relative return returned_sqlstate reverse rollback row_count rowtype schema"
          + " schema_name scroll slice sqlstate stacked strict table table_name then to type"
          + " use_column use_variable using variable_conflict warning when while";

  /** What PL/pgSQL and Rowseal's own functions call things. */
  private static final String OF_FUNCTIONS =
      "new old found sqlerrm tg_argv tg_op tg_relid tg_name r k1 k2 s t i n x incoming given parked"
          + " image same card owner_id policy verdict stored done note stood_there new_image old_image"
          + " new_large new_timestamp new_signature stored_timestamp stored_signature stored_large"
          + " tip_timestamp tip_signature rowseal rowseal_internal pg_catalog public";

  private static final List<String> ODD =
      List.of(
          "Upper",
          "two words",
          "q\"uote",
          "apos'trophe",
          "back\\slash",
          "per%s",
          "{{table}}",
          "$body$",
          "$1",
          "a.b",
          "1st",
          "ümlaut",
          "null\ttab",
          "x".repeat(63));

  /** Reserved in PL/pgSQL, but not in SQL. */
  private static final String RESERVED = "begin by declare execute foreach if loop strict while";

  /** An index has at most 32 columns. */
  private static final int MOST_OF_KEY = 28;

  @Parameter Host host;
  private final SigningKey key =
      SigningKey.generate(SignatureAlgorithm.ED25519, new SecureRandom());
  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    database = TestDatabase.create(host);
    database.run(
        "CREATE TABLE cards (user_hash bytea PRIMARY KEY, sign_pkey bytea, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run("SELECT rowseal.protect_identities('cards')");
    card("cards", "user_hash", "sign_pkey");
  }

  private List<String> names(String keywords) throws SQLException {
    List<String> names = new ArrayList<>(List.of((PLPGSQL + " " + OF_FUNCTIONS).split(" ")));
    names.addAll(ODD);
    String words = "SELECT string_agg(word, ' ') FROM pg_get_keywords()" + keywords;
    names.addAll(List.of(database.value(words).split(" ")));
    return names.stream().distinct().toList();
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
  }

  @ParameterizedTest
  @EnumSource(Layout.class)
  void ofSignedAndOfLocalColumns(Layout layout) throws SQLException {
    List<String> names = names("");
    for (int odd = 0; odd < 2; odd++) {
      int which = odd;
      List<String> signed =
          IntStream.range(0, names.size())
              .filter(i -> i % 2 == which)
              .mapToObj(names::get)
              .toList();
      List<String> local = names.stream().filter(name -> !signed.contains(name)).toList();
      Table table = new Table("named_" + odd, layout, List.of("id"), signed, local);
      table.make();
      table.write();
    }
  }

  @Test
  void ofKeys() throws SQLException {
    List<String> special = names(" WHERE catcode <> 'U'");
    for (int from = 0; from < special.size(); from += MOST_OF_KEY) {
      List<String> some = special.subList(from, Math.min(special.size(), from + MOST_OF_KEY));
      make("keyed " + from, Layout.values()[from / MOST_OF_KEY % 3], some).write();
    }
  }

  /** To protect a table takes long, so these are the names that one could stumble over. */
  @Test
  void ofTables() throws SQLException {
    List<String> tables = Stream.concat(Arrays.stream(RESERVED.split(" ")), ODD.stream()).toList();
    for (int i = 0; i < tables.size(); i++) {
      make(tables.get(i), Layout.values()[i % 3], List.of("id")).write();
    }
  }

  @Test
  void ofWhatRowsealItselfReads() throws SQLException {
    String[] words = RESERVED.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      Table table =
          new Table(
              "read " + i, Layout.values()[i % 3], List.of(words[i]), List.of("body"), List.of());
      table.owner = words[(i + 1) % 9];
      table.timestamp = words[(i + 2) % 9];
      table.deleted = words[(i + 3) % 9];
      table.signature = words[(i + 4) % 9];
      table.make();
      table.write();
    }
    String cards = "\"execute\"";
    database.run(
        "CREATE TABLE \"execute\" (\"loop\" bytea PRIMARY KEY, \"begin\" bytea, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea)");
    database.run(
        "SELECT rowseal.protect_identities('\"execute\"', owner => 'loop', public_key => 'begin')");
    card(cards, "loop", "begin");
    Table table =
        new Table("of others", Layout.TWO_TABLES, List.of("id"), List.of("body"), List.of());
    table.identities = cards;
    table.make();
    table.write();
  }

  private Table make(String name, Layout layout, List<String> key) throws SQLException {
    Table table = new Table(name, layout, key, List.of("body of it"), List.of("local one"));
    table.make();
    return table;
  }

  private void card(String table, String owner, String publicKey) throws SQLException {
    Map<String, Object> card = new LinkedHashMap<>();
    card.put(owner, bytes(ownerId()));
    card.put(publicKey, bytes(key.publicKey()));
    card.put("deleted_flag", false);
    card.put("owner_timestamp", 1);
    insert(table, table, sign(table, card, "sign_b64"));
  }

  private byte[] ownerId() {
    return HashAlgorithm.SHA3_512.digest(key.publicKey());
  }

  private static String bytes(byte[] value) {
    return "\\x" + HexFormat.of().formatHex(value);
  }

  private Map<String, Object> sign(String table, Map<String, Object> row, String signature)
      throws SQLException {
    try (PreparedStatement statement =
        database.connection().prepareStatement("SELECT rowseal.payload(?::regclass, ?::jsonb)")) {
      statement.setString(1, table);
      statement.setString(2, json(row));
      try (ResultSet payload = statement.executeQuery()) {
        payload.next();
        Map<String, Object> signed = new LinkedHashMap<>(row);
        signed.put(signature, bytes(key.sign(payload.getBytes(1))));
        return signed;
      }
    }
  }

  private int insert(String table, String type, Map<String, Object> row) throws SQLException {
    String columns = row.keySet().stream().map(Sql::identifier).collect(Collectors.joining(", "));
    return database.run(
        "INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_record(NULL::%s, ?::jsonb)"
            .formatted(table.replace("?", "??"), columns, columns, type),
        json(row));
  }

  private static String json(Map<String, Object> row) {
    return row.entrySet().stream()
        .map(e -> string(e.getKey()) + ": " + string(e.getValue().toString()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static String string(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\t", "\\t") + '"';
  }

  /**
   * A table with its versions table, whose columns bear the data table's names in another order.
   */
  private final class Table {
    private final String name;
    private final Layout layout;
    private final List<String> key;
    private final List<String> signed;
    private final List<String> local;
    private final Map<String, String> inVersions = new LinkedHashMap<>();
    private String owner = "user_hash";
    private String timestamp = "owner_timestamp";
    private String deleted = "deleted_flag";
    private String signature = "sign_b64";
    private String identities = "cards";

    Table(String name, Layout layout, List<String> key, List<String> signed, List<String> local) {
      this.name = name;
      this.layout = layout;
      this.key = key;
      this.signed = signed;
      this.local = local;
      List<String> texts = Stream.concat(key.stream(), signed.stream()).toList();
      for (int i = 0; i < texts.size(); i++) {
        inVersions.put(texts.get(i), texts.get((i + 1) % texts.size()));
      }
    }

    private String data() {
      return Sql.identifier(name);
    }

    private String versions() {
      return Sql.identifier("v " + name.substring(0, Math.min(60, name.length())));
    }

    void make() throws SQLException {
      String texts =
          Stream.concat(key.stream(), signed.stream())
              .map(column -> Sql.identifier(column) + " text, ")
              .collect(Collectors.joining());
      String own =
          "%s bytea, %s boolean, %s bigint, %s bytea"
              .formatted(
                  Sql.identifier(owner),
                  Sql.identifier(deleted),
                  Sql.identifier(timestamp),
                  Sql.identifier(signature));
      String locals =
          local.stream().map(c -> Sql.identifier(c) + " text, ").collect(Collectors.joining());
      List<String> primary = new ArrayList<>(List.of(owner));
      primary.addAll(key);
      if (layout == Layout.ONE_TABLE) {
        primary.add(signature);
      }
      database.run(
          "CREATE TABLE %s (%s%s%s, PRIMARY KEY (%s))"
              .formatted(
                  data(), texts, locals, own, Sql.identifiers(primary.toArray(String[]::new))));
      String layoutSettings = "";
      if (layout == Layout.TWO_TABLES) {
        database.run(
            "CREATE TABLE %s (%s%s, PRIMARY KEY (%s))"
                .formatted(versions(), texts, own, Sql.identifier(signature)));
        layoutSettings =
            ", versions => %s, versions_columns => %s"
                .formatted(
                    Sql.literal(versions()), Sql.literal(json(new LinkedHashMap<>(inVersions))));
      } else if (layout == Layout.ONE_TABLE) {
        layoutSettings = ", layout => 'one-table'";
      }
      database.run(
          "SELECT rowseal.protect(%s, identities => %s%s, exclude => ARRAY[%s]::text[], owner => %s, owner_timestamp => %s, deleted => %s, signature => %s, on_invalid => 'quarantine', on_unknown_owner => 'defer')"
              .formatted(
                  Sql.literal(data()),
                  Sql.literal(identities),
                  layoutSettings,
                  local.stream().map(Sql::literal).collect(Collectors.joining(", ")),
                  Sql.literal(owner),
                  Sql.literal(timestamp),
                  Sql.literal(deleted),
                  Sql.literal(signature)));
    }

    Map<String, Object> version(long at) throws SQLException {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put(owner, bytes(ownerId()));
      key.forEach(column -> row.put(column, "k"));
      signed.forEach(column -> row.put(column, column + at));
      row.put(deleted, false);
      row.put(timestamp, at);
      return sign(data(), row, signature);
    }

    /** Every way in: first, merged, older, archived, promoted, updated, put aside and offered. */
    void write() throws SQLException {
      insert(data(), data(), version(2));
      insert(data(), data(), version(3));
      insert(data(), data(), version(1));
      insert(data(), data(), version(3));
      Map<String, Object> forged = new LinkedHashMap<>(version(9));
      forged.put(signed.get(0), "forged");
      insert(data(), data(), forged);
      if (layout == Layout.TWO_TABLES) {
        Map<String, Object> renamed = new LinkedHashMap<>();
        version(4)
            .forEach(
                (column, value) -> renamed.put(inVersions.getOrDefault(column, column), value));
        insert(versions(), versions(), renamed);
      }
      if (!local.isEmpty()) {
        String all =
            local.stream().map(c -> Sql.identifier(c) + " = 'x'").collect(Collectors.joining(", "));
        database.run("UPDATE " + data() + " SET " + all);
      }
      if (layout != Layout.ONE_TABLE) {
        Map<String, Object> next = version(5);
        String columns =
            next.keySet().stream().map(Sql::identifier).collect(Collectors.joining(", "));
        database.run(
            "UPDATE %1$s SET (%2$s) = (SELECT %2$s FROM jsonb_populate_record(NULL::%1$s, ?::jsonb))"
                .formatted(data(), columns),
            json(next));
      }
      String tables = Sql.literal(data());
      database.value("SELECT rowseal.retry(" + tables + ")");
      assertEquals("1", database.value("SELECT count(*) FROM rowseal.quarantine"), name);
      database.run("DELETE FROM rowseal.quarantine");
      String expected =
          switch (layout) {
            case UNVERSIONED -> "5";
            case ONE_TABLE -> "1,2,3";
            case TWO_TABLES -> "5";
          };
      String times = "SELECT string_agg(%1$s::text, ',' ORDER BY %1$s) FROM ";
      times = times.formatted(Sql.identifier(timestamp));
      assertEquals(expected, database.value(times + data()), name);
      if (layout == Layout.TWO_TABLES) {
        assertEquals("1,2,3,4", database.value(times + versions()), name);
      }
      assertEquals(
          null, database.value("SELECT problem FROM rowseal.verify(" + tables + ")"), name);
      // What protecting a table costs grows with those that are protected.
      database.run("SELECT rowseal.unprotect(" + tables + ")");
    }
  }
}
