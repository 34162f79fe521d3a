# shellcheck shell=bash
# The commands of install.sh: a function for each, run_COMMAND.

run_install() {
  need_server
  say "Server: PostgreSQL $VERSION, files in $SHAREDIR"
  keep_host
  choose_language
  need_writable "$SHAREDIR"
  take_server_java
  need_host "$ROWSEAL_HOST"
  say "Trying whether Java $JAVA_MAJOR starts on $(host_name "$ROWSEAL_HOST")"
  (start_scratch "$ROWSEAL_HOST")
  need_build
  install_files "$SHAREDIR" "$DEFAULT_HOST"
  if [ "$ROWSEAL_HOST" = pljava ]; then
    make_archive "$(file_setting pljava.vmoptions)" "$SHAREDIR" "$BINDIR/postgres"
    configure_server "$(pljava_vmoptions "$(file_setting pljava.vmoptions)" "$SHAREDIR")"
  fi
  if [ -n "$DBNAME" ]; then create_extension; else say "Installed. In a database: CREATE EXTENSION rowseal CASCADE;"; fi
}

run_files() {
  need_postgres
  need_writable "$SHAREDIR"
  need_java jre
  choose_language
  need_build
  install_files "$SHAREDIR" "$DEFAULT_HOST"
  if [ "$ROWSEAL_HOST" = pljava ] && has_pljava; then make_archive '' "$SHAREDIR" "$BINDIR/postgres"; fi
}

run_settings() {
  need_postgres
  need_java jre
  pljava_settings "$SHAREDIR"
}

run_uninstall() {
  local used='' setting others
  need_server
  if [ -n "$DBNAME" ]; then
    if [ "$(query "$DBNAME" "SELECT to_regclass('rowseal.protected') IS NOT NULL")" = t ]; then
      used=$(query "$DBNAME" 'SELECT "table" FROM rowseal.protected')
      [ -z "$used" ] || fail "database $DBNAME has protected tables:
$used" "SELECT rowseal.unprotect(table) for each; this ends their protection"
    fi
    say "Database $DBNAME: DROP EXTENSION rowseal"
    query "$DBNAME" "DROP EXTENSION IF EXISTS rowseal, rowseal_pljava, rowseal_bridge" || fail "DROP EXTENSION failed, see above"
  fi
  used=$(databases_with_extension)
  if [ -n "$used" ]; then
    say "Files and settings stay, these databases use the extension:$used (./install.sh uninstall --dbname=... for each)"
    return
  fi
  setting=$(file_setting pljava.vmoptions)
  case "$setting" in
    *"/rowseal/rowseal.jar"*)
      ROWSEAL_HOST=pljava
      take_server_java
      need_java jre
      configure_server "$(vmoptions_after_uninstall "$setting")"
      say "Setting pljava.libjvm_location: kept, PL/Java itself needs it" ;;
  esac
  others=$(other_clusters)
  if [ -n "$others" ]; then
    say "Files in $SHAREDIR stay, since they serve other servers of this installation too:"
    say "$others"
    say "  ./install.sh uninstall for each of them; the last one takes the files away. One that is stopped has to be started for that, or dropped"
    return
  fi
  say "Removing files in $SHAREDIR"
  rm -rf "$SHAREDIR/rowseal" "$SHAREDIR"/extension/rowseal.control "$SHAREDIR"/extension/rowseal--* \
    "$SHAREDIR"/extension/rowseal_{pljava,bridge}{.control,--*} ||
    fail "cannot remove them" "run this as root, or as the owner of that directory"
}

prepare_scratch() {
  need_postgres
  need_any_host
  start_scratch
  need_build
  fill_scratch
}

run_scratch() {
  prepare_scratch >&2
  say "hosts $HOSTS"
  say "server postgresql://postgres:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
  # For tests of a crash, and of pg_upgrade: lines of input. Each is answered when it is done.
  local line
  while read -r line; do
    case "$line" in
      kill) kill_scratch && say killed ;;
      upgrade) if upgrade_scratch; then say upgraded; else say 'not upgraded'; fi ;;
      start) if launch_scratch "$PGPORT"; then say started; else say 'not started'; fi ;;
    esac
  done
}

