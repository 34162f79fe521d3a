#!/usr/bin/env bash
# Installs Rowseal into a PostgreSQL server; see usage() or --help.
set -Eeuo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BUILT=$HERE/target/extension

usage() {
  cat <<'EOF'
Usage: ./install.sh [COMMAND] [OPTION]...

Commands:
  (none)      install into a server; with --dbname also CREATE EXTENSION, or ALTER EXTENSION ... UPDATE
  uninstall   take it out again; with --dbname also DROP EXTENSION there
  demo        show it on a scratch server
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
  --quick                bench: in about two minutes, on fewer rows; writes target/benchmarks
  --only=ROW,...         bench: some rows of the table, as 1,3
  --profile              bench: show instead where PL/Java's time goes during bulk loads
  --help

PostgreSQL 15 to 18. As root it installs missing Debian packages, else it says which are missing.
Every step says what it does; a second run changes nothing.
EOF
}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  Remedy: %s\n' "$2" >&2
  exit 1
}
# No way out without a word, whatever command it is that fails.
trap '[ "$BASH_SUBSHELL" != 0 ] || fail "stopped: line $LINENO failed: $BASH_COMMAND"' ERR
is_root() { [ "$(id -u)" = 0 ]; }

# ---------------------------------------------------------------- arguments

COMMAND=install DBNAME='' LANGUAGE='' PG_CONFIG=${PG_CONFIG:-} LOG='' BUILD=yes BENCH=''

parse_arguments() {
  while [ $# -gt 0 ]; do
    case "$1" in
      install | uninstall | demo | test | bench | scratch | files | settings) COMMAND=$1 && shift ;;
      --help | '-?') usage && exit 0 ;;
      --no-build) BUILD='' && shift ;;
      --quick | --tiny | --profile) BENCH+=" $1" && shift ;;
      --*=*) option "${1%%=*}" "${1#*=}" && shift ;;
      -*) [ $# -ge 2 ] || fail "unknown option, or one without its value: $1" "see ./install.sh --help"
        option "$1" "$2" && shift 2 ;;
      *) fail "unknown command: $1" "see ./install.sh --help" ;;
    esac
  done
  case "$LANGUAGE" in
    '' | pljava | bridge) ;;
    *) fail "unknown language: $LANGUAGE" "--language pljava, or --language bridge" ;;
  esac
}

option() {
  case "$1" in
    -d | --dbname) DBNAME=$2 ;;
    -h | --host) export PGHOST=$2 ;;
    -p | --port) export PGPORT=$2 ;;
    -U | --username) export PGUSER=$2 ;;
    --pg-config) PG_CONFIG=$2 ;;
    --language) LANGUAGE=$2 ;;
    --log) LOG=$2 ;;
    --only) BENCH+=" $1=$2" ;;
    *) fail "unknown option: $1" "see ./install.sh --help" ;;
  esac
}

# ---------------------------------------------------------------- packages

# Installs a Debian package (the first of the names that can be had) as root; else says what is missing.
need_package() { # what-for name...
  local why=$1 name
  shift
  if ! is_root || ! command -v apt-get >/dev/null; then
    fail "missing: $why" "install the package $1, as root: apt-get install $1"
  fi
  for name in "$@"; do
    if apt_has "$name"; then
      say "Installing the package $name ($why)"
      DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$name" >"$APT_LOG" 2>&1 ||
        apt_retry "$name" || { tail -n 20 "$APT_LOG" >&2 && fail "apt-get install $name failed, see above"; }
      return
    fi
  done
  fail "missing: $why; apt knows none of: $*" "configure an apt source that has it; PostgreSQL's own package repository has all of them"
}

