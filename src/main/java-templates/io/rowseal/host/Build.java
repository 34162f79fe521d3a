package io.rowseal.host;

/** What this jar was built from; the build fills it in. */
final class Build {
  static final String VERSION = "${project.version}";
  static final String BOUNCY_CASTLE = "${bouncycastle.version}";

  private Build() {}
}