run_demo() {
  local host
  prepare_scratch
  say "Scratch server: PostgreSQL $VERSION on port $PGPORT"
  for host in $HOSTS; do
    query_scratch postgres -c "CREATE DATABASE demo_$host"
    query_scratch "demo_$host" -c "CREATE EXTENSION rowseal VERSION '$(extension_version "$host")' CASCADE"
    PGDATABASE=demo_$host "$HERE/demo/demo.sh" "$BINDIR/psql"
    say "Shown on Rowseal $(query_scratch "demo_$host" -c "SELECT rowseal.version()"), PostgreSQL $VERSION"
  done
}

run_notes() {
  need_notes
  prepare_scratch
  query_scratch postgres -c "CREATE DATABASE notes"
  query_scratch notes -c "CREATE EXTENSION rowseal CASCADE" -f "$HERE/demo/notes/notes.sql" >/dev/null
  say "Open this in two browsers; it runs until Ctrl-C, or end of input:"
  DATABASE_URL=postgresql://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/notes node "$HERE/demo/notes/server.mjs"
}

# What the notes app needs of npm's, and the client as it is here.
need_notes() {
  local app=$HERE/demo/notes client=$HERE/src/clients/javascript
  local installed=$app/node_modules/.package-lock.json
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then need_package "Node and npm, for the notes app" npm; fi
  if [ -f "$installed" ] && [ -z "$(find "$app/package-lock.json" "$client/package.json" "$client/src" -newer "$installed" -print -quit)" ]; then return; fi
  say "Fetching what the notes app needs"
  (cd "$app" && npm ci --no-audit --no-fund --loglevel=error >/dev/null) || fail "npm ci failed in ${app#"$HERE/"}, see above" "it needs npm's registry, or one that ~/.npmrc names"
}

run_test() {
  local result=0 some=()
  need_sources
  need_postgres
  need_any_host
  need_java jdk
  need_maven
  rm -f "$HERE"/target/coverage.txt "$HERE"/target/scratch-*.log
  [ -z "$ONLY" ] || mapfile -t some < <(only_tests "$ONLY")
  PG_CONFIG=$PG_CONFIG maven -ntp verify -Plint -Drowseal.server=local "${some[@]}" || result=$?
  say ''
  [ "$result" = 0 ] || say "Tests FAILED."
  cat "$HERE/target/coverage.txt" 2>/dev/null || say "No database test ran."
  cat "$HERE"/target/scratch-*.log 2>/dev/null | grep '^Left out: ' | sort -u || true
  exit "$result"
}

# Maven's options for some tests, a line each. Those with a database run after the packaging, the rest before it.
only_tests() { # names, separated by commas, also as Class#method
  local name unit='' database=''
  for name in ${1//,/ }; do
    if [[ ${name%%#*} == *IT ]]; then database+=,$name; else unit+=,$name; fi
  done
  unit=${unit:-,None} database=${database:-,None}
  say "-Dtest=${unit#,}"
  say "-Dit.test=${database#,}"
  printf '%s\n' -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
}

# Peers that cannot be had are named as not run.
need_peers() {
  [ -d /usr/lib/python3/dist-packages/cryptography ] || (need_package "the peer in Python" python3-cryptography) || true
  command -v npm >/dev/null || (need_package "the peer in JavaScript" npm) || true
}

run_bench() {
  need_sources
  need_postgres
  need_any_host
  need_build
  need_java jdk
  need_maven
  need_peers
  [ -z "$ROWSEAL_HOST" ] || BENCH+=" --host=$ROWSEAL_HOST"
  PG_CONFIG=$PG_CONFIG maven -q -ntp test-compile exec:exec -Dbench.arguments="$BENCH" || fail "the benchmarks failed, see above"
}
