package io.rowseal.host;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Calls C functions of this process. Java has an API for that since 22. In 21 it is a preview, in
 * 17 a module of another name; Rowseal is compiled for 17, so both are called by reflection.
 *
 * <p>Every function is called with three {@code long}s and answers one. What takes fewer or shorter
 * arguments, or answers nothing, does not look at the rest: on all 64-bit platforms the first three
 * travel in registers of their own. So one method handle is enough, and to make one is what costs
 * time.
 *
 * <p>For one thread.
 */
final class ForeignFunctions {
  private static final String STANDARD = "java.lang.foreign.";
  private static final String INCUBATOR = "jdk.incubator.foreign.";
  private static final int RTLD_NOW = 2;

  /** {@code (function, first, second, third) -> answer}. */
  private final MethodHandle call;

  private final ByteBuffer buffer;
  private final long bufferAddress;
  private final long findSymbol;
  private final long program;

  private ForeignFunctions(
      MethodHandle call, ByteBuffer buffer, long bufferAddress, long openLibrary, long findSymbol)
      throws Throwable {
    this.call = call;
    this.buffer = buffer;
    this.bufferAddress = bufferAddress;
    this.findSymbol = findSymbol;
    this.program = call(openLibrary, 0, RTLD_NOW, 0);
  }

  /**
   * The functions of this process.
   *
   * @throws Throwable whatever this Java has against it: the API is not there, or an option is
   *     missing
   */
  static ForeignFunctions open() throws Throwable {
    try {
      return standard(Class.forName(STANDARD + "Linker"));
    } catch (ClassNotFoundException before19) {
      return incubator(Class.forName(INCUBATOR + "CLinker"));
    }
  }

  /** Calls the function at an address. */
  long call(long function, long first, long second, long third) throws Throwable {
    return (long) call.invokeExact(function, first, second, third);
  }

  /** Where a function or variable of the program, or of a library that it uses, is; 0: nowhere. */
  long find(String name) throws Throwable {
    buffer.clear().put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) 0);
    return call(findSymbol, program, bufferAddress, 0);
  }

  /** The pointer that a variable holds. */
  long pointerIn(long variable) throws Throwable {
    call(find("memcpy"), bufferAddress, variable, Long.BYTES);
    return buffer.getLong(0);
  }

  private static ForeignFunctions standard(Class<?> linkers) throws Throwable {
    Class<?> segments = Class.forName(STANDARD + "MemorySegment");
    Class<?> options = Class.forName(STANDARD + "Linker$Option").arrayType();
    Class<?> descriptors = Class.forName(STANDARD + "FunctionDescriptor");
    Object linker = linkers.getMethod("nativeLinker").invoke(null);
    Object lookup = linkers.getMethod("defaultLookup").invoke(linker);
    Method find = Class.forName(STANDARD + "SymbolLookup").getMethod("find", String.class);
    Method address = segments.getMethod("address");
    Object longs = Class.forName(STANDARD + "ValueLayout").getField("JAVA_LONG").get(null);
    MethodHandle call =
        (MethodHandle)
            linkers
                .getMethod("downcallHandle", descriptors, options)
                .invoke(
                    linker,
                    descriptor(STANDARD, longs),
                    Array.newInstance(options.componentType(), 0));
    MethodHandle at =
        MethodHandles.publicLookup()
            .findStatic(segments, "ofAddress", MethodType.methodType(segments, long.class));
    ByteBuffer buffer = newBuffer();
    return new ForeignFunctions(
        MethodHandles.filterArguments(call, 0, at),
        buffer,
        (long) address.invoke(segments.getMethod("ofBuffer", Buffer.class).invoke(null, buffer)),
        (long) address.invoke(found(find.invoke(lookup, "dlopen"))),
        (long) address.invoke(found(find.invoke(lookup, "dlsym"))));
  }

  private static ForeignFunctions incubator(Class<?> linkers) throws Throwable {
    Class<?> addresses = Class.forName(INCUBATOR + "MemoryAddress");
    Class<?> segments = Class.forName(INCUBATOR + "MemorySegment");
    Class<?> descriptors = Class.forName(INCUBATOR + "FunctionDescriptor");
    Object linker = linkers.getMethod("getInstance").invoke(null);
    Object lookup = linkers.getMethod("systemLookup").invoke(null);
    Method find = Class.forName(INCUBATOR + "SymbolLookup").getMethod("lookup", String.class);
    Method address = addresses.getMethod("toRawLongValue");
    MethodType type = MethodType.methodType(long.class, long.class, long.class, long.class);
    MethodHandle call =
        (MethodHandle)
            linkers
                .getMethod("downcallHandle", MethodType.class, descriptors)
                .invoke(
                    linker, type, descriptor(INCUBATOR, linkers.getField("C_LONG_LONG").get(null)));
    MethodHandle at =
        MethodHandles.publicLookup()
            .findStatic(addresses, "ofLong", MethodType.methodType(addresses, long.class))
            .asType(
                call.type()
                    .dropParameterTypes(1, 4)
                    .changeReturnType(call.type().parameterType(0))
                    .changeParameterType(0, long.class));
    ByteBuffer buffer = newBuffer();
    Object segment = segments.getMethod("ofByteBuffer", ByteBuffer.class).invoke(null, buffer);
    return new ForeignFunctions(
        MethodHandles.filterArguments(call, 0, at),
        buffer,
        (long) address.invoke(segments.getMethod("address").invoke(segment)),
        (long) address.invoke(found(find.invoke(lookup, "dlopen"))),
        (long) address.invoke(found(find.invoke(lookup, "dlsym"))));
  }

  private static Object descriptor(String api, Object longs) throws ReflectiveOperationException {
    Class<?> layouts = Class.forName(api + "MemoryLayout");
    Object arguments = Array.newInstance(layouts, 3);
    for (int i = 0; i < 3; i++) {
      Array.set(arguments, i, longs);
    }
    return Class.forName(api + "FunctionDescriptor")
        .getMethod("of", layouts, layouts.arrayType())
        .invoke(null, longs, arguments);
  }

  private static ByteBuffer newBuffer() {
    return ByteBuffer.allocateDirect(64).order(ByteOrder.nativeOrder());
  }

  private static Object found(Object symbol) {
    return ((Optional<?>) symbol).orElseThrow();
  }
}
