package io.rowseal.audit;

import java.util.Locale;
import java.util.regex.Pattern;

/** Text that is put into HTML. */
final class Html {
  /** Hashes, keys and signatures, in hex or Base64; a UUID is shorter. */
  private static final Pattern LONG = Pattern.compile("[0-9A-Fa-f]{20,}|[0-9A-Za-z+/=_-]{44,}");

  private static final int KEPT = 8;

  private Html() {}

  /** A number with its thousands set apart. */
  static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** The text with only the beginning of each hash in it; whoever opens it sees the whole. */
  static String shortened(String text) {
    String summary = LONG.matcher(text).replaceAll(found -> found.group().substring(0, KEPT) + "…");
    if (summary.equals(text)) {
      return escaped(text);
    }
    return "<details class=\"whole\"><summary>%s</summary>%s</details>"
        .formatted(escaped(summary), escaped(text));
  }

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
