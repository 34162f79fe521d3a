package io.rowseal.encoding;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.encoding.Decodability.Field;
import io.rowseal.encoding.Decodability.Shape;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Two different rows of a table that the format buckitup takes never have one message, even if
 * their owner wants it: a reader that tries every way to cut the message into values finds the row,
 * and no other of which the owner could make the certificates too.
 *
 * <p>{@code -Drowseal.searches=...} says how many rows of how many drawn tables are tried.
 */
class DecodabilityTest {
  private static final int SEARCHES = Integer.getInteger("rowseal.searches", 20_000);

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
        case CERTIFICATE ->
            Base64.getDecoder().decode(random.nextBoolean() ? "nullAAAAtrue" : "AAAAAAAAAAAA");
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

  /**
   * A column.
   *
   * @param certifies the name of the column that a certificate is about; else null
   */
  record Cell(String name, Form form, boolean nullable, String certifies) {}

  /**
   * A table.
   *
   * @param cells in the order of the message
   * @param binding whether a signature of its owners fits one message only
   */
  record Table(List<Cell> cells, boolean binding) {

    static Table drawn(Random random) {
      List<Cell> cells = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        Form form = ALONE.get(random.nextInt(ALONE.size()));
        boolean nullable = form != Form.DIGEST && random.nextInt(4) == 0;
        cells.add(new Cell(name(random, i, form), form, nullable, null));
      }
      if (random.nextBoolean()) {
        cells.add(new Cell(name(random, 5, Form.TIMESTAMP), Form.TIMESTAMP, false, null));
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        String certified = name(random, 5 + i, Form.CERTIFIED);
        cells.add(new Cell(certified, Form.CERTIFIED, false, null));
        String certificate = name(random, 7 + i, Form.CERTIFICATE);
        cells.add(new Cell(certificate, Form.CERTIFICATE, false, certified));
      }
      cells.sort(Comparator.comparing(cell -> Utf8.bytes(cell.name()), Arrays::compareUnsigned));
      return new Table(List.copyOf(cells), random.nextInt(4) > 0);
    }

    private static String name(Random random, int unique, Form form) {
      return (char) ('a' + random.nextInt(8)) + "" + unique + form.suffix;
    }

    List<String> ambiguous() {
      return Decodability.ambiguous(cells.stream().map(this::field).toList());
    }

    private Field field(Cell cell) {
      Set<String> certificates =
          cells.stream()
              .filter(c -> cell.name().equals(c.certifies()))
              .map(Cell::name)
              .collect(Collectors.toSet());
      boolean isFree = cell.form() == Form.CERTIFIED && !binding;
      Shape shape = isFree ? Shape.FREE : cell.form().shape;
      return new Field(cell.name(), shape, cell.nullable(), certificates);
    }

    Object[] row(Random random) {
      return cells.stream()
          .map(c -> c.nullable() && random.nextBoolean() ? null : c.form().value(random))
          .toArray();
    }

    String message(Object[] row) {
      List<Column> columns =
          cells.stream().map(c -> new Column(c.name(), c.form().kind())).toList();
      String timestamp =
          cells.stream()
              .filter(c -> c.form() == Form.TIMESTAMP)
              .map(Cell::name)
              .findAny()
              .orElse("");
      byte[] message = MessageFormat.BUCKITUP.encoder("t", columns, timestamp).encode(row);
      return new String(message, StandardCharsets.UTF_8);
    }

    /** All rows that have the message, whoever could make their certificates. */
    List<Reading> readings(String message) {
      List<Reading> found = new ArrayList<>();
      read(message, new ArrayList<>(), found);
      return found;
    }

