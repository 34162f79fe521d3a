package io.rowseal.host;

import javax.management.MBeanRegistrationException;
import javax.management.MBeanServerBuilder;
import javax.management.MBeanServerDelegate;

/**
 * Puts off JMX until somebody asks for it. PL/Java asks in every backend, to publish a statistic
 * that hardly anybody reads, and does without where it is refused; starting JMX costs it as much as
 * everything else that it does. So the first request is refused, and each later one is served.
 *
 * <p>The JVM finds this class by {@code -Djavax.management.builder.initial}.
 */
public final class LazyManagement extends MBeanServerBuilder {
  private static boolean asked;

  @Override
  public synchronized MBeanServerDelegate newMBeanServerDelegate() {
    if (!asked) {
      asked = true;
      ServerExit.guard();
      LazyManagement.<RuntimeException>refuse(new MBeanRegistrationException(null, "put off"));
    }
    return super.newMBeanServerDelegate();
  }

  /** PL/Java expects a checked exception, which callers between here and there do not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Exception> void refuse(Exception exception) throws E {
    throw (E) exception;
  }
}
