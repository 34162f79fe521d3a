package io.rowseal.install;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Bash in the project's directory, with nothing in the environment but a path. */
final class Bash {

  /** What a script printed, without the newline at the end, and how it ended. */
  record Result(int status, String output, String errors) {

    String succeeded() {
      assertEquals(0, status, this::toString);
      return output;
    }

    String failed() {
      assertEquals(1, status, this::toString);
      return errors;
    }
  }

  private Bash() {}

  /**
   * Sources {@code install.sh}, which only defines, and runs the script; {@code $1} is the first
   * argument.
   */
  static Result withParts(String script, Object... arguments) {
    return run("source ./install.sh\n" + script, arguments);
  }

  static Result run(String script, Object... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, "test"));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    try {
      Path errors = Files.createTempFile("bash", ".err");
      try {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        String path = builder.environment().get("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
          process.destroyForcibly();
          throw new IllegalStateException("does not end: " + script);
        }
        return new Result(
            process.exitValue(), output.stripTrailing(), Files.readString(errors).stripTrailing());
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
