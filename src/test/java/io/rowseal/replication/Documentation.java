package io.rowseal.replication;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Statements in the documentation that a test runs. */
public final class Documentation {
  private Documentation() {}

  /** The statements of all blocks that begin with {@code ```sql } and the label, in order. */
  public static List<String> statements(String file, String label) {
    Pattern block =
        Pattern.compile("```sql " + Pattern.quote(label) + "\n(.*?)```", Pattern.DOTALL);
    List<String> statements =
        block
            .matcher(read(file))
            .results()
            .flatMap(match -> Stream.of(match.group(1).split(";\\s*\n")))
            .filter(statement -> !statement.isBlank())
            .toList();
    if (statements.isEmpty()) {
      throw new IllegalStateException(file + " has no block labelled " + label);
    }
    return statements;
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
