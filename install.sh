#!/usr/bin/env bash
# Installs Rowseal into a PostgreSQL server; see usage() or --help. The parts are in src/install, by subject.
set -Eeuo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILT=$HERE/target/extension
[ ! -d "$HERE/extension" ] || BUILT=$HERE/extension # in a built archive

# shellcheck source-path=SCRIPTDIR
. "$HERE/src/install/say.sh"
. "$HERE/src/install/users.sh"
. "$HERE/src/install/packages.sh"
. "$HERE/src/install/java.sh"
. "$HERE/src/install/build.sh"
. "$HERE/src/install/postgres.sh"
. "$HERE/src/install/hosts.sh"
. "$HERE/src/install/files.sh"
. "$HERE/src/install/jvm-options.sh"
. "$HERE/src/install/class-archive.sh"
. "$HERE/src/install/server.sh"
. "$HERE/src/install/scratch.sh"
. "$HERE/src/install/elsewhere.sh"
. "$HERE/src/install/commands.sh"

usage() {
  cat <<'EOF'
Usage: ./install.sh [COMMAND] [OPTION]...

Commands:
  (none)      install into a server; with --dbname also CREATE EXTENSION, or ALTER EXTENSION ... UPDATE
  uninstall   take it out again; with --dbname also DROP EXTENSION there
  demo        show it on a scratch server
  notes       run a notes app, to be opened in browsers, on a scratch server until end of input
  test        run all tests, on every host that this machine has
  bench       measure against what the signatures alone would take; writes docs/benchmarks
  scratch     run a scratch server with the extension until end of input
  files       only copy the files (for packages and images)
  settings    only print what PL/Java needs in postgresql.conf

The server is named as for psql:
  -d, --dbname=NAME      database in which to create the extension
  -h, --host=HOST  -p, --port=PORT  -U, --username=NAME
                         (also PGHOST, PGPORT, PGUSER, PGPASSWORD, ...)
  --pg-config=PATH       the installation, where there are several
  --language=HOST        pljava or bridge; by default PL/Java where it is installed or can be, else the bridge
  --no-build             take target/extension as it is
  --log=FILE             scratch: where the server's log goes
  --only=NAME,...        test: some classes, as ExtensionIT,OrderingTest; bench: some rows of the table, as 1,3
  --in=SUITE             test, demo: in another Debian, as trixie, which is set up in a folder of its own (root)
  --quick                bench: in about two minutes, on fewer rows; writes target/benchmarks
  --profile              bench: show instead where PL/Java's time goes during bulk loads
  --help

PostgreSQL 15 to 18. As root it installs missing Debian packages, else it says which are missing.
Every step says what it does; a second run changes nothing.
EOF
}

COMMAND=install DBNAME='' ROWSEAL_HOST='' PG_CONFIG=${PG_CONFIG:-} LOG='' BUILD=yes BENCH='' ONLY='' IN=''

parse_arguments() {
  while [ $# -gt 0 ]; do
    case "$1" in
      install | uninstall | demo | notes | test | bench | scratch | files | settings) COMMAND=$1 ;;
      --help | '-?') usage && exit 0 ;;
      --no-build) BUILD='' ;;
      --quick | --tiny | --profile) BENCH+=" $1" ;;
      --*=*) option "${1%%=*}" "${1#*=}" ;;
      -*)
        option "${@:1:2}"
        shift ;;
      *) fail "unknown command: $1" "see ./install.sh --help" ;;
    esac
    shift
  done
}

option() { # name [value]
  case "$1" in
    -d | --dbname) DBNAME=${2-} ;;
    -h | --host) export PGHOST=${2-} ;;
    -p | --port) export PGPORT=${2-} ;;
    -U | --username) export PGUSER=${2-} ;;
    --pg-config) PG_CONFIG=${2-} ;;
    --language) ROWSEAL_HOST=${2-} ;;
    --log) LOG=${2-} ;;
    --only)
      BENCH+=" $1=${2-}"
      ONLY=${2-} ;;
    --in) IN=${2-} ;;
    *) fail "unknown option: $1" "see ./install.sh --help" ;;
  esac
  [ $# -ge 2 ] || fail "option without its value: $1" "see ./install.sh --help"
  case "$ROWSEAL_HOST" in
    '' | pljava | bridge) ;;
    *) fail "unknown language: $ROWSEAL_HOST" "--language pljava, or --language bridge" ;;
  esac
}

main() {
  speak_before_the_end
  parse_arguments "$@"
  if [ -n "$IN" ]; then run_elsewhere "$IN"; else "run_$COMMAND"; fi
}

# Sourced, as tests do, it only defines.
if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
