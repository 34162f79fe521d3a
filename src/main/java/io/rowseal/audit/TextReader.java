package io.rowseal.audit;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;

/** Takes texts that SQL hands over one by one. What is not there reads as empty. */
final class TextReader {
  private final String what;
  private final String[] texts;
  private int next;

  /**
   * @param what they are, for messages
   * @param texts records one after the other
   * @param fields of one record
   * @throws RefusedException RS006 if they are not whole records
   */
  TextReader(String what, String[] texts, int fields) {
    this.what = what;
    this.texts = texts;
    if (texts == null || texts.length % fields != 0) {
      throw malformed("must have " + fields + " texts each");
    }
  }

  boolean hasNext() {
    return next < texts.length;
  }

  /** How many texts there are. */
  int size() {
    return texts.length;
  }

  String text() {
    String text = texts[next++];
    return text == null ? "" : text;
  }

  boolean isTrue() {
    return text().equals("t");
  }

  /** A number of things. */
  long count() {
    String text = text();
    try {
      long count = Long.parseLong(text);
      if (count >= 0) {
        return count;
      }
    } catch (NumberFormatException e) {
      // told below, as for a negative one
    }
    throw malformed("have '" + text + "' where a number is due");
  }

  /**
   * The place of another record, counted from 0; {@code none} for an empty text.
   *
   * @param records how many there are
   */
  int place(int records, int none) {
    if (texts[next] == null || texts[next].isEmpty()) {
      next++;
      return none;
    }
    long place = count();
    if (place < 1 || place > records) {
      throw malformed("have no place " + place);
    }
    return (int) place - 1;
  }

  private RefusedException malformed(String how) {
    return Refusal.MALFORMED.because(what + " " + how);
  }
}
