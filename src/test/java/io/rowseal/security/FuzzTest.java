package io.rowseal.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.enforcement.Enforcer;
import io.rowseal.enforcement.Signer;
import io.rowseal.enforcement.Verdict;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Fields;
import io.rowseal.policy.Policy;
import io.rowseal.row.ImageBatch;
import io.rowseal.row.Images;
import io.rowseal.row.Row;
import io.rowseal.signature.KeyReader;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.SigningKey;
import io.rowseal.work.Workers;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Everything that takes bytes from strangers is given spoiled ones. It answers, or refuses with a
 * code; it takes no memory to speak of; and it accepts exactly what was not spoiled.
 *
 * <p>{@code -Drowseal.fuzz=10000000} says how many inputs there are in all, {@code
 * -Drowseal.seed=...} brings back a run.
 */
class FuzzTest {
  private static final int INPUTS = Integer.getInteger("rowseal.fuzz", 200_000);
  private static final long SEED = Long.getLong("rowseal.seed", new Random().nextLong());

  /** Beside so many bytes for each of the input, what keys and messages of refusals take. */
  private static final long MOST_BYTES = 4 << 20;

  private static final com.sun.management.ThreadMXBean MEMORY =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static long given;
  private static long accepted;

  private final Random random = new Random(SEED);

  @AfterAll
  static void tell() {
    System.out.printf("%d inputs, %d of them accepted%n", given, accepted);
  }

  // ---------------------------------------------------------------- spoiling