APT_LOG=/dev/null APT_UPDATED=''
apt_update() {
  [ -z "$APT_UPDATED" ] || return 0
  APT_UPDATED=yes
  say "Refreshing apt's package lists"
  apt-get update -q >"$APT_LOG" 2>&1 || true
}
apt_candidate() { [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [0-9] ]]; }
apt_has() { apt_candidate "$1" || { apt_update && apt_candidate "$1"; }; }
apt_retry() { apt_update && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1" >"$APT_LOG" 2>&1; }

java_home() { # of the JAVA_HOME, or of the java on the path
  local java
  if [ -n "${JAVA_HOME:-}" ]; then
    say "$JAVA_HOME"
  elif java=$(command -v java); then
    dirname "$(dirname "$(readlink -f "$java")")"
  fi
}
libjvm() { say "$(java_home)/lib/server/libjvm.so"; }

need_java() { # jre or jdk
  local home
  home=$(java_home)
  if [ -z "$home" ] || { [ "$1" = jdk ] && [ ! -x "$home/bin/javac" ]; }; then
    need_package "a Java $1" "openjdk-17-$1-headless" "openjdk-21-$1-headless" "default-$1-headless"
    home=$(java_home)
  fi
  JAVA_MAJOR=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  [ "${JAVA_MAJOR:-0}" -ge 17 ] || fail "Java 17 or later is needed, $home is ${JAVA_MAJOR:-unknown}" "set JAVA_HOME"
  [ -r "$home/lib/server/libjvm.so" ] || fail "no $home/lib/server/libjvm.so" "set JAVA_HOME to a Java with a server VM"
  # What its compiler needed once, Java gives back in idle connections, if it knows this.
  TRIM=-XX:TrimNativeHeapInterval=60000
  "$home/bin/java" "$TRIM" -version >/dev/null 2>&1 || TRIM=''
}

is_newest() { # file: than all that the build reads
  [ -z "$(find "$HERE/pom.xml" "$HERE/src/main" "$HERE/sql" -newer "$1" -print -quit)" ]
}
need_build() {
  if [ -f "$BUILT/rowseal.control" ] && { [ -z "$BUILD" ] || is_newest "$BUILT/rowseal.control"; }; then
    say "Built already: target/extension"
    return
  fi
  need_java jdk
  command -v mvn >/dev/null || need_package "Maven, to build" maven
  say "Building target/extension"
  (cd "$HERE" && mvn -q -B -ntp package -DskipTests) || fail "the build failed, see above"
}

# ---------------------------------------------------------------- PostgreSQL

newest_pg_config() { find /usr/lib/postgresql -path '*/bin/pg_config' 2>/dev/null | sort -V | tail -n 1 || true; }

need_postgres() {
  if [ -z "$PG_CONFIG" ]; then
    PG_CONFIG=$(newest_pg_config)
    [ -n "$PG_CONFIG" ] || PG_CONFIG=$(command -v pg_config || true)
  fi
  if [ -z "$PG_CONFIG" ]; then
    need_package PostgreSQL postgresql-15 postgresql-16 postgresql-17 postgresql-18
    PG_CONFIG=$(newest_pg_config)
  fi
  [ -x "$PG_CONFIG" ] || fail "not a program: $PG_CONFIG" "--pg-config=PATH of the server's pg_config"
  SHAREDIR=$("$PG_CONFIG" --sharedir) PKGLIBDIR=$("$PG_CONFIG" --pkglibdir) BINDIR=$("$PG_CONFIG" --bindir)
  VERSION=$("$PG_CONFIG" --version | sed -n 's/^PostgreSQL \([0-9.a-z]*\).*/\1/p')
  MAJOR=$(say "$VERSION" | sed 's/[^0-9].*//')
  case "$MAJOR" in
    15 | 16 | 17 | 18) ;;
    *) fail "$PG_CONFIG is of PostgreSQL ${VERSION:-no version}; Rowseal works with PostgreSQL 15 to 18" "--pg-config=PATH of one of those" ;;
  esac
  [ -x "$BINDIR/postgres" ] || need_package "PostgreSQL's server" "postgresql-$MAJOR"
}

has_pljava() { [ -f "$SHAREDIR/extension/pljava.control" ] && [ -n "$(pljava_library)" ]; }
has_bridge() { [ -f "$SHAREDIR/extension/plpython3u.control" ] && [ -f /usr/share/java/org.jpype.jar ]; }
pljava_library() { find "$PKGLIBDIR/" -name 'libpljava-so-*.so' -exec basename {} .so \; | sort -V | tail -n 1; }
can_have_pljava() { has_pljava || { is_root && command -v apt-cache >/dev/null && apt_candidate "postgresql-$MAJOR-pljava"; }; }

