package io.rowseal.testing.rows;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A row as its owner signed it, or as somebody has changed it since; values by column names. */
public final class Row extends AbstractMap<String, Object> {
  private final Map<String, Object> values;

  private Row(Map<String, Object> values) {
    this.values = values;
  }

  public static Row of(Map<String, ?> values) {
    return new Row(new LinkedHashMap<>(values));
  }

  /** The same with another value, or with one more. */
  public Row with(String column, Object value) {
    Row changed = of(values);
    changed.values.put(column, value);
    return changed;
  }

  public Row without(String column) {
    Row fewer = of(values);
    fewer.values.remove(column);
    return fewer;
  }

  /** The same for a table in which a column has another name. */
  public Row renamed(String from, String to) {
    Map<String, Object> renamed = new LinkedHashMap<>();
    values.forEach((column, value) -> renamed.put(column.equals(from) ? to : column, value));
    return new Row(renamed);
  }

  public byte[] bytes(String column) {
    return (byte[]) values.get(column);
  }

  public byte[] owner() {
    return bytes("user_hash");
  }

  public byte[] signature() {
    return bytes("sign_b64");
  }

  @Override
  public Object get(Object column) {
    return values.get(column);
  }

  @Override
  public Set<Entry<String, Object>> entrySet() {
    return Collections.unmodifiableMap(values).entrySet();
  }
}
