# shellcheck shell=bash
# A named server: reached as psql reaches it, and set up.

psql_on() { # database argument...
  local database=$1 as=()
  shift
  # Debian's servers let root in as nobody; postgres is the superuser there.
  if is_root && [ -z "${PGUSER:-}" ] && [ -z "${PGPASSWORD:-}" ]; then as=(runuser -u postgres --); fi
  PGOPTIONS='-c client_min_messages=error' "${as[@]}" psql -XAtq -v ON_ERROR_STOP=1 -d "$database" "$@"
}
query() { psql_on "$1" -c "$2"; } # database statement
maintenance() { query "${DBNAME:-postgres}" "$1"; }

need_server() {
  local facts
  command -v psql >/dev/null || need_package psql postgresql-client
  cd / # postgres may not look into this directory
  facts=$(maintenance "SELECT current_setting('server_version_num')::int / 10000") ||
    fail "no answer from database ${DBNAME:-postgres} of the server at ${PGHOST:-the local socket}, port ${PGPORT:-5432}, see above" "start the server or create the database, or name another: --host, --port, --username, --dbname"
  if [ -z "$PG_CONFIG" ] && [ -x "/usr/lib/postgresql/$facts/bin/pg_config" ]; then
    PG_CONFIG=/usr/lib/postgresql/$facts/bin/pg_config
  fi
  need_postgres
  facts=$(maintenance "SELECT setting FROM pg_config WHERE name = 'SHAREDIR'") ||
    fail "the user is no superuser" "--username of one"
  [ "$facts" = "$SHAREDIR" ] ||
    fail "the server keeps its files in $facts, $PG_CONFIG speaks of $SHAREDIR" "--pg-config=PATH of the server's own pg_config"
}

# Other servers that use the files of this installation, a line for each: where its data are, and what is known of it. A superuser
# of this server need not be one there, so whatever does not say that it is without the extension counts.
other_clusters() {
  local own directory
  own=$(readlink -f "$(maintenance 'SHOW data_directory')")
  while read -r directory; do
    [ "$directory" = "$own" ] || uses_extension "$directory"
  done < <({ running_clusters && debian_clusters; } | sort -u)
}

# Each process of a server runs its program in its data directory.
running_clusters() {
  local process program own
  own=$(readlink -f "$BINDIR/postgres")
  for process in /proc/[0-9]*; do
    program=$(readlink "$process/exe")
    if [ "${program% (deleted)}" = "$own" ]; then readlink "$process/cwd"; fi
  done 2>/dev/null || true
}

# Stopped ones too; their list is Debian's own.
debian_clusters() {
  [ "$BINDIR" = "$(debian_bindir)" ] && command -v pg_lsclusters >/dev/null || return 0
  pg_lsclusters -h | awk -v major="$MAJOR" '$1 == major { print $6 }' | xargs -r -n 1 readlink -m
}

uses_extension() { # data directory: says so, with the port and the databases where it runs
  local lines used=''
  if ! { [ -r "$1/postmaster.pid" ] && mapfile -t lines <"$1/postmaster.pid" && [ "${#lines[@]}" -ge 5 ] && [ -d "/proc/${lines[0]}" ]; }; then
    say "  $1 (stopped)"
  elif ! used=$(PGHOST=${lines[4]:-localhost} PGPORT=${lines[3]} DBNAME='' databases_with_extension 2>/dev/null); then
    say "  $1, port ${lines[3]} (does not let us in)"
  elif [ -n "$used" ]; then
    say "  $1, port ${lines[3]}, databases:$used"
  fi
}

databases_with_extension() {
  local databases database found
  databases=$(maintenance 'SELECT datname FROM pg_database WHERE datallowconn') || return
  while IFS= read -r database; do
    found=$(query "$database" "SELECT 1 FROM pg_extension WHERE extname = 'rowseal'") || return
    [ -z "$found" ] || printf ' %s' "$database"
  done <<<"$databases"
}

# Options have to suit the Java that the host is set to, which may be another than the one on the path. One that is gone is replaced.
take_server_java() {
  local library where
  if [ "$ROWSEAL_HOST" = pljava ]; then
    where=pljava.libjvm_location library=$(file_setting pljava.libjvm_location)
  else
    where=$SHAREDIR/rowseal/jvm.options library=$(bridge_libjvm "$where")
  fi
  if [ ! -f "$library" ] || [ "$(readlink -f "$library")" = "$(readlink -f "$(libjvm)")" ]; then return; fi
  SERVER_JAVA=$(java_around "$library")
  [ -n "$SERVER_JAVA" ] ||
    fail "$where names $library, which is in no Java" "let it name a Java's lib/server/libjvm.so, beside which there is bin/java"
  say "Java: $SERVER_JAVA, as $where says"
}