choose_language() {
  if [ -n "$LANGUAGE" ]; then
    say "Host: $LANGUAGE, as asked"
  elif has_pljava; then
    LANGUAGE=pljava
    say "Host: PL/Java, it is installed for PostgreSQL $MAJOR"
  elif can_have_pljava; then
    LANGUAGE=pljava
    say "Host: PL/Java, apt has the package postgresql-$MAJOR-pljava"
  else
    LANGUAGE=bridge
    say "Host: the bridge (PL/Python and JPype), PL/Java is neither installed for PostgreSQL $MAJOR nor known to apt"
  fi
}

need_host() { # pljava or bridge
  need_java jre
  if [ "$1" = pljava ]; then
    has_pljava || need_package "PL/Java for PostgreSQL $MAJOR" "postgresql-$MAJOR-pljava"
  else
    [ -f "$SHAREDIR/extension/plpython3u.control" ] || need_package "PL/Python for PostgreSQL $MAJOR" "postgresql-plpython3-$MAJOR"
    [ -f /usr/share/java/org.jpype.jar ] || need_package JPype python3-jpype
  fi
}

hosts_present() {
  if has_pljava; then say pljava; fi
  if has_bridge; then say bridge; fi
}

need_any_host() { # for demo, test and scratch: PL/Java where it can be had, and the bridge
  need_java jre
  if can_have_pljava; then need_host pljava; fi
  has_bridge || ! is_root || need_host bridge
  [ -n "$(hosts_present)" ] || need_host bridge
  say "Hosts: $(hosts_present | xargs)$(has_pljava || say "; PL/Java is neither installed for PostgreSQL $MAJOR nor known to apt")"
}

extension_version() { # host
  local version
  version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$BUILT/rowseal.control")
  if [ "$1" = bridge ]; then version=$version-bridge; fi
  say "$version"
}

# ---------------------------------------------------------------- files

copy() { # source target: by rename, since running servers have the old file open
  if cmp -s "$1" "$2"; then
    say "  unchanged  $2"
  else
    { { [ -d "${2%/*}" ] || mkdir -p "${2%/*}"; } && install -p -m 644 "$1" "$2.new" && mv "$2.new" "$2"; } ||
      fail "cannot write $2" "run this as root, or as the owner of that directory"
    say "  copied     $2"
  fi
}

install_files() { # sharedir language
  local control jvm file
  control=$(mktemp) jvm=$(mktemp)
  say "Files in $1"
  sed "s/^default_version = .*/default_version = '$(extension_version "$2")'/" "$BUILT/rowseal.control" >"$control"
  for file in "$BUILT"/rowseal--*; do copy "$file" "$1/extension/${file##*/}"; done
  for file in rowseal.jar rowseal-pljava.jar rowseal_bridge.py; do copy "$BUILT/$file" "$1/rowseal/$file"; done
  if [ -f "$1/rowseal/jvm.options" ]; then
    say "  kept       $1/rowseal/jvm.options"
  else
    { cat "$BUILT/jvm.options" && say "${TRIM:-}" && say "libjvm=$(libjvm)"; } >"$jvm"
    copy "$jvm" "$1/rowseal/jvm.options"
  fi
  copy "$control" "$1/extension/rowseal.control"
  rm -f "$control" "$jvm"
}

# ---------------------------------------------------------------- PL/Java's settings

ARCHIVE=classes.jsa
HANDLES=-Djava.lang.invoke.MethodHandle.COMPILE_THRESHOLD
MANAGEMENT=-Djavax.management.builder.initial

