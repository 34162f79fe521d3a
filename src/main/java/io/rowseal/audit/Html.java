package io.rowseal.audit;

/** Text that is put into HTML. */
final class Html {
  private Html() {}

  /** The text as HTML shows it, inside elements and quoted attributes alike. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isShown(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  /**
   * Not control characters, which HTML does not allow, nor half a surrogate pair, which no encoding
   * has; nor those that turn the direction of text, with which a name could make its surroundings
   * read as something else.
   */
  static boolean isShown(int c) {
    return (c == '\n' || c == '\t' || !Character.isISOControl(c))
        && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
        && !(c >= 0x202A && c <= 0x202E)
        && !(c >= 0x2066 && c <= 0x2069);
  }
}
