package io.rowseal.testing.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** The two ways in which Java runs in a server. */
public enum Host {
  PLJAVA("PL/Java", ""),
  BRIDGE("bridge", "-bridge");

  private final String label;
  private final String variant;

  Host(String label, String variant) {
    this.label = label;
    this.variant = variant;
  }

  public String label() {
    return label;
  }

  public String extensionVersion() {
    return Built.version() + variant;
  }

  /** The hosts on which tests run: those of the shared server. A host that is present must work. */
  public static Set<Host> present() {
    return Server.shared().hosts();
  }

  private static final class Built {
    /** As the build wrote it from the one place where it stands. */
    static String version() {
      try {
        return Files.readString(Path.of("target/extension/rowseal.control"))
            .replaceFirst("(?s).*default_version = '([^']*)'.*", "$1");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public String toString() {
    return label;
  }
}
