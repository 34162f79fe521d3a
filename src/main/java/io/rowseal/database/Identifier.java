package io.rowseal.database;

/** Names as SQL writes them. */
public final class Identifier {
  private Identifier() {}

  /** An identifier, quoted, whatever characters it has. */
  public static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
