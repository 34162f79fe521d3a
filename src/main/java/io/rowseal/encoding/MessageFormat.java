package io.rowseal.encoding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The formats of signed messages. */
public enum MessageFormat {
  /** One item of deterministic CBOR (RFC 8949, section 4.2.1) with context and column names. */
  ROWSEAL_V1("rowseal-v1") {
    @Override
    public MessageEncoder encoder(String context, List<Column> columns, String timestampColumn) {
      return new RowsealV1Encoder(context, columns);
    }
  },
  /** The plain concatenation that BuckitUp clients sign. */
  BUCKITUP("buckitup") {
    @Override
    public MessageEncoder encoder(String context, List<Column> columns, String timestampColumn) {
      return new BuckitUpEncoder(columns, timestampColumn);
    }
  };

  private final String label;

  MessageFormat(String label) {
    this.label = label;
  }

  /** The name by which settings call the format. */
  public String label() {
    return label;
  }

  /** All names, for messages. */
  public static List<String> labels() {
    List<String> labels = new ArrayList<>();
    for (MessageFormat format : values()) {
      labels.add(format.label);
    }
    return labels;
  }

  /** The format of that name. */
  public static Optional<MessageFormat> named(String label) {
    for (MessageFormat format : values()) {
      if (format.label.equals(label)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /**
   * An encoder for rows of one table.
   *
   * @param context what keeps signatures for one table from being used for another
   * @param columns the signed columns, in the order of the row images
   * @param timestampColumn the name of the column that orders versions
   * @throws io.rowseal.error.RefusedException RS012 for a column that the format cannot encode
   */
  public abstract MessageEncoder encoder(
      String context, List<Column> columns, String timestampColumn);
}
