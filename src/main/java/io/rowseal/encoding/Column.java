package io.rowseal.encoding;

import java.util.Objects;

/**
 * A signed column.
 *
 * @param name as the catalogue spells it, case and all
 * @param kind how its values are signed
 */
public record Column(String name, ValueKind kind) {
  public Column {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }
}