# Prints the options of $1 with ours added: our files, and defaults for what the DBA has not set.
pljava_vmoptions() { # options sharedir
  local options
  options=" $(pljava_foreign_vmoptions "$1") "
  options=$(add_unless_like "$options" ' -XX:+Use*GC ' -XX:+UseSerialGC)
  options=$(add_unless_like "$options" ' -Xmx' -Xmx128m)
  # Less, and what verification throws away would have to be collected every few rows.
  options=$(add_unless_like "$options" ' -Xms' -Xms32m)
  options=$(add_unless_like "$options" ' -XX:?UsePerfData ' -XX:-UsePerfData)
  [ -z "$TRIM" ] || options=$(add_unless_like "$options" ' -XX:TrimNativeHeapInterval=' "$TRIM")
  # Java makes a class of each method handle at its first use, and most of PL/Java's are used but a few times.
  options=$(add_unless_like "$options" " $HANDLES=" "$HANDLES=10")
  if [ "$JAVA_MAJOR" -ge 24 ]; then
    options=$(add_unless_like "$options" ' -Djava.security.manager=' -Djava.security.manager=disallow)
  elif [ "$JAVA_MAJOR" -ge 18 ]; then
    options=$(add_unless_like "$options" ' -Djava.security.manager=' -Djava.security.manager=allow)
  fi
  case "$options" in
    *' -Dcom.sun.management'*) ;; # somebody wants JMX from the beginning
    *) options=$(add_unless_like "$options" " $MANAGEMENT=" "$MANAGEMENT=io.rowseal.host.LazyManagement") ;;
  esac
  [ ! -f "$2/rowseal/$ARCHIVE" ] ||
    options=$(add_unless_like "$options" ' -XX:SharedArchiveFile=' "-XX:SharedArchiveFile=$2/rowseal/$ARCHIVE")
  options=$(add_to_path "$options" -Xbootclasspath/a: "$2/rowseal/rowseal.jar")
  options=$(add_to_path "$options" -Djava.class.path= "$2/rowseal/rowseal-pljava.jar")
  words "$options"
}

# Prints the options of $1 without our files.
pljava_foreign_vmoptions() {
  local word prefix path result=''
  for word in $1; do
    case "$word" in
      -Xbootclasspath/a:* | -Djava.class.path=*)
        path=${word#*[:=]} prefix=${word%"$path"}
        path=$(tr ':' '\n' <<<"$path" | grep -vE '/rowseal/rowseal(-pljava)?\.jar$' | paste -s -d: - || true)
        result+=${path:+" $prefix$path"} ;;
      "-XX:SharedArchiveFile="*"/rowseal/$ARCHIVE" | "$MANAGEMENT=io.rowseal."*) ;;
      *) result+=" $word" ;;
    esac
  done
  words "$result"
}

# Prints the options of $1 without what only we set, as a rule. The rest could as well be the DBA's own, or be needed by it.
without_tuning() { # options
  local word result=''
  for word in $1; do
    case "$word" in
      -Xms32m | -XX:-UsePerfData | "$TRIM" | "$HANDLES=10") ;;
      *) result+=" $word" ;;
    esac
  done
  words "$result"
}

add_to_path() { # options prefix jar: to the path that is there, else as a new one
  # shellcheck disable=SC2001 # it takes a regular expression
  case "$1" in
    *" $2"*) sed "s#\( $2[^ ]*\)#\1:$3#" <<<"$1" ;;
    *) say "$1$2$3 " ;;
  esac
}
add_unless_like() { # options pattern option
  # shellcheck disable=SC2254 # a pattern is meant
  case "$1" in *$2*) say "$1" ;; *) say "$1$3 " ;; esac
}
words() {
  local all
  read -ra all <<<"$1"
  say "${all[*]}"
}

pljava_settings() { # sharedir: lines for postgresql.conf
  say "pljava.libjvm_location = '$(libjvm)'"
  say "pljava.vmoptions = '$(pljava_vmoptions '' "$1")'"
  if [ "$JAVA_MAJOR" -ge 24 ]; then say "pljava.allow_unenforced = 'java'"; fi
}

# ---------------------------------------------------------------- PL/Java's archive of classes

