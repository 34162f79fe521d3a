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

# Options have to suit the Java that the server is set to, which may be another than the one on the path.
take_server_java() {
  local library home
  library=$(file_setting pljava.libjvm_location)
  home=${library%/lib/server/libjvm.so}
  if [ "$home" = "$library" ] || [ ! -x "$home/bin/java" ] || [ "$(readlink -f "$library")" = "$(readlink -f "$(libjvm)")" ]; then return; fi
  SERVER_JAVA=$home
  say "Java: $home, as pljava.libjvm_location says"
}

file_setting() { # name: as the configuration files have it, loaded or not
  maintenance "SELECT setting FROM pg_file_settings WHERE name = '$1' ORDER BY seqno DESC LIMIT 1"
}

configure_server() { # vmoptions: '' resets
  local output
  if [ "$(file_setting pljava.vmoptions)" = "$1" ]; then
    say "Setting pljava.vmoptions: unchanged"
  else
    say "Setting pljava.vmoptions = '$1'"
    if [ -n "$1" ] && without_policy; then
      say "Setting pljava.allow_unenforced: java, since Java $JAVA_MAJOR has no security manager. PL/Java's policy is not enforced in this server"
    fi
    output=$(server_settings "$1" | psql_on "${DBNAME:-postgres}" -f - 2>&1) ||
      fail "could not set pljava.vmoptions: $output" "set it in postgresql.conf: ./install.sh settings"
  fi
  for _ in $(seq 50); do
    [ "$(maintenance "SELECT current_setting('pljava.vmoptions', true)")" != "$1" ] || return 0
    sleep 0.1
  done
  fail "the server does not take the setting" "look for pljava.vmoptions in its postgresql.conf, and in ALTER DATABASE and ALTER ROLE settings"
}

server_settings() { # vmoptions
  # ALTER SYSTEM knows PL/Java's settings once the library is loaded; that alone must not start Java or make anything.
  say "SET pljava.enable = off;"
  say "LOAD '$(pljava_library)';"
  if [ -z "$1" ]; then
    say "ALTER SYSTEM RESET pljava.vmoptions;"
    [ "$(file_setting pljava.allow_unenforced)" != java ] || say "ALTER SYSTEM RESET pljava.allow_unenforced;"
  else
    say "ALTER SYSTEM SET pljava.vmoptions = $(quoted "$1");"
    [ -f "$(file_setting pljava.libjvm_location)" ] || say "ALTER SYSTEM SET pljava.libjvm_location = '$(libjvm)';"
    if without_policy; then say "ALTER SYSTEM SET pljava.allow_unenforced = $(quoted "$(with_java "$(file_setting pljava.allow_unenforced)")");"; fi
  fi
  say "SELECT pg_reload_conf();"
}

with_java() { # languages, separated by commas
  case ",${1// /}," in
    *,java,*) say "$1" ;;
    *) say "${1:+$1,}java" ;;
  esac
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
