package io.rowseal.enforcement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.error.Refusal;
import io.rowseal.error.RefusedException;
import io.rowseal.policy.Fields;
import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.signature.SignatureAlgorithm;
import io.rowseal.signature.VerificationKey;
import io.rowseal.work.Workers;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Rows that are handed over are all verified before the statement ends. */
class BacklogTest {
  private static final Policy POLICY = Policy.read(Fields.notes("unversioned").array());
  private static final long STATEMENT = 7;

  private final AtomicInteger verified = new AtomicInteger();
  private final Signer owner = new Signer();
  private final Backlog backlog = new Backlog(new Workers());
  private final Row row = note("n");
  private final VerificationKey good = key(verified::incrementAndGet);
  private final VerificationKey bad =
      key(
          () -> {
            throw Refusal.SIGNATURE_INVALID.because("bad");
          });

  private Row note(String id) {
    return Row.decode(owner.note(POLICY, id, "body", 1), POLICY.columns());
  }

  private static VerificationKey key(Runnable check) {
    return new VerificationKey() {
      @Override
      public SignatureAlgorithm algorithm() {
        return SignatureAlgorithm.ED25519;
      }

      @Override
      public void verify(byte[] message, byte[] signature) {
        check.run();
      }
    };
  }

  private void begin(long statement) {
    backlog.callHelpers(statement, 3);
    assertTrue(backlog.takes(statement, row));
  }

  private void add(int count, VerificationKey key) {
    for (int i = 0; i < count; i++) {
      backlog.add(POLICY, row, key);
    }
  }

  @Test
  void helpersAreWorthItAfterSomeRows() {
    for (int i = 1; i < 8; i++) {
      assertFalse(backlog.takes(STATEMENT, row));
      assertFalse(backlog.isWorthHelpers(STATEMENT), "row " + i);
    }
    assertTrue(backlog.isWorthHelpers(STATEMENT));
    assertFalse(backlog.isWorthHelpers(STATEMENT));
    assertFalse(backlog.takes(STATEMENT, row), "nobody has called them");
  }

  @Test
  void withoutHelpersNothingIsTaken() {
    backlog.callHelpers(STATEMENT, 0);
    assertFalse(backlog.takes(STATEMENT, row));
  }

  @Test
  void everyRowIsVerified() {
    for (int rows : new int[] {0, 1, 15, 16, 17, 5000}) {
      verified.set(0);
      begin(STATEMENT);
      add(rows, good);
      assertNull(backlog.settle(STATEMENT));
      assertEquals(rows, verified.get());
      assertFalse(backlog.takes(STATEMENT, row), "the statement is over");
    }
  }

  @Test
  void firstBadRowIsToldAsOftenAsItIsAsked() {
    begin(STATEMENT);
    add(100, good);
    backlog.add(POLICY, note("first"), bad);
    add(100, bad);
    for (int i = 0; i < 3; i++) {
      RefusedException refused = backlog.settle(STATEMENT);
      assertEquals(Refusal.SIGNATURE_INVALID, refused.refusal());
      assertTrue(refused.getMessage().contains("first"), refused.getMessage());
      assertTrue(backlog.takes(STATEMENT, row));
      assertFalse(backlog.add(POLICY, row, good), "the statement fails");
    }
  }

  @Test
  void whatAFailedStatementLeftIsDropped() {
    begin(STATEMENT);
    add(3, bad);
    assertNull(backlog.settle(STATEMENT + 1));
    begin(STATEMENT + 1);
    add(3, bad);
    begin(STATEMENT + 2);
    add(100, good);
    assertNull(backlog.settle(STATEMENT + 2));
    assertEquals(100, verified.get());
  }

  @Test
  void rowThatCannotBeVerifiedIsNotVerified() {
    for (Throwable thrown : new Throwable[] {new OutOfMemoryError(), new IllegalStateException()}) {
      begin(STATEMENT);
      add(20, good);
      add(
          20,
          key(
              () -> {
                if (thrown instanceof Error error) {
                  throw error;
                }
                throw (RuntimeException) thrown;
              }));
      assertThrows(thrown.getClass(), () -> backlog.settle(STATEMENT));
      assertThrows(thrown.getClass(), () -> backlog.settle(STATEMENT));
      backlog.settle(0);
    }
  }

  @Test
  void largeRowsAreNotTaken() {
    begin(STATEMENT);
    Row large = Row.decode(owner.note(POLICY, "n", "x".repeat(2_000_000), 1), POLICY.columns());
    assertFalse(backlog.takes(STATEMENT, large));
  }
}
