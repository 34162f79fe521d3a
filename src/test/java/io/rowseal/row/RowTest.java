package io.rowseal.row;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.encoding.ValueKind;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows are read from PostgreSQL's own form, and from nothing that only resembles it. */
class RowTest {
  private static final byte[] OWNER = {1, 2};
  private static final byte[] LARGE = {7, 8, 9};
  private static final byte[] SIGNATURE = {(byte) 0xff};
  private static final RowLayout LAYOUT =
      new RowLayout(
          "public.\"Notes\"",
          List.of(
              new TableColumn("user_hash", "user_hash", ValueKind.BYTES, "bytea", false, true),
              new TableColumn("id", "note", ValueKind.TEXT, "text", false, true),
              new TableColumn("data", "data", ValueKind.BYTES, "bytea", false, false),
              new TableColumn("deleted", "deleted", ValueKind.BOOLEAN, "boolean", false, true),
              new TableColumn("time", "time", ValueKind.INTEGER, "bigint", false, true),
              TableColumn.unsigned("sign", "sign", ValueKind.BYTES),
              TableColumn.unsigned("hash", "hash", ValueKind.TEXT)),
          5,
          new RowLayout.Places(new int[] {0, 1}, 0, 4, RowLayout.NONE, 2, RowLayout.NONE));

  private static byte[] image(String id, Object time, Object signature, Object hash) {
    return Images.image(OWNER, id, null, false, time, signature, hash);
  }

  private static Row row(String id, Object time, Object signature, Object hash) {
    return Row.decode(image(id, time, signature, hash), LARGE, LAYOUT);
  }

  @Test
  void answersWhatStandsInTheImage() {
    Row row = row("ä\u0001😀", -5L, SIGNATURE, "h");
    assertArrayEquals(OWNER, (byte[]) row.owner());
    assertArrayEquals(LARGE, (byte[]) row.value(2));
    assertArrayEquals(SIGNATURE, row.signature());
    assertEquals("h", row.versionId());
    assertEquals(-5L, row.version().ownerTimestamp());
    assertEquals("ä\u0001😀", row.key()[1]);
    assertEquals("public.\"Notes\" (user_hash, note)=(\\x0102, ä\u0001😀)", row.place());
    assertNull(row.missing());
  }

  @Test
  void wholeImageNeedsNothingBeside() {
    Row row = Row.decode(Images.image(OWNER, "a", LARGE, true, 1L, SIGNATURE, null), LAYOUT);
    assertArrayEquals(LARGE, (byte[]) row.value(2));
    assertEquals(true, row.value(3));
    assertNull(row.versionId());
  }

  @Test
  void whatWasNeverAcceptedIsOlderThanEverything() {
    Row row = row("a", null, null, null);
    assertEquals(Long.MIN_VALUE, row.version().ownerTimestamp());
    assertEquals(0, row.version().signature().length);
    assertEquals("time", row.missing().here());
  }

  @Test
  void versionIsAllButItsId() {
    Row row = row("a", 1L, SIGNATURE, "h");
    assertTrue(row.sameVersion(row("a", 1L, SIGNATURE, null)));
    assertTrue(row.sameKey(row("a", 2L, null, null)));
    assertFalse(row.sameVersion(row("a", 2L, SIGNATURE, "h")));
    assertFalse(row.sameKey(row("b", 1L, SIGNATURE, "h")));
    assertFalse(
        row.sameVersion(Row.decode(image("a", 1L, SIGNATURE, "h"), new byte[] {7}, LAYOUT)));
  }

  @Test
  void longKeysAreCutBetweenCharacters() {
    String place = row("x".repeat(139) + "😀" + "y".repeat(50), 1L, SIGNATURE, null).place();
    assertTrue(place.endsWith("x…)"), place);
  }

  @Test
  void everyCutAndEveryTailIsMalformed() {
    byte[] image = image("a", 1L, SIGNATURE, "h");
    for (int size = 0; size < image.length; size++) {
      assertMalformed(Arrays.copyOf(image, size));
    }
    assertMalformed(Arrays.copyOf(image, image.length + 1));
    assertMalformed(null);
  }

  @Test
  void lengthsThatLieAreMalformed() {
    for (int length : new int[] {-2, Integer.MIN_VALUE, Integer.MAX_VALUE, 1000}) {
      assertMalformed(ByteBuffer.wrap(image("a", 1L, SIGNATURE, "h")).putInt(8, length).array());
    }
    for (int count : new int[] {-1, 0, 6, 8, Integer.MAX_VALUE}) {
      assertMalformed(ByteBuffer.wrap(image("a", 1L, SIGNATURE, "h")).putInt(0, count).array());
    }
  }

  @Test
  void valuesOfOtherKindsAreMalformed() {
    assertMalformed(image("a", new byte[] {1, 2, 3, 4}, SIGNATURE, null));
    assertMalformed(image("a", new byte[9], SIGNATURE, null));
    assertMalformed(Images.image(OWNER, "a", null, new byte[0], 1L, SIGNATURE, null));
    assertMalformed(Images.image(OWNER, "a", null, new byte[2], 1L, SIGNATURE, null));
  }

  @Test
  void textIsUtf8AndIsNotMended() {
    assertMalformed(
        Images.image(OWNER, new byte[] {'a', (byte) 0xff}, null, false, 1L, null, null));
    byte[] surrogate = {(byte) 0xed, (byte) 0xa0, (byte) 0x80};
    assertMalformed(Images.image(OWNER, surrogate, null, false, 1L, null, null));
    assertEquals("a\uFFFD", row("a\uFFFD", 1L, SIGNATURE, null).key()[1]);
  }

  @Test
  void batchHasItsElements() {
    byte[] image = image("a", 1L, SIGNATURE, "h");
    ImageBatch batch = ImageBatch.read(Images.batch(image, null, new byte[0]));
    assertEquals(3, batch.size());
    assertEquals("a", batch.row(0, LAYOUT).key()[1]);
    assertArrayEquals(image, batch.element(0));
    assertNull(batch.element(1));
    assertEquals(0, batch.element(2).length);
    assertEquals(0, ImageBatch.read(Images.batch()).size());
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> batch.row(1, LAYOUT)).refusal());
  }

  @Test
  void falseBatchesReserveNoMemory() {
    byte[] batch = Images.batch(image("a", 1L, SIGNATURE, "h"), new byte[1]);
    for (int size : new int[] {-1, 0, 1, 3, 1_000_000, Integer.MAX_VALUE}) {
      assertMalformedBatch(ByteBuffer.wrap(batch.clone()).putInt(12, size).array());
    }
    for (int dimensions : new int[] {-1, 0, 2, Integer.MAX_VALUE}) {
      assertMalformedBatch(ByteBuffer.wrap(batch.clone()).putInt(0, dimensions).array());
    }
    for (int size = 0; size < batch.length; size++) {
      assertMalformedBatch(Arrays.copyOf(batch, size));
    }
    assertMalformedBatch(Arrays.copyOf(batch, batch.length + 1));
    assertMalformedBatch(null);
    assertMalformedBatch("no batch".getBytes(StandardCharsets.UTF_8));
  }

  private static void assertMalformed(byte[] image) {
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> Row.decode(image, LARGE, LAYOUT)).refusal());
  }

  private static void assertMalformedBatch(byte[] batch) {
    assertEquals(
        Refusal.MALFORMED,
        assertThrows(RefusedException.class, () -> ImageBatch.read(batch)).refusal());
  }
}
