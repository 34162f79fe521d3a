# shellcheck shell=bash
# The two hosts: PL/Java, and the bridge (PL/Python).

# Whether the files are there. Only a try on a scratch server shows whether Java starts.
has_pljava() { [ -f "$SHAREDIR/extension/pljava.control" ] && [ -n "$(pljava_library)" ]; }
has_bridge() { [ -f "$SHAREDIR/extension/plpython3u.control" ]; }
can_have_pljava() { has_pljava || { is_root && command -v apt-cache >/dev/null && apt_candidate "postgresql-$MAJOR-pljava"; }; }

# The newest: an update of PL/Java leaves the library of the version before.
pljava_library() { find "$PKGLIBDIR/" -name 'libpljava-so-*.so' -exec basename {} .so \; | sort -V | tail -n 1; }

# Where PL/Java looks for its own jars.
pljava_modules() {
  local version
  version=$(pljava_library)
  version=${version#libpljava-so-}
  say "$SHAREDIR/pljava/pljava-$version.jar:$SHAREDIR/pljava/pljava-api-$version.jar"
}

# That of a database stays what it is.
keep_host() {
  local version
  if [ -z "$DBNAME" ]; then return; fi
  version=$(query "$DBNAME" "SELECT extversion FROM pg_extension WHERE extname = 'rowseal'")
  case "$version" in
    '') return ;;
    *-bridge) DATABASE_HOST=bridge ;;
    *) DATABASE_HOST=pljava ;;
  esac
  [ -z "$ROWSEAL_HOST" ] || [ "$ROWSEAL_HOST" = "$DATABASE_HOST" ] ||
    fail "database $DBNAME runs on $(host_name "$DATABASE_HOST")" "leave out --language; docs/operations.md tells how a dump changes the host"
}

# That of CREATE EXTENSION without a version: as asked, else as it was.
default_host() {
  if [ -n "$1" ]; then
    say "$1"
  else
    case "$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$SHAREDIR/extension/rowseal.control" 2>/dev/null)" in
      *-bridge) say bridge ;;
      ?*) say pljava ;;
    esac
  fi
}

DATABASE_HOST='' DEFAULT_HOST=''

choose_language() {
  DEFAULT_HOST=$(default_host "$ROWSEAL_HOST")
  [ "$DEFAULT_HOST" != pljava ] || can_have_pljava || DEFAULT_HOST=''
  choose_host
  DEFAULT_HOST=${DEFAULT_HOST:-$ROWSEAL_HOST}
}

choose_host() {
  if [ -n "$DATABASE_HOST" ]; then
    ROWSEAL_HOST=$DATABASE_HOST
    say "Host: $(host_name "$ROWSEAL_HOST"), as database $DBNAME has it"
  elif [ -n "$ROWSEAL_HOST" ]; then
    say "Host: $ROWSEAL_HOST, as asked"
  elif [ "$DEFAULT_HOST" = bridge ]; then
    ROWSEAL_HOST=bridge
    say "Host: the bridge, as it was installed"
  elif has_pljava; then
    ROWSEAL_HOST=pljava
    say "Host: PL/Java, it is installed for PostgreSQL $MAJOR"
  elif can_have_pljava; then
    ROWSEAL_HOST=pljava
    say "Host: PL/Java, apt has the package postgresql-$MAJOR-pljava"
  else
    ROWSEAL_HOST=bridge
    say "Host: the bridge (PL/Python), PL/Java is neither installed for PostgreSQL $MAJOR nor known to apt"
  fi
}

need_host() { # pljava or bridge
  need_java jre
  if [ "$1" = pljava ]; then
    has_pljava || need_package "PL/Java for PostgreSQL $MAJOR" "postgresql-$MAJOR-pljava"
  else
    has_bridge || need_package "PL/Python for PostgreSQL $MAJOR" "postgresql-plpython3-$MAJOR"
  fi
}

hosts_present() {
  if has_pljava; then say pljava; fi
  if has_bridge; then say bridge; fi
}

# For demo, test, bench and scratch: both, where they can be had. One of them is enough.
need_any_host() {
  need_java jre
  if ! has_pljava && can_have_pljava; then (need_host pljava) || true; fi
  if ! has_bridge && is_root; then (need_host bridge) || true; fi
  [ -n "$(hosts_present)" ] || need_host bridge
  say "Hosts: $(hosts_present | xargs)$(has_pljava || say "; PL/Java is neither installed for PostgreSQL $MAJOR nor known to apt")"
}

host_name() { if [ "$1" = pljava ]; then say PL/Java; else say 'the bridge'; fi; } # pljava or bridge

# SQL that starts Java on a host, with nothing of Rowseal's. A host on which that fails is left out of tests. One on which it
# succeeds must run Rowseal, or the tests fail.
start_java() { # pljava or bridge
  if [ "$1" = pljava ]; then
    say "SET pljava.vmoptions = $(quoted "-Xmx128m $(security_manager)");"
    say "CREATE EXTENSION pljava;"
    say "SELECT sqlj.get_classpath('public');"
  else
    cat <<EOF
CREATE EXTENSION plpython3u;
DO LANGUAGE plpython3u \$python\$
from ctypes import CDLL, Structure, addressof, byref, c_char_p, c_int32, c_uint8, c_void_p
class Arguments(Structure):
    _fields_ = [("version", c_int32), ("count", c_int32), ("options", c_void_p), ("lenient", c_uint8)]
options = (c_char_p * 4)(b"-Xrs", None, b"-Xmx128m", None)
status = CDLL("$(libjvm)").JNI_CreateJavaVM(
    byref(c_void_p()), byref(c_void_p()), byref(Arguments(0x90000, 2, addressof(options), 0)))
if status != 0: plpy.error("no JVM: JNI status %d" % status)
\$python\$;
EOF
  fi
}

how_to_mend() { # pljava or bridge
  if [ "$1" = pljava ]; then
    say "see whether PL/Java and Java $JAVA_MAJOR fit each other ($(pljava_library), $(libjvm)), set JAVA_HOME to another Java, or take the bridge: --language bridge"
  else
    say "see whether PL/Python and Java $JAVA_MAJOR ($(libjvm)) are whole, set JAVA_HOME to another Java, or take PL/Java: --language pljava"
  fi
}

extension_version() { # pljava or bridge
  local version
  version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$BUILT/rowseal.control")
  if [ "$1" = bridge ]; then version=$version-bridge; fi
  say "$version"
}
