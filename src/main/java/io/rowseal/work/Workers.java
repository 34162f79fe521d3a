package io.rowseal.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/**
 * Runs pure work on all cores. The work must not touch the database: only the backend's own thread
 * may. Threads end when they have been idle for a moment, so that a pooled connection keeps none.
 */
public final class Workers {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int IDLE_SECONDS = 2;

  /** Made when it is needed first: most connections neither audit nor load. */
  private ThreadPoolExecutor helpers;

  /** How many threads there are at most beside the backend's own. */
  public static int most() {
    return CORES - 1;
  }

  /** Has other threads do the work, each all of it; none if there is but one core. */
  public void start(int count, Runnable work) {
    for (int i = 0; i < Math.min(count, most()); i++) {
      helpers().execute(work);
    }
  }

  /** Does the work for each number from 0 to {@code count - 1}, the calling thread helping. */
  public void forEach(int count, IntConsumer work) {
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            work.accept(i);
          }
        };
    List<Future<?>> running = new ArrayList<>();
    int shares = Math.min(CORES, count);
    for (int i = 1; i < shares; i++) {
      running.add(helpers().submit(share));
    }
    try {
      share.run();
    } finally {
      next.set(count);
      running.forEach(Workers::finish);
    }
  }

  private ThreadPoolExecutor helpers() {
    if (helpers == null) {
      helpers = pool(most());
    }
    return helpers;
  }

  private static void finish(Future<?> share) {
    try {
      share.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause().toString(), e.getCause());
    }
  }

  private static ThreadPoolExecutor pool(int size) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            size,
            size,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "rowseal-helper");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
