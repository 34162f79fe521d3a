package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rowseal.testing.clients.ForeignClient;
import io.rowseal.testing.clients.ForeignClient.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client for JavaScript by itself: its own tests, in Node and in a browser, and its types. */
class JavaScriptClientIT {
  private static final Path CLIENT = ForeignClient.JAVASCRIPT.directory();

  @BeforeEach
  void install() throws Exception {
    ForeignClient.JAVASCRIPT.install();
  }

  private static String run(String... command) throws Exception {
    Outcome outcome = ForeignClient.attempt(CLIENT, "", List.of(command));
    assertEquals(0, outcome.status(), outcome.output());
    return outcome.output();
  }

  @Test
  void itsTestsPassInNode() throws Exception {
    assertTrue(run("npm", "test").contains("# fail 0"));
  }

  @Test
  void itsTestsPassInABrowser() throws Exception {
    ForeignClient.assumeCommand("chromium");
    assertTrue(run("node", "test/browser.mjs").contains(" passed, 0 failed"));
  }

  @Test
  void itsTypesFit() throws Exception {
    run("npm", "run", "types");
  }

  /** As an application installs it, from the source tree. */
  @Test
  void anApplicationInstallsItFromTheTree() throws Exception {
    Path application = Files.createDirectories(Path.of("target/clients/application"));
    Files.writeString(
        application.resolve("package.json"), "{\"private\": true, \"type\": \"module\"}");
    ForeignClient.run(
        application,
        "",
        "npm",
        "install",
        "--install-links",
        "--no-audit",
        "--no-fund",
        Path.of("src/clients/javascript").toAbsolutePath().toString());
    assertEquals(
        "32",
        ForeignClient.run(
                application,
                "",
                "node",
                "--input-type=module",
                "-e",
                "import { SigningKey } from 'rowseal'; console.log(SigningKey.generate('Ed25519').publicKey.length)")
            .strip());
  }
}
