package io.rowseal.encoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a message without names and delimiters has only one reading.
 *
 * <p>The fields stand in byte order of their names. From the left, a field is read off if its end
 * can be told from what it begins with: a boolean, ten digits, a fixed length, or a fixed length or
 * {@code null} (which no fixed form equals or begins with). From the right, a field is read off if
 * its beginning can be told: the same but for those that may be NULL, since the free text before
 * them may itself end in {@code null}. What is left in the middle is one field at most; its value
 * is then what remains. It may not be NULL, for the text {@code null} would read the same.
 *
 * <p>A certified field has free length, but a certificate of fixed length binds it, which the row
 * must carry and which is verified. Where the certificate has been read already, the field is read
 * off from the left: another end of it would be a second value for the same certificate, and the
 * signature scheme has none, whoever holds the key. Where the certificate comes later, it binds
 * nothing: its own beginning depends on where the field ends, so an owner could certify both
 * readings.
 */
public final class Decodability {
  private Decodability() {}

  /** What is known of a field's characters. */
  public enum Shape {
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** Ten digits. */
    TIMESTAMP,
    /** Always as many characters, enforced on every write, and more than four. */
    FIXED,
    /**
     * Bound by required certificates, under a scheme in which a signature fits one message only.
     */
    CERTIFIED,
    /** Anything. */
    FREE
  }

  /**
   * A field of the message.
   *
   * @param name of its column
   * @param shape what is known of its characters
   * @param nullable whether it may be NULL
   * @param certificates the names of the fields that certify it
   */
  public record Field(String name, Shape shape, boolean nullable, Set<String> certificates) {}

  /** The names of the fields that make the message ambiguous; empty if it has one reading only. */
  public static List<String> ambiguous(List<Field> fields) {
    List<Field> inOrder = new ArrayList<>(fields);
    inOrder.sort(Comparator.comparing(field -> Utf8.bytes(field.name()), Arrays::compareUnsigned));
    Set<String> read = new HashSet<>();
    int left = 0;
    while (left < inOrder.size() && readFromLeft(inOrder.get(left), read)) {
      read.add(inOrder.get(left).name());
      left++;
    }
    int right = inOrder.size() - 1;
    while (right > left && readFromRight(inOrder.get(right))) {
      right--;
    }
    List<Field> middle = inOrder.subList(left, right + 1);
    boolean oneReading = middle.isEmpty() || (middle.size() == 1 && !middle.get(0).nullable());
    return oneReading ? List.of() : middle.stream().map(Field::name).toList();
  }

  private static boolean readFromLeft(Field field, Set<String> read) {
    return switch (field.shape()) {
      case BOOLEAN, TIMESTAMP, FIXED -> true;
      case CERTIFIED -> !field.nullable() && !Collections.disjoint(field.certificates(), read);
      case FREE -> false;
    };
  }

  private static boolean readFromRight(Field field) {
    return !field.nullable()
        && switch (field.shape()) {
          case BOOLEAN, TIMESTAMP, FIXED -> true;
          case CERTIFIED, FREE -> false;
        };
  }
}
