package io.rowseal.encoding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.encoding.Decodability.Field;
import io.rowseal.encoding.Decodability.Shape;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;

/**
 * Two different rows of a table that the format buckitup takes never have one message: a reader
 * that tries every way to cut the message into values finds the row and no other.
 */
class DecodabilityTest {
  private static final String[] NASTY = {
    "null", "true", "false", "1700000000", "7", "0a1b2c", "AAAA", "AA==", "nulltrue", "-", "\u00e4"
  };

  /** What a column holds, and how its values look in the message. */
  enum Form {
    BOOLEAN(Shape.BOOLEAN, ""),
    TIMESTAMP(Shape.TIMESTAMP, ""),
    /** As a uuid: a fixed number of characters, and none of them begins as {@code null} does. */
    HEX(Shape.FIXED, ""),
    DIGEST(Shape.FIXED, "_b64"),
    CERTIFIED(Shape.CERTIFIED, "_pkey"),
    CERTIFICATE(Shape.FIXED, "_cert"),
    TEXT(Shape.FREE, ""),
    NUMBER(Shape.FREE, ""),
    BYTES(Shape.FREE, "_b64");

    final Shape shape;
    final String suffix;

    Form(Shape shape, String suffix) {
      this.shape = shape;
      this.suffix = suffix;
    }

    ValueKind kind() {
      return switch (this) {
        case BOOLEAN -> ValueKind.BOOLEAN;
        case TIMESTAMP, NUMBER -> ValueKind.INTEGER;
        case HEX, TEXT -> ValueKind.TEXT;
        case DIGEST, CERTIFIED, CERTIFICATE, BYTES -> ValueKind.BYTES;
      };
    }

    Object value(Random random) {
      return switch (this) {
        case BOOLEAN -> random.nextBoolean();
        case TIMESTAMP -> 1_000_000_000L + random.nextInt(3) * 70_000_000L;
        case NUMBER -> (long) random.nextInt(3) - 1;
        case HEX -> random.nextBoolean() ? "0a1b2c" : "abcdef";
        case TEXT -> nasty(random);
        case DIGEST -> Base64.getDecoder().decode(random.nextBoolean() ? "nulltrue" : "AAAA1700");
        case CERTIFIED, BYTES -> nasty(random).getBytes(StandardCharsets.UTF_8);
        case CERTIFICATE -> null;
      };
    }

    /** Whether a piece of a message may be such a value. */
    boolean reads(String piece) {
      return switch (this) {
        case BOOLEAN -> piece.equals("true") || piece.equals("false");
        case TIMESTAMP -> piece.matches("[1-9][0-9]{9}");
        case NUMBER -> piece.matches("0|-?[1-9][0-9]{0,17}");
        case HEX -> piece.matches("[0-9a-f]{6}");
        case TEXT -> true;
        case DIGEST -> piece.length() == 8 && isBase64(piece);
        case CERTIFICATE -> piece.length() == 12 && isBase64(piece);
        case CERTIFIED, BYTES -> isBase64(piece);
      };
    }