    private void read(String rest, List<Piece> pieces, List<Reading> found) {
      if (pieces.size() == cells.size()) {
        if (rest.isEmpty()) {
          found.add(new Reading(this, List.copyOf(pieces)));
        }
        return;
      }
      Cell cell = cells.get(pieces.size());
      int start = pieces.isEmpty() ? 0 : pieces.get(pieces.size() - 1).end();
      for (int end = 0; end <= rest.length(); end++) {
        String text = rest.substring(0, end);
        for (boolean isNull : new boolean[] {false, true}) {
          if (isNull ? cell.nullable() && text.equals("null") : cell.form().reads(text)) {
            pieces.add(new Piece(text, isNull, start));
            read(rest.substring(end), pieces, found);
            pieces.remove(pieces.size() - 1);
          }
        }
      }
    }
  }

  /** A value in a message. */
  record Piece(String text, boolean isNull, int start) {
    int end() {
      return start + text.length();
    }

    boolean overlaps(Piece other) {
      return start < other.end() && other.start < end();
    }
  }

  /** A certificate, and what it certifies, in one reading. */
  record Certification(Piece certificate, Piece certified) {}

  /** A message cut into the values of a row. */
  record Reading(Table table, List<Piece> pieces) {

    private List<Certification> certifications() {
      List<String> names = table.cells().stream().map(Cell::name).toList();
      List<Certification> all = new ArrayList<>();
      for (int i = 0; i < pieces.size(); i++) {
        String certified = table.cells().get(i).certifies();
        if (certified != null) {
          all.add(new Certification(pieces.get(i), pieces.get(names.indexOf(certified))));
        }
      }
      return all;
    }

    /**
     * Whether an owner who can certify anything can make a message that has this reading and the
     * other. The characters where certificates stand are whatever those certificates are; that
     * parts of them can be made to fit something else is granted.
     */
    boolean canBeMadeBeside(Reading other) {
      List<Certification> all = new ArrayList<>(certifications());
      all.addAll(other.certifications());
      for (Certification a : all) {
        for (Certification b : all) {
          boolean oneForTwo =
              a.certificate().equals(b.certificate()) && !a.certified().equals(b.certified());
          if (oneForTwo && table.binding()) {
            return false;
          }
        }
      }
      return canBeMadeInTurn(all);
    }

    /** A certificate can be made when all that it is about is there. */
    private static boolean canBeMadeInTurn(List<Certification> all) {
      List<Certification> left = new ArrayList<>(all);
      boolean progress = true;
      while (progress) {
        progress =
            left.removeIf(
                c ->
                    left.stream()
                        .filter(d -> d.certificate().equals(c.certificate()))
                        .allMatch(
                            d ->
                                left.stream()
                                    .noneMatch(e -> e.certificate().overlaps(d.certified()))));
      }
      return left.isEmpty();
    }
  }

  private static final List<Form> ALONE =
      List.of(Form.BOOLEAN, Form.HEX, Form.DIGEST, Form.TEXT, Form.NUMBER, Form.BYTES);

  /** Another row with the message of the given one, which the same owner can have made. */
  private static Optional<Reading> twin(Table table, Object[] row) {
    List<Reading> readings = table.readings(table.message(row));
    Reading own =
        readings.stream().filter(r -> isOf(r, row)).findAny().orElseThrow(AssertionError::new);
    return readings.stream().filter(r -> !r.equals(own) && own.canBeMadeBeside(r)).findAny();
  }

  private static boolean isOf(Reading reading, Object[] row) {
    for (int i = 0; i < row.length; i++) {
      String text =
          row[i] == null
              ? "null"
              : row[i] instanceof byte[] bytes
                  ? Base64.getEncoder().encodeToString(bytes)
                  : row[i].toString();
      Piece piece = reading.pieces().get(i);
      if (piece.isNull() != (row[i] == null) || !piece.text().equals(text)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aTableThatIsTakenHasOneReading() {
    long seed = Long.getLong("rowseal.seed", new Random().nextLong());
    int taken = 0;
    for (int i = 0; i < SEARCHES; i++) {
      Random random = new Random(seed + i);
      Table table = Table.drawn(random);
      if (table.ambiguous().isEmpty()) {
        taken++;
        Object[] row = table.row(random);
        Optional<Reading> twin = twin(table, row);
        assertTrue(
            twin.isEmpty(), "-Drowseal.seed=" + (seed + i) + ": " + table.message(row) + twin);
      }
    }
    assertTrue(taken > SEARCHES / 10, taken + " of " + SEARCHES);
  }

  /**
   * The reader is able to find two rows: it does for tables that are refused, also for those that
   * would be taken if certificates bound what stands before them, or ECDSA's bound anything.
   */
  @Test
  void tablesThatAreRefusedHaveTwo() {
    long seed = Long.getLong("rowseal.seed", new Random().nextLong());
    int refused = 0;
    Map<String, Integer> found = new TreeMap<>();
    for (int i = 0; i < SEARCHES; i++) {
      Random random = new Random(seed + i);
      Table table = Table.drawn(random);
      List<String> ambiguous = table.ambiguous();
      assertTrue(table.cells().stream().map(Cell::name).toList().containsAll(ambiguous));
      if (!ambiguous.isEmpty() && table.cells().size() < 6) {
        refused++;
        if (twin(table, table.row(random)).isPresent()) {
          found.merge(reason(table), 1, Integer::sum);
        }
      }
    }
    int expected = refused / 1000;
    for (String reason : List.of("certificate behind", "ECDSA", "other")) {
      assertTrue(found.getOrDefault(reason, 0) > expected, found + " of " + refused);
    }
  }

  private static String reason(Table table) {
    List<Field> trusting =
        table.cells().stream()
            .map(c -> new Field(c.name(), c.form().shape, c.nullable(), Set.of()))
            .map(
                f ->
                    f.shape() == Shape.CERTIFIED
                        ? new Field(f.name(), Shape.FIXED, false, Set.of())
                        : f)
            .toList();
    if (!Decodability.ambiguous(trusting).isEmpty()) {
      return "other";
    }
    return table.binding() ? "certificate behind" : "ECDSA";
  }
}
