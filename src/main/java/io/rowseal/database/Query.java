package io.rowseal.database;

import io.rowseal.encoding.ValueKind;
import java.util.ArrayList;
import java.util.List;

/**
 * An SQL statement with the kinds of its parameters and results. Hosts keep what they prepared for
 * it, so build a query once and keep it.
 */
public final class Query {
  private final List<String> fragments;
  private final List<ValueKind> parameters;
  private final List<ValueKind> results;
  private final int hash;

  private Query(Builder builder) {
    this.fragments = List.copyOf(builder.fragments);
    this.parameters = List.copyOf(builder.parameters);
    this.results = List.copyOf(builder.results);
    this.hash = fragments.hashCode();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The text with {@code ?} for each parameter, as JDBC writes it. */
  public String withQuestionMarks() {
    return String.join("?", fragments);
  }

  /** The text with {@code $1}, {@code $2}, … for the parameters, as PostgreSQL writes it. */
  public String withNumbers() {
    StringBuilder text = new StringBuilder(fragments.get(0));
    for (int i = 1; i < fragments.size(); i++) {
      text.append('$').append(i).append(fragments.get(i));
    }
    return text.toString();
  }

  public List<ValueKind> parameters() {
    return parameters;
  }

  public List<ValueKind> results() {
    return results;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Query query
            && fragments.equals(query.fragments)
            && parameters.equals(query.parameters)
            && results.equals(query.results));
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return withNumbers();
  }

  /** Puts a query together from text and parameters, in order. */
  public static final class Builder {
    private final List<String> fragments = new ArrayList<>(List.of(""));
    private final List<ValueKind> parameters = new ArrayList<>();
    private final List<ValueKind> results = new ArrayList<>();

    private Builder() {}

    public Builder text(String sql) {
      int last = fragments.size() - 1;
      fragments.set(last, fragments.get(last) + sql);
      return this;
    }

    public Builder parameter(ValueKind kind) {
      parameters.add(kind);
      fragments.add("");
      return this;
    }

    public Builder result(ValueKind kind) {
      results.add(kind);
      return this;
    }

    public Query build() {
      return new Query(this);
    }
  }
}
