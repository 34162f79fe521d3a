# shellcheck shell=bash
# The build of target/extension.

need_maven() { command -v mvn >/dev/null || need_package "Maven, to build" maven; }

need_build() {
  # The build may run on another Java than the server.
  local SERVER_JAVA='' JAVA_MAJOR TRIM
  if [ -f "$BUILT/rowseal.control" ] && { [ -z "$BUILD" ] || is_newest "$BUILT/rowseal.control"; }; then
    say "Built already: target/extension"
    return
  fi
  need_java jdk
  need_maven
  say "Building target/extension"
  (cd "$HERE" && mvn -q -B -ntp package -DskipTests) || fail "the build failed, see above"
}

is_newest() { # file: than all that the build reads
  [ -z "$(find "$HERE/pom.xml" "$HERE/src/main" "$HERE/sql" -newer "$1" -print -quit)" ]
}
