package io.rowseal.operations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rowseal.testing.server.Host;
import io.rowseal.testing.server.TestDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What keeps the bridge from starting Java is said, with what to do. */
class BridgeIT {
  private static final String LIBJVM =
      "(SELECT substring(pg_read_file(rowseal_internal.bridge_home() || '/jvm.options') FROM '(?n)^libjvm=(\\S+)'))";

  private TestDatabase database;

  @BeforeEach
  void open() throws SQLException {
    assumeTrue(Host.present().contains(Host.BRIDGE), "the start of Java on the bridge");
    database = TestDatabase.create(Host.BRIDGE);
  }

  @AfterEach
  void close() throws SQLException {
    if (database != null) {
      database.close();
    }
  }

  /** SQLSTATE and message where Java is started by hand. */
  private String started(String libjvm, String options) throws SQLException {
    database.run(
        """
        CREATE OR REPLACE FUNCTION started(home text, libjvm text, options text[]) RETURNS text LANGUAGE plpython3u AS $$
        bridge = {}
        exec(open(home + "/rowseal_bridge.py").read(), bridge)
        try:
            bridge["start_java"](libjvm, options)
        except plpy.Error as error:
            return error.sqlstate + " " + str(error)
        $$""");
    return database.value(
        "SELECT started(rowseal_internal.bridge_home(), %s, %s)".formatted(libjvm, options));
  }

  @Test
  void aJavaThatIsGoneIsNamed() throws SQLException {
    assertEquals(
        "RS012 the Java of the bridge is gone: there is no file /gone/libjvm.so",
        started("'/gone/libjvm.so'", "'{}'"));
    assertEquals(
        "RS012 the Java of the bridge is gone: there is no file named by libjvm= in jvm.options",
        started("NULL", "'{}'"));
  }

  @Test
  void anotherJavaInTheConnectionIsNamed() throws SQLException {
    database.value("SELECT rowseal.version()");
    assertEquals(
        "RS012 this connection runs Java already, for another extension", started(LIBJVM, "'{}'"));
  }

  @Test
  void anOptionThatJavaRefusesIsNamedByItsFile() throws SQLException {
    String message = started(LIBJVM, "'{-Xnonsense}'");
    assertTrue(message.startsWith("RS012 Java does not start (JNI status -"), message);
  }
}
