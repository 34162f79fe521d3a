# shellcheck shell=bash
# The build of target/extension.

need_sources() { [ -f "$HERE/pom.xml" ] || fail "a built archive has no tests" "take the sources"; }
need_maven() { command -v mvn >/dev/null || need_package "Maven, to build" maven; }

# Maven colours even what is no terminal's.
maven() { (cd "$HERE" && mvn -B "$@" 2>&1 | sed -u 's/\x1b\[[0-9;]*m//g'); } # argument...

need_build() {
  # The build may run on another Java than the server.
  local SERVER_JAVA='' JAVA_MAJOR TRIM log=$HERE/target/build.log progress
  if is_built; then
    say "Built already: ${BUILT#"$HERE/"}"
    return
  fi
  need_java jdk
  need_maven
  say "Building target/extension"
  mkdir -p "$HERE/target"
  show_progress "$log" &
  progress=$!
  maven package -DskipTests >"$log" || fail "the build failed:
$(grep -E '^\[ERROR\]|^\[FATAL\]' "$log" | head -n 10)" "the whole log is $log. Without access to Maven's repository, take a built archive"
  kill "$progress" 2>/dev/null || true
}

# A first build fetches some hundred files from Maven's repository, for minutes.
show_progress() { # log: until it is stopped, or the program ends
  local start=$SECONDS
  while sleep 10 && kill -0 $$ 2>/dev/null; do
    say "  $((SECONDS - start)) s: $(grep -c '^\[INFO\] Downloaded from' "$1") files fetched; $(progress "$1")"
  done
}

progress() { # log: the step at which Maven is
  sed -n 's/^\[INFO\] --- \([a-z-]*\)[:-].*/at \1/p' "$1" | tail -n 1 | grep . || say "at its beginning"
}

is_built() { # an archive always is
  [ -f "$BUILT/rowseal.control" ] && { [ -z "$BUILD" ] || [ ! -f "$HERE/pom.xml" ] || is_newest "$BUILT/rowseal.control"; }
}

is_newest() { # file: than all that the build reads
  [ -z "$(find "$HERE/pom.xml" "$HERE/src/main" "$HERE/sql" -newer "$1" -print -quit)" ]
}
