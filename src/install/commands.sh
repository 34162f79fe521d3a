# shellcheck shell=bash
# The commands of install.sh: a function for each, run_COMMAND.

run_install() {
  need_server
  say "Server: PostgreSQL $VERSION, files in $SHAREDIR"
  keep_host
  choose_language
  if [ "$ROWSEAL_HOST" = pljava ]; then take_server_java; fi
  need_host "$ROWSEAL_HOST"
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
  local database used='' setting
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
  for database in $(maintenance "SELECT datname FROM pg_database WHERE datallowconn"); do
    [ -z "$(query "$database" "SELECT 1 FROM pg_extension WHERE extname = 'rowseal'")" ] || used+=" $database"
  done
  if [ -n "$used" ]; then
    say "Files and settings stay, these databases use the extension:$used (./install.sh uninstall --dbname=... for each)"
    return
  fi
  setting=$(file_setting pljava.vmoptions)
  case "$setting" in
    *"/rowseal/rowseal.jar"*)
      take_server_java
      need_java jre
      configure_server "$(vmoptions_after_uninstall "$setting")"
      say "Setting pljava.libjvm_location: kept, PL/Java itself needs it" ;;
  esac
  say "Removing files in $SHAREDIR"
  rm -rf "$SHAREDIR/rowseal" "$SHAREDIR"/extension/rowseal.control "$SHAREDIR"/extension/rowseal--* \
    "$SHAREDIR"/extension/rowseal_{pljava,bridge}{.control,--*} ||
    fail "cannot remove them" "run this as root, or as the owner of that directory"
}

prepare_scratch() {
  need_postgres
  need_any_host
  need_build
}

run_scratch() {
  prepare_scratch >&2
  start_scratch
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
  start_scratch
  say "Scratch server: PostgreSQL $VERSION on port $PGPORT"
  for host in $HOSTS; do
    query_scratch postgres -c "CREATE DATABASE demo_$host"
    query_scratch "demo_$host" -c "CREATE EXTENSION rowseal VERSION '$(extension_version "$host")' CASCADE"
    PGDATABASE=demo_$host "$HERE/demo/demo.sh" "$BINDIR/psql"
    say "Shown on Rowseal $(query_scratch "demo_$host" -c "SELECT rowseal.version()"), PostgreSQL $VERSION"
  done
}

run_test() {
  local result=0
  need_postgres
  need_any_host
  need_java jdk
  need_maven
  rm -f "$HERE"/target/coverage.txt "$HERE"/target/scratch-*.log
  (cd "$HERE" && PG_CONFIG=$PG_CONFIG mvn -B -ntp verify -Drowseal.server=local) || result=$?
  say ''
  [ "$result" = 0 ] || say "Tests FAILED."
  cat "$HERE/target/coverage.txt" 2>/dev/null || say "No database test ran."
  cat "$HERE"/target/scratch-*.log 2>/dev/null | grep '^Left out: ' | sort -u || true
  exit "$result"
}

# Peers that cannot be had are named as not run.
need_peers() {
  [ -d /usr/lib/python3/dist-packages/cryptography ] || (need_package "the peer in Python" python3-cryptography) || true
  command -v npm >/dev/null || (need_package "the peer in JavaScript" npm) || true
}

run_bench() {
  prepare_scratch
  need_java jdk
  need_maven
  need_peers
  [ -z "$ROWSEAL_HOST" ] || BENCH+=" --host=$ROWSEAL_HOST"
  (cd "$HERE" && PG_CONFIG=$PG_CONFIG mvn -q -B -ntp test-compile exec:exec -Dbench.arguments="$BENCH") || fail "the benchmarks failed, see above"
}