# From an archive of the classes that a first write needs, Java does not have to read and check them in each connection,
# and connections share its pages. An archive that was made from other jars, or by another Java, is not used. Without one
# connections only start slower, so that is no reason to fail.
make_archive() { # vmoptions sharedir program [parent of the work directory]
  local options archive=$2/rowseal/$ARCHIVE work log modules
  # Through a symbolic link Java takes PL/Java's classes from an archive and from their jar for different ones, and fails.
  modules=$(pljava_modules)
  if [ "$(readlink -f "${modules%%:*}")" != "${modules%%:*}" ]; then
    rm -f "$archive"
    say "  without    $archive, since ${modules%%:*} is behind a symbolic link"
    return
  fi
  options=$(pljava_vmoptions "$1" "$2")
  case "$options" in
    *"=$archive "*)
      if archive_fits "$options"; then
        say "  unchanged  $archive"
        return
      fi
      rm -f "$archive"
      options=$(pljava_vmoptions "$1" "$2") ;;
    *-XX:SharedArchiveFile=*) return ;; # one of the DBA's own
  esac
  work=$(mktemp -d "${4:-${TMPDIR:-/tmp}}/rowseal.XXXXXXXX")
  if is_root; then chown postgres "$work"; fi
  if log=$({ list_classes "$options" "$3" "$work" && archive_classes "$options" "$work"; } 2>&1); then
    copy "$work/$ARCHIVE" "$archive"
  else
    say "  without    $archive, which could not be made: $(tail -n 1 <<<"$log")"
  fi
  rm -rf "$work"
}