  private byte[] spoiled(byte[] good) {
    byte[] bytes = good.clone();
    switch (random.nextInt(8)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 9));
      case 1 -> random.nextBytes(bytes);
      case 2 -> flipBit(bytes);
      case 3 -> bytes = without(bytes, random.nextInt(bytes.length + 1), random.nextInt(9));
      case 4 -> writeLength(bytes);
      default -> {
        for (int i = random.nextInt(4); i >= 0; i--) {
          writeOdd(bytes);
        }
      }
    }
    return bytes;
  }

  private void flipBit(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
  }

  private static byte[] without(byte[] bytes, int from, int size) {
    int end = Math.min(bytes.length, from + size);
    byte[] rest = Arrays.copyOf(bytes, bytes.length - (end - from));
    System.arraycopy(bytes, end, rest, from, bytes.length - end);
    return rest;
  }

  /** Where lengths and counts may stand, one that lies. */
  private void writeLength(byte[] bytes) {
    int[] lengths = {-1, 0, 1, 7, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE, random.nextInt()};
    if (bytes.length >= Integer.BYTES) {
      int at = random.nextInt(bytes.length - 3);
      ByteBuffer.wrap(bytes).putInt(at, lengths[random.nextInt(lengths.length)]);
    }
  }

  private void writeOdd(byte[] bytes) {
    byte[] odd = {0, 1, -1, 127, -128, (byte) random.nextInt()};
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = odd[random.nextInt(odd.length)];
    }
  }

  private interface Taker {
    /** Whether it accepts. */
    boolean takes(byte[] input);
  }

  /** Whether the input is accepted; anything but an answer and a refusal fails the test. */
  private boolean give(Taker taker, byte[] input) {
    given++;
    long before = MEMORY.getCurrentThreadAllocatedBytes();
    boolean taken;
    try {
      taken = taker.takes(input);
    } catch (RefusedException refused) {
      taken = false;
    }
    long bytes = MEMORY.getCurrentThreadAllocatedBytes() - before;
    assertTrue(bytes < MOST_BYTES + 64L * input.length, bytes + " bytes " + hint());
    accepted += taken ? 1 : 0;
    return taken;
  }

  private static String hint() {
    return "-Drowseal.seed=" + SEED;
  }

  // ---------------------------------------------------------------- keys and signatures

  private static int inputs(SignatureAlgorithm algorithm) {
    // What verification costs, in this many verifications of Ed25519.
    int cost = algorithm == SignatureAlgorithm.SLH_DSA_SHA2_128S ? 8 : 2;
    return Math.max(50, INPUTS / 1000 / cost);
  }

  /** A signature fits its message under its key, and nothing else does. */
  @ParameterizedTest
  @EnumSource
  void onlyTheSignedMessageVerifies(SignatureAlgorithm algorithm) {
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    byte[] message = new byte[100];
    random.nextBytes(message);
    byte[] signature = key.sign(message);
    byte[][] good = {key.publicKey(), message, signature};
    for (int i = 0; i < inputs(algorithm); i++) {
      byte[][] tried = good.clone();
      int place = random.nextInt(good.length);
      tried[place] = spoiled(good[place]);
      boolean same = Arrays.equals(tried[place], good[place]);
      boolean taken =
          give(
              input -> {
                algorithm.publicKey(tried[0]).verify(tried[1], tried[2]);
                return true;
              },
              tried[place]);
      assertEquals(same, taken, hint());
    }
  }

  /** Of a key that is read as SPKI, exactly one spelling is taken. */
  @ParameterizedTest
  @EnumSource
  void aKeyHasOneSpelling(SignatureAlgorithm algorithm) {
    KeyReader all = KeyReader.spki(EnumSet.allOf(SignatureAlgorithm.class));
    SigningKey key = SigningKey.generate(algorithm, new SecureRandom());
    byte[] raw = key.publicKey();
    byte[] spki = key.spki();
    int headLength = spki.length - raw.length;
    for (int i = 0; i < INPUTS / 40; i++) {
      byte[] tried = spoiled(spki);
      if (give(input -> all.read(input) != null, tried)) {
        assertArrayEquals(
            Arrays.copyOf(spki, headLength), Arrays.copyOf(tried, headLength), hint());
        assertEquals(spki.length, tried.length, hint());
      }
      give(input -> algorithm.publicKey(input) != null, spoiled(raw));
    }
  }

  // ---------------------------------------------------------------- rows

  /** The bytes of an image without the types' OIDs, which are known and not read. */
  private static byte[] read(Row row) {
    return Images.image(row.values());
  }

  private static byte[] withoutTypes(byte[] image) {
    byte[] bytes = image.clone();
    ByteBuffer out = ByteBuffer.wrap(bytes);
    int at = Integer.BYTES;
    for (int columns = out.getInt(0); columns > 0; columns--) {
      out.putInt(at, 17);
      at += 2 * Integer.BYTES + Math.max(0, out.getInt(at + Integer.BYTES));
    }
    return bytes;
  }

  /** No two images are read as one row. */
  @Test
  void anImageIsReadAsItIsOrRefused() {
    Policy policy = Policy.read(Fields.notes("two-tables").array());
    byte[] image = new Signer().note(policy, "1", "ä", 1);
    for (int i = 0; i < INPUTS / 5; i++) {
      byte[] tried = spoiled(image);
      give(
          input -> {
            Row row = Row.decode(input, policy.columns());
            assertArrayEquals(withoutTypes(input), read(row), hint());
            return true;
          },
          tried);
    }
  }

  @Test
  void aBatchIsReadAsItIsOrRefused() {
    byte[] batch = Images.batch(new byte[] {1, 2, 3}, null, new byte[0], new byte[40]);
    for (int i = 0; i < INPUTS / 5; i++) {
      give(
          input -> {
            ImageBatch read = ImageBatch.read(input);
            byte[][] elements = new byte[read.size()][];
            for (int n = 0; n < elements.length; n++) {
              elements[n] = read.element(n);
            }
            byte[] again = Images.batch(elements);
            int unread = Math.min(20, again.length); // dimensions, flags, type, size, lower bound
            assertArrayEquals(
                Arrays.copyOfRange(input, unread, input.length),
                Arrays.copyOfRange(again, unread, again.length),
                hint());
            return true;
          },
          spoiled(batch));
    }
  }

  /** Whatever is done to the image of a signed row: stored is what was signed. */
  @Test
  void onlyTheSignedRowIsStored() {
    for (String layout : List.of("unversioned", "two-tables", "one-table")) {
      Policy policy = Policy.read(Fields.notes(layout).array());
      Signer signer = new Signer();
      byte[] image = signer.note(policy, "1", "a", 1);
      Row signed = Row.decode(image, policy.columns());
      Enforcer enforcer = new Enforcer(new Workers());
      for (int i = 0; i < Math.max(300, INPUTS / 1000); i++) {
        give(
            input -> {
              Row row = Row.decode(input, policy.columns());
              boolean stored = enforcer.insert(policy, row, signer.card(true)) == Verdict.STORE;
              assertEquals(row.sameVersion(signed), stored, hint());
              return stored;
            },
            spoiled(image));
      }
    }
  }

  // ---------------------------------------------------------------- settings

  private String[] spoiled(String[] good) {
    List<String> fields = new ArrayList<>(Arrays.asList(good));
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(fields.size());
      switch (random.nextInt(6)) {
        case 0 -> fields.remove(at);
        case 1 -> fields.add(at, fields.get(random.nextInt(fields.size())));
        case 2 -> fields.set(at, null);
        case 3 -> fields.set(at, "\uffff" + random.nextInt());
        case 4 -> fields.subList(at, fields.size()).clear();
        default -> fields.set(at, fields.get(random.nextInt(fields.size())));
      }
      if (fields.isEmpty()) {
        fields.add("");
      }
    }
    return fields.toArray(String[]::new);
  }

  /** Settings that are taken make sense of any row, or refuse it. */
  @Test
  void settingsAreTakenOrRefused() {
    List<Fields> tables =
        List.of(
            Fields.notes("two-tables"),
            Fields.notes("one-table").with("on_invalid", "quarantine"),
            Fields.notesVersions(),
            Fields.cards(),
            Fields.cards().with("algorithm", "SPKI"),
            Fields.cards().with("format", "buckitup").withColumn("user_hash", "kind", "text"));
    Policy notes = Policy.read(Fields.notes("two-tables").array());
    byte[] image = new Signer().note(notes, "1", "a", 1);
    for (int i = 0; i < INPUTS / 5; i++) {
      String[] fields = spoiled(tables.get(random.nextInt(tables.size())).array());
      give(
          input -> {
            Policy policy;
            try {
              policy = Policy.read(fields);
            } catch (RefusedException refused) {
              assertEquals(Refusal.CONFIGURATION, refused.refusal(), hint());
              return false;
            }
            Row row = Row.decode(input, policy.columns());
            new Enforcer(new Workers()).insert(policy, row, new byte[0]);
            return true;
          },
          image);
    }
  }
}
