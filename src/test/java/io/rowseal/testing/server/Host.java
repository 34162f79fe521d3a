package io.rowseal.testing.server;

import java.util.Set;

/** The two ways in which Java runs in a server. */
public enum Host {
  PLJAVA("PL/Java", "0.1.0"),
  BRIDGE("bridge", "0.1.0-bridge");

  private final String label;
  private final String extensionVersion;

  Host(String label, String extensionVersion) {
    this.label = label;
    this.extensionVersion = extensionVersion;
  }

  public String label() {
    return label;
  }

  public String extensionVersion() {
    return extensionVersion;
  }

  /** The hosts on which tests run: those of the shared server. A host that is present must work. */
  public static Set<Host> present() {
    return Server.shared().hosts();
  }

  @Override
  public String toString() {
    return label;
  }
}
