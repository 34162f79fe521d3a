package io.rowseal.host;

import java.security.AccessController;
import java.security.PrivilegedAction;

/**
 * Lets a backend end below Java. PL/Java itself runs SQL from Java, such as to look for a class at
 * a first call. When PostgreSQL is told to end the backend meanwhile, it leaves from there, and
 * PL/Java asks a Java to end that is still in the middle of a call; that aborts the process, and
 * PostgreSQL restarts all others. Anybody can bring it about who may end their own backends.
 *
 * <p>So Java, when it is asked to end but is in the middle of a call, ends the process instead.
 * PostgreSQL has put its shared memory in order by then: PL/Java's part is among the last of an
 * exit.
 *
 * <p>For PL/Java alone.
 */
final class ServerExit extends Thread {
  private static final int AS_AFTER_A_FATAL_ERROR = 1;
  private static boolean guarded;

  private final Thread backend = Thread.currentThread();

  private ServerExit() {
    super(null, null, "rowseal exit", 0, false);
  }

  /** From the backend's own thread, before anything can run SQL; once is enough. */
  @SuppressWarnings("removal")
  static void guard() {
    if (!guarded) {
      guarded = true;
      AccessController.doPrivileged(new Guard());
    }
  }

  @Override
  public void run() {
    StackTraceElement[] calls = backend.getStackTrace();
    if (calls.length > 0 && !calls[calls.length - 1].getClassName().equals("java.lang.Shutdown")) {
      try {
        ForeignFunctions process = ForeignFunctions.open();
        process.call(process.find("_exit"), AS_AFTER_A_FATAL_ERROR, 0, 0);
      } catch (Throwable e) {
        // Then it ends as it would without this.
      }
    }
  }

  /** Privileged, for a thread keeps the rights of whoever called what made it. */
  private static final class Guard implements PrivilegedAction<Void> {
    @Override
    public Void run() {
      Runtime.getRuntime().addShutdownHook(new ServerExit());
      return null;
    }
  }
}
