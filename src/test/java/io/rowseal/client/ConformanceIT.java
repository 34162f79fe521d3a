package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.clients.ForeignClient;
import io.rowseal.testing.clients.ForeignClient.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients in other languages make the vectors' messages and owner ids, and verify as strictly. */
class ConformanceIT {
  private static Outcome check(List<String> client) throws Exception {
    ForeignClient.assumeCommand("python3");
    List<String> command = new ArrayList<>(List.of("python3", "src/clients/conformance/check.py"));
    command.addAll(client);
    return ForeignClient.attempt(Path.of("."), "", command);
  }

  @ParameterizedTest
  @EnumSource
  void aClientAgreesWithTheVectors(ForeignClient client) throws Exception {
    client.install();
    Outcome outcome = check(client.conformance());
    assertEquals(0, outcome.status(), outcome.output());
    assertTrue(outcome.output().contains("messages: 218 right, 0 wrong\n"), outcome.output());
  }

  /** The check itself: who says yes to everything does not pass. */
  @Test
  void aClientThatIsNotStrictFails() throws Exception {
    String yes =
        "import sys\nfor line in sys.stdin: print('{\"valid\": true}' if '\"verify\"' in line else '{\"message\": \"00\"}', flush=True)";
    Outcome outcome = check(List.of("python3", "-c", yes));
    assertEquals(1, outcome.status(), outcome.output());
    assertTrue(outcome.output().contains("FAILED forgeries"), outcome.output());
  }
}
