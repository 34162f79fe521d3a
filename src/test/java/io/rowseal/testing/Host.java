package io.rowseal.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The two ways in which Java runs in a server. */
public enum Host {
  PLJAVA("PL/Java", "0.1.0", "pljava"),
  BRIDGE("bridge", "0.1.0-bridge", "plpython3u");

  private final String label;
  private final String extensionVersion;
  private final String requiredExtension;

  Host(String label, String extensionVersion, String requiredExtension) {
    this.label = label;
    this.extensionVersion = extensionVersion;
    this.requiredExtension = requiredExtension;
  }

  public String label() {
    return label;
  }

  public String extensionVersion() {
    return extensionVersion;
  }

  /**
   * Whether this machine's PostgreSQL has what the host needs. A host that is present must work.
   */
  public boolean isPresent() {
    if (Server.inContainer()) {
      return this == PLJAVA;
    }
    return Files.exists(
        Path.of(Server.config("--sharedir"), "extension", requiredExtension + ".control"));
  }

  /** The hosts on which tests run. */
  public static List<Host> present() {
    return Arrays.stream(values()).filter(Host::isPresent).toList();
  }
}
