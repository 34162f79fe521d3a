package io.rowseal.database;

/**
 * A table by its name.
 *
 * @param schema as the catalogue spells it
 * @param name as the catalogue spells it
 */
public record Relation(String schema, String name) {

  /** The name as it is written in SQL, quoted. */
  public String sql() {
    return quoted(schema) + "." + quoted(name);
  }

  /** The quoted name as an SQL string, to be cast to regclass. */
  public String literal() {
    return "'" + sql().replace("'", "''") + "'";
  }

  /** An identifier as it is written in SQL, whatever characters it has. */
  public static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  @Override
  public String toString() {
    return schema + "." + name;
  }
}
