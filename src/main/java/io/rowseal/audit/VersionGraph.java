package io.rowseal.audit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The versions of one row in the owner's order, linked by the parents that they name. */
public final class VersionGraph {
  private static final int UNKNOWN = -1;

  private final List<VersionNode> versions;
  private final int[] followers;

  private VersionGraph(List<VersionNode> versions) {
    this.versions = List.copyOf(versions);
    this.followers = new int[versions.size()];
    versions.stream()
        .mapToInt(VersionNode::parent)
        .filter(parent -> parent != VersionNode.NONE)
        .forEach(parent -> followers[parent]++);
  }

  /**
   * The graph of some versions.
   *
   * @param versions each after those before it in the owner's order; parents are places in the list
   */
  public static VersionGraph of(List<VersionNode> versions) {
    return new VersionGraph(versions);
  }

  /**
   * Reads the versions from texts, as {@link VersionNode} lists its components.
   *
   * @throws io.rowseal.error.RefusedException RS006 if they are not such texts
   */
  public static VersionGraph read(String[] texts) {
    return of(VersionNode.read(texts));
  }

  /** The versions, in the owner's order. */
  public List<VersionNode> versions() {
    return versions;
  }

  /** Whether several versions follow this one. */
  public boolean isFork(int version) {
    return followers[version] > 1;
  }

  /** How many ancestors each version has here. */
  public int[] depths() {
    return depths(versions.stream().mapToInt(VersionNode::parent).toArray());
  }

  /**
   * How many ancestors each version has here.
   *
   * @param parents place of each version's parent, or {@link VersionNode#NONE}. A ring, which no
   *     signature allows but tampering does, is cut where it is entered
   */
  public static int[] depths(int[] parents) {
    int[] depths = new int[parents.length];
    Arrays.fill(depths, UNKNOWN);
    int[] path = new int[parents.length];
    boolean[] onPath = new boolean[parents.length];
    for (int version = 0; version < parents.length; version++) {
      int length = 0;
      int next = version;
      while (next != VersionNode.NONE && depths[next] == UNKNOWN && !onPath[next]) {
        onPath[next] = true;
        path[length++] = next;
        next = parents[next];
      }
      int depth = next == VersionNode.NONE || depths[next] == UNKNOWN ? 0 : depths[next] + 1;
      while (length > 0) {
        depths[path[--length]] = depth++;
      }
    }
    return depths;
  }

  /**
   * A line for each branch: the first version that follows another stays on its line, every further
   * one gets a line of its own.
   */
  int[] lines() {
    int[] lines = new int[versions.size()];
    boolean[] continued = new boolean[versions.size()];
    int free = 0;
    int[] order = byDepth();
    for (int version : order) {
      int parent = versions.get(version).parent();
      if (parent != VersionNode.NONE && !continued[parent]) {
        continued[parent] = true;
        lines[version] = lines[parent];
      } else {
        lines[version] = free++;
      }
    }
    return lines;
  }

  private int[] byDepth() {
    int[] depths = depths();
    return IntStream.range(0, depths.length)
        .boxed()
        .sorted((a, b) -> Integer.compare(depths[a], depths[b]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
