package io.rowseal.audit;

import java.util.ArrayList;
import java.util.List;

/**
 * One version of a row, as the history shows it.
 *
 * @param id the beginning of the version id, in hex
 * @param parent place of the version it follows, {@link #NONE} if that is not here
 * @param missingParent the beginning of the parent's id where it names a version that is not here,
 *     else empty
 * @param timestamp the owner's, as text; empty where somebody took it away
 * @param deleted whether it is a tombstone
 * @param tip whether it is the version that wins
 * @param valid whether it verifies
 */
public record VersionNode(
    String id,
    int parent,
    String missingParent,
    String timestamp,
    boolean deleted,
    boolean tip,
    boolean valid) {
  /** The place of a parent that is not here. */
  public static final int NONE = -1;

  static final int FIELDS = 7;

  /** Reads versions from texts, seven each, in the order of the components; places count from 1. */
  static List<VersionNode> read(String[] texts) {
    TextReader in = new TextReader("versions", texts, FIELDS);
    int versions = in.size() / FIELDS;
    List<VersionNode> nodes = new ArrayList<>();
    while (in.hasNext()) {
      nodes.add(read(in, versions));
    }
    return nodes;
  }

  /** Reads the next version, one of so many. */
  static VersionNode read(TextReader in, int versions) {
    return new VersionNode(
        in.text(),
        in.place(versions, NONE),
        in.text(),
        in.text(),
        in.isTrue(),
        in.isTrue(),
        in.isTrue());
  }
}
