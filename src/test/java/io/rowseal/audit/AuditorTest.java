package io.rowseal.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.enforcement.Signer;
import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Fields;
import io.rowseal.policy.Policy;
import io.rowseal.row.Images;
import io.rowseal.work.Workers;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Stored rows are verified from what came with them, and from nothing else. */
class AuditorTest {
  private final Auditor auditor = new Auditor(new Workers());
  private final Policy notes = Policy.read(Fields.notes("unversioned").array());
  private final Signer ann = new Signer();
  private final Signer bob = new Signer();
  private final byte[] images =
      Images.batch(
          ann.note(notes, "1", "a", 1), bob.note(notes, "2", "b", 2), ann.note(notes, "3", "c", 3));
  private final byte[] cards = Images.batch(ann.card(true), bob.card(false));

  private static String hex(byte[] id) {
    return "\\x" + HexFormat.of().formatHex(id);
  }

  @Test
  void ownersAreNamedOnce() {
    assertArrayEquals(new String[] {hex(ann.id()), hex(bob.id())}, auditor.owners(notes, images));
    assertEquals(0, auditor.owners(notes, Images.batch()).length);
    assertEquals(0, auditor.owners(notes, Images.batch(null, new byte[3])).length);
  }

  @Test
  void goodRowsAreNotMentioned() {
    String[] owners = auditor.owners(notes, images);
    assertEquals(0, auditor.verify(notes, images, owners, cards).length);
  }

  @Test
  void cardsBelongToTheirOwners() {
    String[] owners = {hex(bob.id()), hex(ann.id())};
    String[] problems = auditor.verify(notes, images, owners, cards);
    assertArrayEquals(
        new String[] {"1", "RS004", "2", "RS004", "3", "RS004"}, withoutMessages(problems));
  }

  @Test
  void missingCardsAreTold() {
    String[] owners = auditor.owners(notes, images);
    String[] problems = auditor.verify(notes, images, owners, Images.batch(ann.card(true), null));
    assertArrayEquals(new String[] {"2", "RS003"}, withoutMessages(problems));
    problems =
        auditor.verify(notes, images, new String[] {hex(ann.id())}, Images.batch(new byte[0]));
    assertArrayEquals(
        new String[] {"1", "RS003", "2", "RS003", "3", "RS003"}, withoutMessages(problems));
  }

  @Test
  void badRowsAreToldByTheirPlace() {
    byte[] forged = ann.note(notes, "1", "a", 1);
    forged[forged.length - 1] ^= 1;
    byte[] batch = Images.batch(bob.note(notes, "2", "b", 2), forged, null, new byte[] {1});
    String[] problems =
        auditor.verify(notes, batch, new String[] {hex(ann.id()), hex(bob.id())}, cards);
    assertArrayEquals(
        new String[] {"2", "RS002", "3", "RS006", "4", "RS006"}, withoutMessages(problems));
  }

  @Test
  void identitiesCarryTheirKeys() {
    Policy policy = Policy.read(Fields.cards().array());
    byte[] batch = Images.batch(ann.cardImage(policy, 1), bob.cardImage(policy, 2));
    assertEquals(0, auditor.owners(policy, batch).length);
    assertEquals(0, auditor.verify(policy, batch, new String[0], Images.batch()).length);
  }

  @Test
  void storedRowsHaveTheirVersionId() {
    Policy hashed =
        Policy.read(
            Fields.notes("one-table").with("version_id", "h").with("version_id_here", "h").array());
    byte[] batch = Images.batch(ann.note(hashed, "1", "a", 1));
    String[] problems =
        auditor.verify(hashed, batch, auditor.owners(hashed, batch), Images.batch(ann.card(true)));
    assertArrayEquals(new String[] {"1", "RS006"}, withoutMessages(problems));
  }

  @Test
  void ownersAndCardsMustFit() {
    for (String[] owners :
        new String[][] {null, {}, {hex(ann.id())}, {hex(ann.id()), null}, {"\\x0", "\\xzz"}}) {
      assertEquals(
          Refusal.MALFORMED,
          assertThrows(RefusedException.class, () -> auditor.verify(notes, images, owners, cards))
              .refusal());
    }
  }

  @Test
  void digestsTellVersionsAndKeysApart() {
    byte[] all = auditor.digests(notes, images);
    assertEquals(3 * 64, all.length);
    byte[] again = auditor.digests(notes, Images.batch(ann.note(notes, "1", "a", 1)));
    assertArrayEquals(Arrays.copyOf(all, 64), again);
    byte[] other = auditor.digests(notes, Images.batch(ann.note(notes, "1", "b", 1)));
    assertArrayEquals(Arrays.copyOf(all, 32), Arrays.copyOf(other, 32));
    assertFalse(Arrays.equals(again, other));
    assertThrows(RefusedException.class, () -> auditor.digests(notes, Images.batch((byte[]) null)));
    assertTrue(auditor.digests(notes, Images.batch()).length == 0);
  }

  private static String[] withoutMessages(String[] problems) {
    String[] told = new String[problems.length / 3 * 2];
    for (int i = 0; i < problems.length / 3; i++) {
      told[2 * i] = problems[3 * i];
      told[2 * i + 1] = problems[3 * i + 1];
    }
    return told;
  }
}
