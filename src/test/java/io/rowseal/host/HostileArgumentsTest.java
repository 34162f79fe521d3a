package io.rowseal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.rowseal.enforcement.Signer;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Fields;
import io.rowseal.policy.Policy;
import io.rowseal.row.Images;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever an entry point is given, it answers, or refuses with a code of its own. Arguments are
 * good ones, good ones of another place, spoiled ones, and none.
 */
class HostileArgumentsTest {
  private static final int ROUNDS = 3000;
  private static final List<Method> ENTRY_POINTS =
      Arrays.stream(EntryPoints.class.getDeclaredMethods())
          .filter(method -> Modifier.isPublic(method.getModifiers()))
          .sorted(Comparator.comparing(Method::getName))
          .toList();

  private static final byte[] NOTES = id(1);
  private static final byte[] VERSIONS = id(2);
  private static final byte[] CARDS = id(3);
  private static final byte[] HASHED = id(4);
  private static final byte[] BUCKITUP = id(5);

  private final EntryPoints entryPoints = new EntryPoints("test");
  private final List<byte[]> bytes = new ArrayList<>();
  private final List<String> strings =
      new ArrayList<>(
          List.of("", "x", "1", "-1", "99999999999999999999", "t", "SHA-256", "Ed25519", "\ud800"));
  private final List<String[]> lists = new ArrayList<>();

  /** Whole images of rows of all tables. */
  private final List<byte[]> rows = new ArrayList<>();

  private byte[] card;

  private static byte[] id(int number) {
    byte[] id = new byte[32];
    id[0] = (byte) number;
    return id;
  }

  private void learn(byte[] id, Fields fields) {
    entryPoints.learnPolicy(id, fields.array());
    bytes.add(id);
    lists.add(fields.array());
    strings.addAll(List.of(fields.array()).subList(0, 8));
  }

  private static Fields hashed() {
    return Fields.notes("one-table")
        .with("version_id", "h")
        .with("version_id_here", "h")
        .with("version_id_type", "text")
        .with("parent", "body");
  }

  private void gatherArguments() {
    learn(NOTES, Fields.notes("two-tables").with("on_invalid", "quarantine"));
    learn(VERSIONS, Fields.notesVersions());
    learn(CARDS, Fields.cards());
    learn(HASHED, hashed());
    learn(
        BUCKITUP,
        Fields.cards().with("format", "buckitup").withColumn("user_hash", "kind", "text"));
    Signer signer = new Signer();
    Policy notes = Policy.read(Fields.notes("two-tables").array());
    byte[] note = signer.note(notes, "1", "a", 1);
    byte[] newer = signer.note(notes, "1", "b", 2);
    byte[] cardImage = signer.cardImage(Policy.read(Fields.cards().array()), 1);
    byte[] hashed = signer.note(Policy.read(hashed().array()), "1", "c", 3);
    card = signer.card(true);
    rows.addAll(List.of(note, newer, cardImage, hashed));
    byte[] tip = Images.image(1L, new byte[64]);
    bytes.addAll(List.of(note, newer, cardImage, tip, signer.card(true), signer.card(false)));
    bytes.addAll(List.of(Images.batch(note, newer), Images.batch(signer.card(true)), hashed));
    bytes.addAll(List.of(Images.batch(note, null), Images.batch(), new byte[0], new byte[1]));
    lists.addAll(
        List.of(
            new String[0],
            new String[] {"\\x" + HexFormat.of().formatHex(signer.id())},
            new String[] {"1", "", "2", "5"},
            new String[] {"id", "", "", "1", "f", "t", "t", "id", "1", "", "2", "f", "t", "t"},
            new String[] {"db", "now", "1"}));
  }

  private Object argument(Class<?> type, Random random) {
    if (type == long.class) {
      return List.of(0L, 1L, 2L, -1L, Long.MAX_VALUE, Long.MIN_VALUE).get(random.nextInt(6));
    }
    if (random.nextInt(12) == 0) {
      return null;
    }
    if (type == byte[].class) {
      return spoiled(pick(bytes, random), random);
    }
    return type == String.class ? pick(strings, random) : spoiled(pick(lists, random), random);
  }

  private static <T> T pick(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static byte[] spoiled(byte[] good, Random random) {
    byte[] bytes = good.clone();
    switch (random.nextInt(6)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
      case 1, 2 -> {
        for (int i = 0; i < 1 + random.nextInt(3) && bytes.length > 0; i++) {
          byte[] odd = {0, 1, -1, 127, -128, (byte) random.nextInt()};
          bytes[random.nextInt(bytes.length)] = odd[random.nextInt(odd.length)];
        }
      }
      default -> {}
    }
    return bytes;
  }

  private String[] spoiled(String[] good, Random random) {
    String[] texts = good.clone();
    switch (random.nextInt(5)) {
      case 0 -> texts = Arrays.copyOf(texts, random.nextInt(texts.length + 3));
      case 1, 2 -> {
        for (int i = 0; i < 1 + random.nextInt(3) && texts.length > 0; i++) {
          texts[random.nextInt(texts.length)] =
              random.nextInt(4) == 0
                  ? null
                  : pick(random.nextBoolean() ? strings : names(), random);
        }
      }
      default -> {}
    }
    return texts;
  }

  private List<String> names() {
    return List.of(lists.get(0));
  }

  @Test
  void everyEntryPointAnswersOrRefuses() {
    gatherArguments();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (Method method : ENTRY_POINTS) {
      for (int round = 0; round < ROUNDS; round++) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(t -> argument(t, random)).toArray();
        call(method, arguments, seed);
      }
    }
  }

