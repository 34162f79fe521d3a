package io.rowseal.host.bridge;

import io.rowseal.host.EntryPoints;
import io.rowseal.host.Failure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The one static method that the bridge calls. It finds the method of {@link EntryPoints} by the
 * name in the request, so a new one needs nothing here.
 */
public final class BridgeEntryPoints {
  private static final Calls CALLS = new Calls(new EntryPoints(System.getProperty("rowseal.host")));

  private BridgeEntryPoints() {}

  /** Answers a request; both are as {@link Frame} has them. Throws nothing. */
  public static byte[] call(ByteBuffer request) {
    return CALLS.answer(request);
  }

  /** The public methods of an object, by name. */
  static final class Calls {
    private final Object target;
    private final Map<String, Method> methods = new HashMap<>();

    Calls(Object target) {
      this.target = target;
      for (Method method : target.getClass().getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers())) {
          methods.put(method.getName(), method);
        }
      }
    }

    byte[] answer(ByteBuffer request) {
      try {
        Method method = methods.get(Frame.text(request));
        Class<?>[] types = method.getParameterTypes();
        Object[] arguments = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
          arguments[i] = Frame.value(request, types[i]);
        }
        return Frame.answer(method.invoke(target, arguments));
      } catch (InvocationTargetException e) {
        return Frame.failure(Failure.of(e.getCause()));
      } catch (ReflectiveOperationException | RuntimeException | Error e) {
        return Frame.failure(Failure.of(e));
      }
    }
  }
}