    private static String nasty(Random random) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(4); i > 0; i--) {
        text.append(NASTY[random.nextInt(NASTY.length)]);
      }
      return text.toString();
    }

    private static boolean isBase64(String piece) {
      try {
        return Base64.getEncoder().encodeToString(Base64.getDecoder().decode(piece)).equals(piece);
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }

  /** A column; a certificate's name is that of what it certifies but for the end. */
  record Cell(String stem, Form form, boolean nullable) {
    String name() {
      return stem + form.suffix;
    }
  }

  private static final List<Form> ALONE =
      List.of(Form.BOOLEAN, Form.HEX, Form.DIGEST, Form.TEXT, Form.NUMBER, Form.BYTES);

  private static List<Cell> table(Random random) {
    List<Cell> cells = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      Form form = ALONE.get(random.nextInt(ALONE.size()));
      cells.add(new Cell(stem(random, i), form, form != Form.DIGEST && random.nextInt(4) == 0));
    }
    if (random.nextBoolean()) {
      cells.add(new Cell(stem(random, 7), Form.TIMESTAMP, false));
    }
    if (random.nextInt(3) == 0) {
      String certified = stem(random, 8);
      cells.add(new Cell(certified, Form.CERTIFIED, false));
      cells.add(new Cell(certified, Form.CERTIFICATE, false));
    }
    cells.sort(Comparator.comparing(cell -> Utf8.bytes(cell.name()), Arrays::compareUnsigned));
    return cells;
  }

  private static String stem(Random random, int unique) {
    return (char) ('a' + random.nextInt(8)) + "" + unique;
  }

  private static Object[] row(List<Cell> cells, Random random) {
    Object[] row =
        cells.stream()
            .map(c -> c.nullable() && random.nextBoolean() ? null : c.form().value(random))
            .toArray();
    for (int i = 0; i < row.length; i++) {
      if (cells.get(i).form() == Form.CERTIFICATE) {
        row[i] = certificate((byte[]) row[certified(cells, i)]);
      }
    }
    return row;
  }

  private static int certified(List<Cell> cells, int certificate) {
    String stem = cells.get(certificate).stem();
    return cells.indexOf(new Cell(stem, Form.CERTIFIED, false));
  }

  /** Stands for a signature that only the owner can make. */
  private static byte[] certificate(byte[] certified) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(certified), 9);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String message(List<Cell> cells, Object[] row) {
    List<Column> columns = cells.stream().map(c -> new Column(c.name(), c.form().kind())).toList();
    String timestamp =
        cells.stream().filter(c -> c.form() == Form.TIMESTAMP).map(Cell::name).findAny().orElse("");
    byte[] message = MessageFormat.BUCKITUP.encoder("t", columns, timestamp).encode(row);
    return new String(message, StandardCharsets.UTF_8);
  }

  private static List<String> ambiguous(List<Cell> cells) {
    return Decodability.ambiguous(
        cells.stream().map(c -> new Field(c.name(), c.form().shape, c.nullable())).toList());
  }

  /** All rows that have the message, as pieces of it; a NULL is one without quotes. */
  private static List<List<String>> readings(List<Cell> cells, String message) {
    List<List<String>> found = new ArrayList<>();
    read(cells, message, new ArrayList<>(), found);
    return found.stream().filter(pieces -> certified(cells, pieces)).toList();
  }

  private static void read(
      List<Cell> cells, String rest, List<String> pieces, List<List<String>> found) {
    if (pieces.size() == cells.size()) {
      if (rest.isEmpty()) {
        found.add(List.copyOf(pieces));
      }
      return;
    }
    Cell cell = cells.get(pieces.size());
    for (int end = 0; end <= rest.length(); end++) {
      String piece = rest.substring(0, end);
      boolean isNull = cell.nullable() && piece.equals("null");
      Stream.of(isNull ? "NULL" : "", cell.form().reads(piece) ? "'" + piece + "'" : "")
          .filter(reading -> !reading.isEmpty())
          .forEach(
              reading -> {
                pieces.add(reading);
                read(cells, rest.substring(piece.length()), pieces, found);
                pieces.remove(pieces.size() - 1);
              });
    }
  }

  private static boolean certified(List<Cell> cells, List<String> pieces) {
    Map<String, byte[]> expected = new HashMap<>();
    Map<String, byte[]> actual = new HashMap<>();
    for (int i = 0; i < cells.size(); i++) {
      Form form = cells.get(i).form();
      if (form == Form.CERTIFIED || form == Form.CERTIFICATE) {
        byte[] value = Base64.getDecoder().decode(pieces.get(i).replace("'", ""));
        if (form == Form.CERTIFIED) {
          expected.put(cells.get(i).stem(), certificate(value));
        } else {
          actual.put(cells.get(i).stem(), value);
        }
      }
    }
    return expected.keySet().stream()
        .allMatch(stem -> Arrays.equals(expected.get(stem), actual.get(stem)));
  }

  @Property(tries = 5000)
  void aTableThatIsTakenHasOneReading(@ForAll long seed) {
    Random random = new Random(seed);
    List<Cell> cells = table(random);
    boolean taken = ambiguous(cells).isEmpty();
    Statistics.label("table").collect(taken ? "taken" : "refused");
    if (taken) {
      Object[] row = row(cells, random);
      String message = message(cells, row);
      assertEquals(1, readings(cells, message).size(), () -> cells + ": " + message);
    }
  }

  /** The reader is able to find two rows: it does for tables that are refused. */
  @Property(tries = 2000)
  void tablesThatAreRefusedAreNamedByTheirColumns(@ForAll long seed) {
    Random random = new Random(seed);
    List<Cell> cells = table(random);
    List<String> ambiguous = ambiguous(cells);
    assertTrue(cells.stream().map(Cell::name).toList().containsAll(ambiguous));
    if (!ambiguous.isEmpty() && cells.size() < 5) {
      Statistics.label("readings")
          .collect(readings(cells, message(cells, row(cells, random))).size() > 1 ? "many" : "one");
      Statistics.label("readings").coverage(coverage -> coverage.check("many").count(c -> c > 20));
    }
  }
}
