package io.rowseal.host;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Gives a backend back the server's own handlers for cancel and terminate. PL/Java puts its own in
 * their place when it starts Java. Those note the request but wake nobody, so a backend that waits
 * for a lock, in a sleep or for its client would not see it before the wait ends; {@code pg_ctl
 * stop -m fast} then fails.
 *
 * <p>PL/Java's reason is that a handler might run on a thread of Java. The server's handlers have
 * allowed that since PostgreSQL 9.5: they set flags and the process latch, which other processes
 * set as well, and leave the rest to the backend's own thread. SIGQUIT stays PL/Java's, which sends
 * it to itself where Java does not end.
 *
 * <p>For PL/Java alone: the bridge replaces no handler.
 */
public final class ServerSignals {
  private static final int SIGINT = 2;
  private static final int SIGTERM = 15;
  private static final long AFTER_THE_FIRST_WRITE = 200;

  private static boolean begun;
  private static Thread restorer;
  private static volatile String problem = "not restored yet";

  private ServerSignals() {}

  /**
   * Restores the handlers soon, once per backend, and never fails. Java takes some 50 ms to learn
   * to call C, so a thread does it, and only after the first write.
   */
  public static void restore() {
    if (!begun) {
      begun = true;
      try {
        ServerExit.guard();
        start();
      } catch (Throwable e) {
        problem = e.toString();
      }
    }
  }

  /**
   * Why a waiting backend hears of cancel and terminate only when the wait ends; null if it does so
   * at once.
   */
  public static String problem() {
    try {
      if (restorer != null) {
        restorer.join(5000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return problem;
  }

  /** Privileged, for a thread keeps the rights of whoever called what made it. */
  @SuppressWarnings("removal")
  private static void start() {
    restorer = AccessController.doPrivileged(new MakeRestorer());
    restorer.start();
  }

  private static final class MakeRestorer implements PrivilegedAction<Thread> {
    @Override
    public Thread run() {
      return new Restorer();
    }
  }

  private static final class Restorer extends Thread {
    Restorer() {
      super(null, null, "rowseal signals", 0, false);
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        sleep(AFTER_THE_FIRST_WRITE);
        restore(ForeignFunctions.open());
        problem = null;
      } catch (Throwable e) {
        problem = e.toString();
      }
    }
  }

  /** All or nothing. */
  private static void restore(ForeignFunctions process) throws Throwable {
    long die = required(process, "die");
    long cancel = required(process, "StatementCancelHandler");
    long setLatch = required(process, "SetLatch");
    long latch = required(process, "MyLatch");
    long install = process.find("pqsignal_be"); // PostgreSQL 18
    if (install == 0) {
      install = required(process, "pqsignal");
    }
    process.call(install, SIGINT, cancel, 0);
    process.call(install, SIGTERM, die, 0);
    // PL/Java's handler may have noted a request meanwhile, and the backend be waiting already.
    process.call(setLatch, process.pointerIn(latch), 0, 0);
  }

  private static long required(ForeignFunctions process, String name) throws Throwable {
    long address = process.find(name);
    if (address == 0) {
      throw new NoSuchFieldException(name);
    }
    return address;
  }
}