file_setting() { # name: as the configuration files have it, loaded or not
  maintenance "SELECT setting FROM pg_file_settings WHERE name = '$1' ORDER BY seqno DESC LIMIT 1"
}

configure_server() { # vmoptions: '' resets
  local output before allowed_before allowed
  before=$(file_setting pljava.vmoptions)
  allowed_before=$(file_setting pljava.allow_unenforced)
  allowed=$(allowed_without_policy "$before" "$1" "$allowed_before")
  if [ "$before" = "$1" ] && [ "$allowed_before" = "$allowed" ]; then
    say "Setting pljava.vmoptions: unchanged"
  else
    say "Setting pljava.vmoptions = '$1'"
    if [ "$allowed_before" != "$allowed" ]; then
      say "Setting pljava.allow_unenforced = '$allowed'"
      [[ ",$allowed," != *,java,* ]] || say "  Java $JAVA_MAJOR has no security manager: PL/Java's policy is not enforced in this server, for any Java function"
    fi
    output=$(server_settings "$1" "$allowed" | psql_on "${DBNAME:-postgres}" -f - 2>&1) ||
      fail "could not set pljava.vmoptions: $output" "set it in postgresql.conf: ./install.sh settings"
  fi
  for _ in $(seq 50); do
    [ "$(maintenance "SELECT current_setting('pljava.vmoptions', true)")" != "$1" ] || return 0
    sleep 0.1
  done
  fail "the server does not take the setting" "look for pljava.vmoptions in its postgresql.conf, and in ALTER DATABASE and ALTER ROLE settings"
}

server_settings() { # vmoptions languages
  # ALTER SYSTEM knows PL/Java's settings once the library is loaded; that alone must not start Java or make anything.
  say "SET pljava.enable = off;"
  say "LOAD '$(pljava_library)';"
  if [ -z "$1" ]; then
    say "ALTER SYSTEM RESET pljava.vmoptions;"
  else
    say "ALTER SYSTEM SET pljava.vmoptions = $(quoted "$1");"
    [ -f "$(file_setting pljava.libjvm_location)" ] || say "ALTER SYSTEM SET pljava.libjvm_location = '$(libjvm)';"
  fi
  if [ -n "$2" ]; then
    say "ALTER SYSTEM SET pljava.allow_unenforced = $(quoted "$2");"
  else
    say "ALTER SYSTEM RESET pljava.allow_unenforced;"
  fi
  say "SELECT pg_reload_conf();"
}

# The languages that PL/Java may run without a policy: java among them where we need that, and no longer where only we needed it.
allowed_without_policy() { # vmoptions-before vmoptions languages-before
  if [ -n "$2" ] && without_policy; then
    with_java "$3"
  elif is_unenforced "$1"; then
    without_java "$3"
  else
    say "$3"
  fi
}

with_java() { # languages, separated by commas
  case ",${1// /}," in
    *,java,*) say "$1" ;;
    *) say "${1:+$1,}java" ;;
  esac
}
without_java() { # languages, separated by commas
  local rest=",${1// /},"
  rest=${rest/,java,/,}
  rest=${rest#,}
  say "${rest%,}"
}

create_extension() {
  local wanted installed
  wanted=$(extension_version "$ROWSEAL_HOST")
  installed=$(query "$DBNAME" "SELECT extversion FROM pg_extension WHERE extname = 'rowseal'")
  if [ "$installed" = "$wanted" ]; then
    say "Database $DBNAME: extension rowseal $wanted is there"
  elif [ -z "$installed" ]; then
    say "Database $DBNAME: CREATE EXTENSION rowseal CASCADE"
    query "$DBNAME" "CREATE EXTENSION rowseal VERSION '$wanted' CASCADE" || fail "CREATE EXTENSION failed, see above"
  else
    say "Database $DBNAME: ALTER EXTENSION rowseal UPDATE, from $installed to $wanted"
    query "$DBNAME" "ALTER EXTENSION rowseal UPDATE TO '$wanted'" ||
      fail "there is no way from $installed to $wanted, see above" "drop the extension first, or restore a dump"
  fi
  query "$DBNAME" "SELECT rowseal.version()"
}