  /** The first argument is a policy that is known, so that the others are looked at. */
  @Test
  void everyEntryPointAnswersOrRefusesUnderAKnownPolicy() {
    gatherArguments();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<byte[]> policies = List.of(NOTES, VERSIONS, CARDS, HASHED, BUCKITUP);
    for (Method method : ENTRY_POINTS) {
      boolean takesPolicy =
          method.getParameterCount() > 0 && method.getParameterTypes()[0] == byte[].class;
      for (int round = 0; takesPolicy && round < ROUNDS; round++) {
        Object[] arguments =
            Arrays.stream(method.getParameterTypes()).map(t -> argument(t, random)).toArray();
        arguments[0] = pick(policies, random);
        call(method, arguments, seed);
      }
    }
  }

  /** A setting that should have been refused shows where a row meets it. */
  @Test
  void policiesThatWereLearntTakeEveryRow() {
    gatherArguments();
    long seed = System.nanoTime();
    for (byte[] policy : oddPolicies(new Random(seed))) {
      for (byte[] image : rows) {
        answered(seed, () -> entryPoints.message(policy, image));
        answered(seed, () -> entryPoints.explain(policy, image, card, null));
        answered(seed, () -> entryPoints.digestImages(policy, Images.batch(image)));
        for (byte[] old : rows) {
          answered(seed, () -> entryPoints.verifyUpdate(policy, image, null, old, null, card));
          answered(seed, () -> entryPoints.refusal(policy, image, null, old, null, card));
        }
      }
    }
  }

  private static void answered(long seed, Runnable call) {
    try {
      call.run();
    } catch (RefusedException e) {
      // that is an answer
    } catch (RuntimeException e) {
      fail("seed " + seed, e);
    }
  }

  /** Those that were learnt although one of their values was put in the place of another. */
  private List<byte[]> oddPolicies(Random random) {
    List<byte[]> learnt = new ArrayList<>();
    for (int i = 0; i < ROUNDS && learnt.size() < 250; i++) {
      String[] fields = pick(lists.subList(0, 5), random).clone();
      int value = 1 + 2 * random.nextInt(fields.length / 2);
      fields[value] = fields[1 + 2 * random.nextInt(fields.length / 2)];
      byte[] id = Arrays.copyOf(new byte[] {9, (byte) i, (byte) (i >> 8)}, 32);
      try {
        entryPoints.learnPolicy(id, fields);
        learnt.add(id);
      } catch (RefusedException e) {
        // as it should be
      }
    }
    return learnt;
  }

  private void call(Method method, Object[] arguments, long seed) {
    try {
      method.invoke(entryPoints, arguments);
    } catch (InvocationTargetException e) {
      if (!(e.getCause() instanceof RefusedException)) {
        fail(
            "seed " + seed + ": " + method.getName() + Arrays.deepToString(arguments),
            e.getCause());
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void policyThatNobodyToldIsAskedForOrRefused() {
    assertEquals(1, entryPoints.verify(NOTES, null, null, null));
    assertEquals(1, entryPoints.verifyUpdate(NOTES, null, null, null, null, null));
    Refusal configuration = Refusal.CONFIGURATION;
    assertRefused(configuration, () -> entryPoints.verify(null, null, null, null));
    assertRefused(configuration, () -> entryPoints.message(NOTES, null));
    assertRefused(configuration, () -> entryPoints.explain(NOTES, null, null, null));
    assertRefused(configuration, () -> entryPoints.refusal(NOTES, null, null, null, null, null));
    assertRefused(configuration, () -> entryPoints.owners(NOTES, null));
    assertRefused(configuration, () -> entryPoints.verifyImages(NOTES, null, null, null));
    assertRefused(configuration, () -> entryPoints.digestImages(NOTES, null));
    assertRefused(configuration, () -> entryPoints.isGreater(NOTES, null, null));
    String[] fields = Fields.cards().array();
    assertRefused(configuration, () -> entryPoints.learnPolicy(new byte[31], fields));
    assertRefused(configuration, () -> entryPoints.learnPolicy(null, fields));
  }

  @Test
  void missingImagesAreMalformed() {
    gatherArguments();
    Refusal malformed = Refusal.MALFORMED;
    assertRefused(malformed, () -> entryPoints.verify(NOTES, null, null, null));
    assertRefused(malformed, () -> entryPoints.verifyUpdate(NOTES, null, null, null, null, null));
    assertRefused(malformed, () -> entryPoints.message(NOTES, null));
    assertRefused(malformed, () -> entryPoints.explain(NOTES, null, null, null));
    assertRefused(malformed, () -> entryPoints.owners(NOTES, null));
    assertRefused(malformed, () -> entryPoints.verifyImages(NOTES, null, null, null));
    assertRefused(malformed, () -> entryPoints.digestImages(NOTES, null));
    assertRefused(malformed, () -> entryPoints.isGreater(NOTES, null, null));
  }

  private static void assertRefused(Refusal expected, Runnable call) {
    assertEquals(expected, assertThrows(RefusedException.class, call::run).refusal());
  }
}
