package io.rowseal.testing.model;

import io.rowseal.testing.rows.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Versions that owners make, and two ways to deliver them. Small numbers stand for owners, keys and
 * versions, so that a scenario can be played with ever new keys, and shrunk.
 *
 * @param drafts in the order in which they are signed
 * @param first what one peer gets; it misses nothing that {@code second} has, see {@link #complete}
 * @param second what the other peer gets
 */
public record Scenario(List<Draft> drafts, List<Step> first, List<Step> second) {
  private static final int OWNERS = 2;
  private static final int KEYS = 2;
  private static final int TIMES = 3;
  private static final int MOST_DRAFTS = 9;

  /**
   * A version to sign.
   *
   * @param key the same for two owners is two keys
   * @param parent a place among the drafts; none where it is not an earlier one
   */
  public record Draft(int owner, int key, int time, int value, boolean deleted, int parent) {}

  /**
   * A statement.
   *
   * @param drafts places in the list of drafts, modulo its length
   * @param withIds whether derived version ids are given or left to be filled in
   */
  public record Step(Way way, List<Integer> drafts, boolean withIds) {}

  /** Ties, tombstones, forks and resurrections are common, since there is little to choose from. */
  public static Arbitrary<Scenario> of(Layout layout) {
    Arbitrary<Integer> place = Arbitraries.integers().between(0, MOST_DRAFTS - 1);
    Arbitrary<Draft> draft =
        Combinators.combine(
                Arbitraries.integers().between(0, OWNERS - 1),
                Arbitraries.integers().between(0, KEYS - 1),
                Arbitraries.integers().between(0, TIMES - 1),
                Arbitraries.integers().between(0, 4),
                Arbitraries.of(false, false, true),
                place)
            .as(Draft::new);
    Arbitrary<Way> way = Arbitraries.of(Way.values()).filter(w -> w.appliesTo(layout));
    Arbitrary<List<Step>> steps =
        Combinators.combine(
                way, place.list().ofMinSize(1).ofMaxSize(5), Arbitraries.of(true, false))
            .as(Step::new)
            .list()
            .ofMaxSize(8);
    return Combinators.combine(draft.list().ofMinSize(1).ofMaxSize(MOST_DRAFTS), steps, steps)
        .as(Scenario::new);
  }

  /** Signs the drafts under keys that nobody used before. */
  public List<Entry> sign(List<Owner> owners, EntryTables tables, List<UUID> keys) {
    List<Entry> entries = new ArrayList<>();
    for (Draft draft : drafts) {
      byte[] parent =
          draft.parent() < entries.size()
              ? tables.versionId().of(entries.get(draft.parent()))
              : null;
      entries.add(
          tables.entry(
              owners.get(draft.owner()),
              keys.get(draft.key()),
              1_700_000_000L + draft.time(),
              value(draft.value()),
              draft.deleted(),
              parent));
    }
    return entries;
  }

  /** How many keys {@link #sign} needs. */
  public static int keys() {
    return KEYS;
  }

  /** How many owners {@link #sign} needs. */
  public static int owners() {
    return OWNERS;
  }

  private static byte[] value(int choice) {
    return switch (choice) {
      case 0 -> null;
      case 4 -> incompressible();
      default -> new byte[choice - 1];
    };
  }

  /** So long that PostgreSQL stores it out of line. */
  private static byte[] incompressible() {
    byte[] bytes = new byte[12_000];
    new java.util.Random(4).nextBytes(bytes);
    return bytes;
  }
}
