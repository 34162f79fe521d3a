package io.rowseal.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rowseal.testing.clients.ForeignClient;
import io.rowseal.testing.clients.ForeignClient.Outcome;
import io.rowseal.testing.clients.PeerProgram;
import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.OnEachHost;
import io.rowseal.testing.server.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** The notes app in {@code demo/notes}, as people use it: in a browser, on a protected database. */
@OnEachHost
class NotesIT {
  private static final Path HERE = Path.of(".");
  private static final Path APP = Path.of("demo/notes");

  @Parameter Host host;

  /** What {@code install.sh notes} does before it starts. */
  private static void install() throws Exception {
    ForeignClient.assumeCommand("node");
    ForeignClient.assumeCommand("npm");
    Outcome outcome =
        ForeignClient.attempt(HERE, "", List.of("bash", "-c", ". ./install.sh && need_notes"));
    Assumptions.assumeTrue(
        outcome.status() == 0,
        "the notes app, whose dependencies npm did not get: " + outcome.output().strip());
  }

  /** The app's server; it ends when its input does. */
  private static Process serve(TestDatabase database) throws IOException {
    ProcessBuilder server =
        new ProcessBuilder("node", "server.mjs")
            .directory(APP.toFile())
            .redirectError(Path.of("target/notes-server.log").toFile());
    server.environment().put("DATABASE_URL", PeerProgram.address(database));
    server.environment().remove("ELECTRIC_URL");
    return server.start();
  }

  @Test
  void peopleWriteApartAndComeTogetherAndWhatIsForgedIsRefused() throws Exception {
    install();
    ForeignClient.assumeCommand("chromium");
    try (TestDatabase database = TestDatabase.create(host)) {
      database.run(Files.readString(APP.resolve("notes.sql")));
      Process server = serve(database);
      try (BufferedReader output = server.inputReader()) {
        Outcome browser =
            ForeignClient.attempt(APP, "", List.of("node", "test/browser.mjs", output.readLine()));
        assertEquals(0, browser.status(), browser.output());
      } finally {
        server.getOutputStream().close();
        server.waitFor();
      }
      assertEquals(
          "Buy oat milk, Found a moth in the relay",
          database.value("SELECT string_agg(body, ', ' ORDER BY body) FROM notes"));
      assertEquals(
          "Buy milk, Buy milk and bread, Buy oat milk, deleted",
          database.value(
              "SELECT string_agg(coalesce(body, 'deleted'), ', ' ORDER BY owner_timestamp)"
                  + " FROM (SELECT body, owner_timestamp FROM notes_versions) AS v"));
      assertEquals(
          "fork", database.value("SELECT string_agg(code, ', ') FROM rowseal.verify('notes')"));
    }
  }
}
