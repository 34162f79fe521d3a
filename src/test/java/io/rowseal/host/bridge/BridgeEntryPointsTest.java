package io.rowseal.host.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.error.Refusal;
import io.rowseal.host.EntryPoints;
import io.rowseal.host.bridge.BridgeEntryPoints.Calls;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values cross to Java and back by name, whatever they are. */
class BridgeEntryPointsTest {
  private static final String BEYOND_THE_BASIC_PLANE = "a\u00e4\ud83e\uddad";

  /** Has each kind of argument and answer that SQL has. */
  @SuppressWarnings("unused")
  public static final class Target {
    public byte[] bytes(byte[] given) {
      return given;
    }

    public String text(String given) {
      return given;
    }

    public String[] texts(String[] given) {
      return given;
    }

    public long number(long given) {
      return given;
    }

    public boolean truth(boolean given) {
      return given;
    }

    public String fails(String how) {
      throw how.equals("refused")
          ? Refusal.MALFORMED.because("no\u00efve")
          : new IllegalStateException(how);
    }

    public String noMemory() {
      throw new OutOfMemoryError();
    }
  }

  private final Calls calls = new Calls(new Target());

  private static byte[] framed(Object... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Object value : values) {
      byte[] bytes;
      if (value instanceof String text) {
        bytes = text.getBytes(UTF_8);
      } else if (value instanceof Long number) {
        bytes = ByteBuffer.allocate(8).putLong(number).array();
      } else if (value instanceof Boolean truth) {
        bytes = new byte[] {(byte) (truth ? 1 : 0)};
      } else if (value instanceof List<?> list) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(list.size()).array());
        bytes = framed(list.toArray());
        out.writeBytes(bytes);
        continue;
      } else {
        bytes = (byte[]) value;
      }
      out.writeBytes(ByteBuffer.allocate(4).putInt(bytes == null ? -1 : bytes.length).array());
      out.writeBytes(bytes == null ? new byte[0] : bytes);
    }
    return out.toByteArray();
  }

  private String answer(Object... request) {
    byte[] answer = calls.answer(ByteBuffer.wrap(framed(request)));
    return (char) answer[0] + HexFormat.of().formatHex(answer, 1, answer.length);
  }

  private static String hex(Object... values) {
    return HexFormat.of().formatHex(framed(values));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(UTF_8));
  }

  @Test
  void valuesComeBackAsTheyWere() {
    assertEquals("B00ff", answer("bytes", new byte[] {0, -1}));
    assertEquals("B", answer("bytes", new byte[0]));
    assertEquals("N", answer("bytes", (byte[]) null));
    assertEquals("S" + hex(BEYOND_THE_BASIC_PLANE), answer("text", BEYOND_THE_BASIC_PLANE));
    assertEquals("N", answer("text", (byte[]) null));
    assertEquals("L8000000000000000", answer("number", Long.MIN_VALUE));
    assertEquals("Z01", answer("truth", true));
    assertEquals("Z00", answer("truth", false));
  }

  @Test
  void arraysHaveNullsAndEmptyTexts() {
    List<Object> texts = Arrays.asList("one", null, "", BEYOND_THE_BASIC_PLANE);
    assertEquals("A" + hex(texts.toArray()), answer("texts", texts));
    assertEquals("A", answer("texts", List.of()));
    assertEquals("N", answer("texts", (byte[]) null));
  }

  @Test
  void failuresHaveTheirCode() {
    assertEquals("E" + hex("RS006malformed: no\u00efve"), answer("fails", "refused"));
    assertEquals(
        "E" + hex("XX000internal error: java.lang.IllegalStateException: x"), answer("fails", "x"));
    assertTrue(answer("noMemory").startsWith("E" + hex("53200the Java heap is too small")));
  }

  @Test
  void aRequestThatIsNoneFailsAndDoesNothingElse() {
    for (Object[] request :
        new Object[][] {{"unknown"}, {"number", "text"}, {"truth", 1L}, {"bytes"}, {}}) {
      assertTrue(answer(request).startsWith("E" + hex("XX000")), Arrays.toString(request));
    }
  }

  static Stream<Method> entryPoints() {
    return Stream.of(EntryPoints.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()));
  }

  /** What the bridge does not know how to hand over would fail in the field only. */
  @ParameterizedTest
  @MethodSource("entryPoints")
  void theTypesOfAllEntryPointsAreKnown(Method method) {
    for (Class<?> type : method.getParameterTypes()) {
      Frame.value(ByteBuffer.wrap(framed(new byte[type == long.class ? 8 : 1], "")), type);
    }
    Class<?> answer = method.getReturnType();
    assertTrue(
        List.of(byte[].class, String.class, String[].class, long.class, boolean.class)
            .contains(answer),
        method::toString);
    assertEquals(
        1,
        entryPoints().filter(other -> other.getName().equals(method.getName())).count(),
        "the bridge finds methods by name");
  }
}
