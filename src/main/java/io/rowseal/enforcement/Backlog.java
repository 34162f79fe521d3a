package io.rowseal.enforcement;

import io.rowseal.error.RefusedException;
import io.rowseal.policy.Policy;
import io.rowseal.row.Row;
import io.rowseal.signature.VerificationKey;
import io.rowseal.work.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Rows that one statement has stored and that helpers verify while it goes on. None counts as
 * verified before {@link #settle} has said so.
 *
 * <p>A statement goes by a number that no later one has. It ends with a settled backlog or with an
 * error, and then its rows are gone. So what is left when a row of another statement comes is of no
 * interest any more: it is dropped. For the backend's thread.
 */
final class Backlog {
  /** Rows of a statement that are verified at once, so that small ones need no helpers. */
  private static final int ALONE = 8;

  /** Bytes of a row that may wait; a larger one would fill the heap. */
  private static final int LARGEST_ROW = 1_048_576;

  private final Workers workers;
  private long statement;
  private int seen;

  /** Null as long as no helpers were called. */
  private Load load;

  Backlog(Workers workers) {
    this.workers = workers;
  }

  /** Whether a row of this statement is to be handed over. */
  boolean takes(long number, Row row) {
    turnTo(number);
    return load != null && row.size() <= LARGEST_ROW;
  }

  /** Counts a row that was verified at once, and says whether helpers are worth it from now on. */
  boolean isWorthHelpers(long number) {
    turnTo(number);
    seen++;
    return seen == ALONE;
  }

  /** Has helpers verify the rows that follow; none if there are to be none. */
  void callHelpers(long number, int helpers) {
    turnTo(number);
    if (load == null && helpers > 0 && Workers.most() > 0) {
      load = new Load();
      workers.start(helpers, load::help);
    }
  }

  /** Hands a row over; false if an earlier one is known to be bad. */
  boolean add(Policy policy, Row row, VerificationKey key) {
    return load.add(policy, row, key);
  }

  /** Why the first bad row is refused; null if none is. */
  RefusedException settle(long number) {
    turnTo(number);
    if (load == null) {
      seen = 0;
      return null;
    }
    RefusedException refused = load.finish();
    if (refused == null) {
      end();
    }
    return refused;
  }

  private void turnTo(long number) {
    if (number != statement) {
      end();
      statement = number;
    }
  }

  private void end() {
    if (load != null) {
      load.end();
    }
    load = null;
    seen = 0;
  }

  // ---------------------------------------------------------------- what is shared with helpers

  /** A row that is to be verified, and its place in the statement. */
  private record Entry(int place, Policy policy, Row row, VerificationKey key) {}

  /** What is handed over between two settlements. */
  private static final class Load {
    /** Rows that a helper takes at a time: to wake one for each would cost the backend more. */
    private static final int CHUNK = 16;

    private static final int CHUNK_BYTES = 65_536;

    /** Chunks that wait at most; then the backend helps. */
    private static final int MOST_WAITING = 32;

    /** Bytes of rows that are not verified at most, but for one row; then the backend helps. */
    private static final int MOST_BYTES = 4_194_304;

    /** How long a helper waits for a statement that has other things to do. */
    private static final int PATIENCE_SECONDS = 2;

    /** Tells helpers that there is nothing more to come. */
    private static final Chunk END = new Chunk();

    private static final class Chunk {
      private final List<Entry> entries = new ArrayList<>(CHUNK);
      private int bytes;
    }

    private final BlockingQueue<Chunk> waiting = new LinkedBlockingQueue<>();

    // The backend's thread alone:
    private Chunk next = new Chunk();
    private int places;

    // Guarded by this:
    private int unfinished;
    private int bytes;

    private Row badRow;
    private Throwable why;

    /** The place of the first row that did not verify, for whatever reason, as far as is known. */
    private volatile int bad = Integer.MAX_VALUE;

    boolean add(Policy policy, Row row, VerificationKey key) {
      next.entries.add(new Entry(places, policy, row, key));
      next.bytes += row.size();
      places++;
      if (next.entries.size() >= CHUNK || next.bytes >= CHUNK_BYTES) {
        handOver();
        while (isTooMuch() && work()) {
          // The helpers fall behind.
        }
      }
      return bad == Integer.MAX_VALUE;
    }

    private void handOver() {
      synchronized (this) {
        unfinished++;
        bytes += next.bytes;
      }
      waiting.add(next);
      next = new Chunk();
    }

    private synchronized boolean isTooMuch() {
      return bytes > MOST_BYTES || waiting.size() > MOST_WAITING;
    }

    /** Verifies a chunk; false if none waits. */
    private boolean work() {
      Chunk chunk = waiting.poll();
      if (chunk == null) {
        return false;
      }
      verify(chunk);
      return true;
    }

    RefusedException finish() {
      handOver();
      while (work()) {
        // What no helper has taken yet.
      }
      awaitHelpers();
      if (bad == Integer.MAX_VALUE) {
        return null;
      }
      if (why instanceof RefusedException refused) {
        return refused.at(badRow.place());
      }
      if (why instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(why.toString(), why);
    }

    /** Not to be interrupted: there is no answer before the last helper has given its own. */
    private synchronized void awaitHelpers() {
      boolean interrupted = false;
      while (unfinished > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void end() {
      waiting.clear();
      waiting.add(END);
    }

    /** What a helper does. */
    void help() {
      try {
        Chunk chunk = waiting.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (chunk != null && chunk != END) {
          verify(chunk);
          chunk = waiting.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (chunk != null) {
          waiting.add(chunk); // for the other helpers
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void verify(Chunk chunk) {
      Entry entry = null;
      try {
        for (int i = 0; i < chunk.entries.size(); i++) {
          entry = chunk.entries.get(i);
          if (entry.place < bad) {
            Verifier.verify(entry.policy, entry.row, entry.key);
          }
        }
      } catch (RuntimeException | Error e) {
        noteBad(entry, e); // The rest of the chunk comes later, so it does not matter any more.
      }
      synchronized (this) {
        unfinished--;
        bytes -= chunk.bytes;
        notifyAll();
      }
    }

    private synchronized void noteBad(Entry entry, Throwable reason) {
      if (entry.place < bad) {
        bad = entry.place;
        badRow = entry.row;
        why = reason;
      }
    }
  }
}