# Where PL/Java looks for its own jars.
pljava_modules() {
  local version
  version=$(pljava_library)
  version=${version#libpljava-so-}
  say "$SHAREDIR/pljava/pljava-$version.jar:$SHAREDIR/pljava/pljava-api-$version.jar"
}

java_with() { # vmoptions argument...: Java on the same paths as PL/Java's
  local options
  read -ra options <<<"$1"
  shift
  "$(java_home)/bin/java" "${options[@]}" --module-path "$(pljava_modules)" -m org.postgresql.pljava "$@"
}

archive_fits() { java_with "$1 -Xshare:on -version" >/dev/null 2>&1; } # vmoptions

archive_classes() { # vmoptions directory: as a heap of G1 it also holds objects, which other collectors take too
  cd "$2" &&
    java_with "${1/-XX:+UseSerialGC/-XX:+UseG1GC} -Xshare:dump -XX:SharedClassListFile=$2/classes -XX:SharedArchiveFile=$2/$ARCHIVE"
}

# Lists what Java loads for first writes, on a server that is made for nothing else and is reached by its own socket.
list_classes() { # vmoptions program directory
  local result=0
  as_owner "$BINDIR/initdb" -D "$3" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync
  cat >>"$3/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$3'
fsync = off
pljava.libjvm_location = '$(libjvm)'
pljava.module_path = '$(pljava_modules)'
pljava.vmoptions = '$1'
EOF
  as_owner "$BINDIR/pg_ctl" start -w -D "$3" -p "$2" -l "$3/log"
  first_tables | on_socket "$3" -v ON_ERROR_STOP=1 || result=$?
  first_writes "$1 -XX:DumpLoadedClassList=$3/classes" | on_socket "$3" || result=$?
  as_owner "$BINDIR/pg_ctl" stop -w -D "$3" # waits for Java, which writes the rest of the list when it ends
  [ "$result" = 0 ] && grep -q '^io/rowseal/signature/CheckedKey' "$3/classes"
}

on_socket() { # directory argument...
  local directory=$1
  shift
  as_owner "$BINDIR/psql" -XAtq -h "$directory" -U postgres -d postgres "$@"
}

# All algorithms share most classes. These are the default one, whose key here is from RFC 8032, and a post-quantum one.
first_tables() {
  say 'CREATE EXTENSION rowseal CASCADE;'
  first_table Ed25519 d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
  first_table ML-DSA-87 "$(printf '%05184d' 0)"
}

first_table() { # algorithm key
  cat <<EOF
CREATE TABLE "cards $1" (user_hash bytea PRIMARY KEY, sign_pkey bytea, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea);
INSERT INTO "cards $1" SELECT rowseal.owner_id(key, 'SHA3-512'), key, false, 1, '' FROM (SELECT '\x$2'::bytea) AS k(key);
SELECT rowseal.protect_identities('"cards $1"', algorithm => '$1', validate => false);
CREATE TABLE "rows $1" (user_hash bytea, id uuid, body text, deleted_flag boolean, owner_timestamp bigint, sign_b64 bytea, PRIMARY KEY (user_hash, id));
SELECT rowseal.protect('"rows $1"', identities => '"cards $1"');
EOF
}

# Their signatures are wrong, so they are refused, but only after everything that the first right one needs.
first_writes() { # vmoptions
  cat <<EOF
SET pljava.vmoptions = '$1';
INSERT INTO "rows Ed25519" SELECT user_hash, gen_random_uuid(), 'text', false, 1, decode(repeat('00', 64), 'hex') FROM "cards Ed25519";
INSERT INTO "rows ML-DSA-87" SELECT user_hash, gen_random_uuid(), 'text', false, 1, decode(repeat('00', 4627), 'hex') FROM "cards ML-DSA-87";
EOF
}

# ---------------------------------------------------------------- a named server

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

file_setting() { # name: as the configuration files have it, loaded or not
  maintenance "SELECT setting FROM pg_file_settings WHERE name = '$1' ORDER BY seqno DESC LIMIT 1"
}

configure_server() { # vmoptions: '' resets
  local output
  if [ "$(file_setting pljava.vmoptions)" = "$1" ]; then
    say "Setting pljava.vmoptions: unchanged"
  else
    say "Setting pljava.vmoptions = '$1'"
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
  else
    say "ALTER SYSTEM SET pljava.vmoptions = '$1';"
    [ -f "$(file_setting pljava.libjvm_location)" ] || say "ALTER SYSTEM SET pljava.libjvm_location = '$(libjvm)';"
    if [ "$JAVA_MAJOR" -ge 24 ]; then say "ALTER SYSTEM SET pljava.allow_unenforced = 'java';"; fi
  fi
  say "SELECT pg_reload_conf();"
}

create_extension() {
  local wanted installed
  wanted=$(extension_version "$LANGUAGE")
  installed=$(query "$DBNAME" "SELECT extversion FROM pg_extension WHERE extname = 'rowseal'")
  if [ "$installed" = "$wanted" ]; then
    say "Database $DBNAME: extension rowseal $wanted is there"
  elif [ -z "$installed" ]; then
    say "Database $DBNAME: CREATE EXTENSION rowseal CASCADE"
    query "$DBNAME" "CREATE EXTENSION rowseal VERSION '$wanted' CASCADE" || fail "CREATE EXTENSION failed, see above"
  else
    say "Database $DBNAME: ALTER EXTENSION rowseal UPDATE, from $installed to $wanted"
    query "$DBNAME" "ALTER EXTENSION rowseal UPDATE TO '$wanted'" ||
      fail "there is no way from $installed to $wanted, see above" "keep the host by --language, or drop the extension first"
  fi
  query "$DBNAME" "SELECT rowseal.version()"
}

# ---------------------------------------------------------------- a scratch server

SCRATCH='' SERVER_PID='' SCRATCH_FILES=''

# A second view of the installation, in which only the extension's files are our own: no root needed, nothing
# touched. A server finds its files relative to its executable, so that one is a copy and the rest are links.
mirror_installation() { # target
  local root=$1 directory entry
  mkdir -p "$root$BINDIR" "$root$SHAREDIR/extension"
  cp "$BINDIR/postgres" "$root$BINDIR/"
  for entry in "$SHAREDIR"/* "$SHAREDIR"/extension/*; do
    case "$entry" in "$SHAREDIR/extension" | "$SHAREDIR/rowseal" | "$SHAREDIR"/extension/rowseal*) ;; *) ln -s "$entry" "$root$entry" ;; esac
  done
  for directory in "$PKGLIBDIR" "$("$PG_CONFIG" --sysconfdir)"; do
    if [ -d "$directory" ] && [ ! -e "$root$directory" ]; then
      mkdir -p "$(dirname "$root$directory")" && ln -s "$directory" "$root$directory"
    fi
  done
}

as_owner() { # the server does not run as root
  local as=()
  if is_root; then as=(runuser -u postgres --); fi
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "${as[@]}" "$@"
}

start_scratch() {
  local default password port
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/rowseal.XXXXXXXX")
  trap stop_scratch EXIT
  trap 'exit 130' INT TERM
  cd "$SCRATCH"
  default=$(hosts_present)
  SCRATCH_FILES=/proc/self/cwd/../installation$SHAREDIR
  mirror_installation "$SCRATCH/installation"
  install_files "$SCRATCH/installation$SHAREDIR" "${default%%[[:space:]]*}" >/dev/null
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && say "$password" >"$SCRATCH/password")
  if is_root; then chown -R postgres "$SCRATCH"; fi
  as_owner "$BINDIR/initdb" -D "$SCRATCH/data" -U postgres -A scram-sha-256 --pwfile="$SCRATCH/password" \
    -E UTF8 --locale=C.UTF-8 --no-sync >"$SCRATCH/initdb.log" 2>&1 || { cat "$SCRATCH/initdb.log" >&2 && fail "initdb failed, see above"; }
  if has_pljava; then scratch_archive; fi
  scratch_settings >>"$SCRATCH/data/postgresql.conf"
  LOG=${LOG:-$SCRATCH/log}
  : >"$LOG"
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    if launch_scratch "$port"; then
      export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGPASSWORD=$password
      return
    fi
    grep -q 'Address already in use' "$LOG" || break
  done
  cat "$LOG" >&2
  fail "the scratch server does not start, see its log above"
}

launch_scratch() { # port
  as_owner "$SCRATCH/installation$BINDIR/postgres" -D "$SCRATCH/data" -p "$1" >>"$LOG" 2>&1 &
  SERVER_PID=$!
  await_scratch "$1"
}

# As when the power fails: all processes of the server at once, with nothing cleaned up.
kill_scratch() {
  local postmaster
  postmaster=$(head -n 1 "$SCRATCH/data/postmaster.pid")
  # shellcheck disable=SC2046 # one word for each process
  kill -9 "$postmaster" $(pgrep -P "$postmaster")
  wait "$SERVER_PID" 2>/dev/null || true
}

scratch_settings() {
  cat <<'EOF'
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = logical
max_wal_senders = 20
max_replication_slots = 20
max_worker_processes = 30
max_logical_replication_workers = 20
log_line_prefix = '%m [%p] %d '
EOF
  if has_pljava; then
    say "pljava.module_path = '$(pljava_modules)'"
    (cd "$SCRATCH/data" && pljava_settings "$SCRATCH_FILES")
  fi
}

# Java takes an archive only with jars of the same names and of the same age. So that one archive serves all scratch servers of
# a build, their jars are named from the directory in which a server runs, and have one age.
scratch_archive() {
  local files=$SCRATCH/installation$SHAREDIR/rowseal kept
  kept=$HERE/target/archives/$(cat "$files"/*.jar | sha256sum | cut -c 1-32).jsa
  touch -d 2000-01-01 "$files"/*.jar
  [ ! -f "$kept" ] || cp "$kept" "$files/$ARCHIVE"
  (cd "$SCRATCH/data" && make_archive '' "$SCRATCH_FILES" "$SCRATCH/installation$BINDIR/postgres" "$SCRATCH") >"$SCRATCH/archive.log"
  if [ -f "$files/$ARCHIVE" ] && ! cmp -s "$files/$ARCHIVE" "$kept"; then
    mkdir -p "${kept%/*}"
    cp "$files/$ARCHIVE" "$kept.$$" && mv "$kept.$$" "$kept"
  fi
}

await_scratch() { # port
  for _ in $(seq 200); do
    ! "$BINDIR/pg_isready" -q -h 127.0.0.1 -p "$1" || return 0
    kill -0 "$SERVER_PID" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

stop_scratch() {
  cd /
  if [ -n "$SERVER_PID" ]; then
    as_owner "$BINDIR/pg_ctl" stop -D "$SCRATCH/data" -m immediate >/dev/null 2>&1 || true
    wait "$SERVER_PID" 2>/dev/null || true
  fi
  rm -rf "$SCRATCH"
}

# ---------------------------------------------------------------- commands

run_install() {
  need_server
  say "Server: PostgreSQL $VERSION, files in $SHAREDIR"
  choose_language
  need_host "$LANGUAGE"
  need_build
  install_files "$SHAREDIR" "$LANGUAGE"
  if [ "$LANGUAGE" = pljava ]; then
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
  install_files "$SHAREDIR" "$LANGUAGE"
  if [ "$LANGUAGE" = pljava ] && has_pljava; then make_archive '' "$SHAREDIR" "$BINDIR/postgres"; fi
}

run_uninstall() {
  local database used='' setting
  need_server
  need_java jre
  if [ -n "$DBNAME" ]; then
    if [ "$(query "$DBNAME" "SELECT to_regclass('rowseal.protected') IS NOT NULL")" = t ]; then
      used=$(query "$DBNAME" 'SELECT "table" FROM rowseal.protected')
      [ -z "$used" ] || fail "database $DBNAME has protected tables:
$used" "SELECT rowseal.unprotect(table) for each; this ends their protection"
    fi
    say "Database $DBNAME: DROP EXTENSION rowseal"
    query "$DBNAME" "DROP EXTENSION IF EXISTS rowseal" || fail "DROP EXTENSION failed, see above"
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
      setting=$(pljava_foreign_vmoptions "$setting")
      # With nothing but our own defaults left, the setting was ours alone.
      if [ "$setting" = "$(pljava_foreign_vmoptions "$(pljava_vmoptions '' '')")" ]; then setting=''; fi
      setting=$(without_tuning "$setting")
      configure_server "$setting"
      say "Setting pljava.libjvm_location: kept, PL/Java itself needs it" ;;
  esac
  say "Removing files in $SHAREDIR"
  rm -rf "$SHAREDIR/rowseal" "$SHAREDIR"/extension/rowseal.control "$SHAREDIR"/extension/rowseal--* ||
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
  say "hosts $(hosts_present | xargs)"
  say "server postgresql://postgres:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
  # For tests of a crash: lines of input. Each is answered when it is done.
  local line
  while read -r line; do
    case "$line" in
      kill) kill_scratch && say killed ;;
      start) launch_scratch "$PGPORT" && say started ;;
    esac
  done
}

run_demo() {
  local host
  prepare_scratch
  start_scratch
  say "Scratch server: PostgreSQL $VERSION on port $PGPORT"
  for host in $(hosts_present); do
    query postgres "CREATE DATABASE demo_$host"
    query "demo_$host" "CREATE EXTENSION rowseal VERSION '$(extension_version "$host")' CASCADE"
    PGDATABASE=demo_$host "$HERE/demo/demo.sh" "$BINDIR/psql"
    say "Shown on Rowseal $(query "demo_$host" "SELECT rowseal.version()"), PostgreSQL $VERSION"
  done
}

run_test() {
  local result=0
  need_postgres
  need_any_host
  need_java jdk
  command -v mvn >/dev/null || need_package "Maven, to build" maven
  rm -f "$HERE/target/coverage.txt"
  (cd "$HERE" && PG_CONFIG=$PG_CONFIG mvn -B -ntp verify -Drowseal.server=local) || result=$?
  say ''
  [ "$result" = 0 ] || say "Tests FAILED."
  cat "$HERE/target/coverage.txt" 2>/dev/null || say "No database test ran."
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
  command -v mvn >/dev/null || need_package "Maven, to build" maven
  need_peers
  [ -z "$LANGUAGE" ] || BENCH+=" --host=$LANGUAGE"
  (cd "$HERE" && PG_CONFIG=$PG_CONFIG mvn -q -B -ntp test-compile exec:exec -Dbench.arguments="$BENCH")
}

main() {
  parse_arguments "$@"
  if is_root; then APT_LOG=$(mktemp); fi
  case "$COMMAND" in
    files) run_files ;;
    settings) need_postgres && need_java jre && pljava_settings "$SHAREDIR" ;;
    *) "run_$COMMAND" ;;
  esac
}

main "$@"
