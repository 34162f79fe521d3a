#!/usr/bin/env bash
# Installs Rowseal into a PostgreSQL server, and runs its demo and tests. `./install.sh --help` says how.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
    cat <<'EOF'
Usage: ./install.sh [COMMAND] [OPTION]...

Commands
  (none)      install into a server; with --dbname also CREATE EXTENSION there
  uninstall   take the extension out of --dbname and its files and settings out of the server
  demo        show Rowseal at work in a scratch server on this machine
  test        run all tests in scratch servers on this machine

Options
  --language pljava|bridge   how Java runs in the server; default: PL/Java where it is
                             installed or installable, else the bridge (PL/Python + JPype)
  --pg-config PATH           which PostgreSQL installation; default: pg_config on PATH
  --dbname, --host, --port, --username   the server, named as for psql (PGHOST, PGPORT, ... count too)
  --help                     this text
EOF
}

say() { printf '%s\n' "rowseal: $*"; }
die() { printf '%s\n' "rowseal: $*" >&2; exit 1; }

command=install
language=
pg_config=${PG_CONFIG:-pg_config}

parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            uninstall | demo | test) command=$1 ;;
            install) command=install ;;
            --help | -h) usage; exit 0 ;;
            --language | --pg-config | --dbname | --host | --port | --username)
                [ $# -ge 2 ] || die "$1 needs a value; see ./install.sh --help"
                option "$1" "$2"; shift ;;
            --*=*) option "${1%%=*}" "${1#*=}" ;;
            *) die "unknown argument '$1'; see ./install.sh --help" ;;
        esac
        shift
    done
}

option() {
    case $1 in
        --language) language=$2; [[ $2 =~ ^(pljava|bridge)$ ]] || die "--language is pljava or bridge, not '$2'" ;;
        --pg-config) pg_config=$2 ;;
        --dbname) export PGDATABASE=$2; dbname=$2 ;;
        --host) export PGHOST=$2 ;;
        --port) export PGPORT=$2 ;;
        --username) export PGUSER=$2 ;;
        *) die "unknown option '$1'; see ./install.sh --help" ;;
    esac
}

is_root() { [ "$(id -u)" = 0 ]; }

# --- what must be on the machine -------------------------------------------------------------------------------------

missing=()
need() { # need PACKAGE TEST...: the test tells whether the package's purpose is met already
    local package=$1
    shift
    "$@" >/dev/null 2>&1 || missing+=("$package")
}

install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "please install: ${missing[*]}"
    is_root || die "please install as root: apt-get install ${missing[*]}"
    say "installing ${missing[*]}"
    apt-get update -qq >/dev/null || true
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null \
        || die "apt-get could not install ${missing[*]}"
    missing=()
}

find_server() {
    command -v "$pg_config" >/dev/null || need postgresql false
    install_missing
    command -v "$pg_config" >/dev/null || pg_config=$(ls /usr/lib/postgresql/*/bin/pg_config 2>/dev/null | sort -V | tail -n 1)
    [ -n "$pg_config" ] || die "pg_config not found; name it with --pg-config"
    version=$("$pg_config" --version | grep -oE '[0-9]+' | head -n 1)
    # Debian's /usr/bin/pg_config may belong to libpq-dev alone; the versioned one belongs to a server.
    [ -x "/usr/lib/postgresql/$version/bin/pg_config" ] && pg_config=/usr/lib/postgresql/$version/bin/pg_config
    { [ "$version" -ge 15 ] && [ "$version" -le 18 ]; } || die "PostgreSQL $version is not supported; 15 to 18 are"
    bindir=$("$pg_config" --bindir)
    [ -x "$bindir/initdb" ] || need "postgresql-$version" false
    install_missing
    sharedir=$("$pg_config" --sharedir)
}

has_pljava() { [ -f "$sharedir/extension/pljava.control" ]; }
has_bridge() {
    [ -f "$sharedir/extension/plpython3u.control" ] && [ -f /usr/share/java/org.jpype.jar ]
}
pljava_package() { apt-cache policy "postgresql-$version-pljava" 2>/dev/null | grep -q 'Candidate: [0-9]'; }

choose_language() {
    [ -z "$language" ] || { say "host: $language, as asked"; return; }
    if has_pljava; then
        language=pljava; say "host: PL/Java, which is installed"
    elif pljava_package && is_root; then
        language=pljava; say "host: PL/Java, from package postgresql-$version-pljava"
    else
        language=bridge; say "host: the bridge, for PL/Java is neither installed nor in the configured package sources"
    fi
}

need_host() {
    if [ "$1" = pljava ]; then
        has_pljava || need "postgresql-$version-pljava" false
    else
        [ -f "$sharedir/extension/plpython3u.control" ] || need "postgresql-plpython3-$version" false
        [ -f /usr/share/java/org.jpype.jar ] || need python3-jpype false
    fi
}

need_build() {
    need default-jdk-headless javac -version
    need maven mvn -version
}

find_libjvm() {
    local java
    java=${JAVA_HOME:+$JAVA_HOME/bin/java}
    java=$(readlink -f "${java:-$(command -v java)}") || die "no java found; set JAVA_HOME"
    libjvm=$(dirname "$(dirname "$java")")/lib/server/libjvm.so
    [ -f "$libjvm" ] || die "$libjvm not found; set JAVA_HOME to a JDK or JRE of version 17 or later"
}

# --- files -----------------------------------------------------------------------------------------------------------

build() {
    if [ -f target/extension/rowseal.jar ] \
        && [ -z "$(find pom.xml src sql -newer target/extension/rowseal.jar -type f -print -quit)" ]; then
        say "build: unchanged"
    else
        say "building (mvn package)"
        mvn -q -B package -DskipTests >target-build.log 2>&1 || { cat target-build.log; rm -f target-build.log; die "the build failed"; }
        rm -f target-build.log
        touch target/extension/rowseal.jar
    fi
}

put() { # put SOURCE TARGET
    if cmp -s "$1" "$2"; then
        say "unchanged $2"
    else
        install -D -m 644 "$1" "$2" 2>/dev/null || die "cannot write $2; run as root"
        say "wrote $2"
    fi
}

put_files() { # put_files DEFAULT_LANGUAGE
    local release default file
    release=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
    default=$release
    [ "$1" = pljava ] || default=$release-bridge
    local work
    work=$(mktemp -d)
    printf '%s\n' "comment = 'rows that only their owner can write'" "default_version = '$default'" \
        "schema = rowseal" "relocatable = false" "superuser = true" >"$work/rowseal.control"
    printf '%s\n' "# Options of the JVM that the bridge starts, one a line." "libjvm=$libjvm" \
        "-XX:+UseSerialGC" "-XX:TieredStopAtLevel=1" "-Xmx128m" >"$work/jvm.options"
    put "$work/rowseal.control" "$sharedir/extension/rowseal.control"
    put "$work/jvm.options" "$sharedir/rowseal/jvm.options"
    rm -r "$work"
    for file in target/extension/*; do
        case $file in
            *.sql | *.control) put "$file" "$sharedir/extension/${file##*/}" ;;
            *) put "$file" "$sharedir/rowseal/${file##*/}" ;;
        esac
    done
}

# What PL/Java must be told: the core and Bouncy Castle on the boot class path, where PL/Java's policy does not reach, and
# the adapter on the class path, from which it sees PL/Java's API.
pljava_vmoptions() {
    printf '%s' "-Xbootclasspath/a:$sharedir/rowseal/rowseal.jar -Djava.class.path=$sharedir/rowseal/rowseal-pljava.jar" \
        " -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m"
}

# --- a real server ---------------------------------------------------------------------------------------------------

run_psql() { "$bindir/psql" -XqAt -v ON_ERROR_STOP=1 -d "${dbname:-${PGDATABASE:-postgres}}" "$@"; }

configure_pljava() {
    local wanted present others
    wanted=$(pljava_vmoptions)
    present=$(run_psql -c "SELECT coalesce((SELECT setting FROM pg_file_settings WHERE name = 'pljava.vmoptions' ORDER BY seqno DESC LIMIT 1), '')")
    if [ -n "$present" ] && [[ $present == *"$wanted"* ]]; then
        say "unchanged pljava.vmoptions"
        return
    fi
    # Options of others stay; ours from an earlier release go.
    others=$(printf '%s\n' $present | grep -vE 'rowseal|^-XX:\+UseSerialGC$|^-XX:TieredStopAtLevel=|^-Xmx' | tr '\n' ' ' || true)
    # ALTER SYSTEM knows pljava.* only where the library is loaded, and must find its JVM not yet started.
    run_psql -c "SET pljava.enable = off" -c "LOAD '$(pljava_library)'" \
        -c "ALTER SYSTEM SET pljava.libjvm_location = '$libjvm'" \
        -c "ALTER SYSTEM SET pljava.vmoptions = '$others$wanted'" -c "SELECT pg_reload_conf()" >/dev/null 2>&1 \
        || die "cannot set pljava.vmoptions; set it in postgresql.conf to: $others$wanted"
    say "set pljava.vmoptions and pljava.libjvm_location"
}

pljava_library() {
    local library
    library=$(ls "$("$pg_config" --pkglibdir)"/libpljava-so-*.so 2>/dev/null | sort -V | tail -n 1)
    basename "${library%.so}"
}

create_extension() {
    [ -n "${dbname:-}" ] || { say "now run CREATE EXTENSION rowseal CASCADE in each database that shall have it"; return; }
    run_psql -c "SET client_min_messages = warning" -c "CREATE EXTENSION IF NOT EXISTS rowseal CASCADE" \
        -c "ALTER EXTENSION rowseal UPDATE" >/dev/null
    say "database $dbname has $(run_psql -c 'SELECT rowseal.version()' 2>/dev/null)"
}

install_server() {
    find_server
    choose_language
    need_build
    need_host "$language"
    install_missing
    find_libjvm
    build
    put_files "$language"
    run_psql -c 'SELECT 1' >/dev/null 2>&1 \
        || { say "no server answers as named; its files are in place, settings are not"; [ -z "${dbname:-}" ] || exit 1; return 0; }
    [ "$language" = bridge ] || configure_pljava
    create_extension
}

uninstall_server() {
    find_server
    if [ -n "${dbname:-}" ]; then
        local protected
        protected=$(run_psql -c "SELECT string_agg(\"table\"::text, ', ') FROM rowseal.protected" 2>/dev/null || true)
        [ -z "$protected" ] || die "still protected: $protected; take protection off with SELECT rowseal.unprotect('table')"
        run_psql -c "SET client_min_messages = warning" -c "DROP EXTENSION IF EXISTS rowseal CASCADE" && say "dropped the extension in $dbname"
    fi
    if has_pljava && run_psql -c 'SELECT 1' >/dev/null 2>&1; then
        run_psql -c "SET pljava.enable = off" -c "LOAD '$(pljava_library)'" -c "ALTER SYSTEM RESET pljava.vmoptions" -c "SELECT pg_reload_conf()" >/dev/null 2>&1 || true
    fi
    rm -rf "$sharedir/rowseal" "$sharedir"/extension/rowseal.control "$sharedir"/extension/rowseal--*
    say "removed the files"
}

# --- scratch servers -------------------------------------------------------------------------------------------------

prepare_scratch() {
    find_server
    need_build
    need_host bridge
    install_missing
    find_libjvm
    build
    if has_pljava; then put_files pljava; else put_files bridge; fi
}

as_server_user() {
    # A short PATH: PL/Python is to find the Python that it was built with.
    if is_root; then runuser -u postgres -- env PATH=/usr/bin:/bin "$@"; else env PATH=/usr/bin:/bin "$@"; fi
}

start_scratch() {
    scratch=$(mktemp -d)
    chmod 755 "$scratch"
    if is_root; then chown postgres "$scratch"; fi
    trap stop_scratch EXIT
    as_server_user "$bindir/initdb" -D "$scratch/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >/dev/null
    # shellcheck disable=SC2016
    {
        printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$scratch'" "fsync = off"
        printf '%s\n' "pljava.libjvm_location = '$libjvm'" "pljava.vmoptions = '$(pljava_vmoptions)'"
    } | as_server_user tee -a "$scratch/data/postgresql.conf" >/dev/null
    as_server_user "$bindir/pg_ctl" -D "$scratch/data" -l "$scratch/log" -w start >/dev/null \
        || { cat "$scratch/log"; die "the scratch server did not start"; }
    export PGHOST=$scratch PGUSER=postgres PGDATABASE=postgres
    unset PGPORT
}

stop_scratch() {
    as_server_user "$bindir/pg_ctl" -D "$scratch/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$scratch"
}

demo() {
    prepare_scratch
    start_scratch
    local hosts=bridge host extension
    if [ -n "$language" ]; then hosts=$language; elif has_pljava; then hosts="pljava"; fi
    for host in $hosts; do
        extension=$(sed -n 's:^  <version>\(.*\)</version>:\1:p' pom.xml)
        [ "$host" = pljava ] || extension=$extension-bridge
        "$bindir/createdb" "demo_$host"
        "$bindir/psql" -Xq -d "demo_$host" -c "SET client_min_messages = error; CREATE EXTENSION rowseal VERSION '$extension' CASCADE"
        PGDATABASE=demo_$host demo/demo.sh "$bindir/psql"
        say "shown on $("$bindir/psql" -XqAt -d "demo_$host" -c 'SELECT rowseal.version()') in $("$bindir/postgres" --version)"
    done
}

run_tests() {
    prepare_scratch
    local status=0
    rm -f target/coverage.txt
    set +e
    mvn -B verify -Drowseal.pgconfig="$pg_config" -Drowseal.libjvm="$libjvm" 2>&1 \
        | grep -vE '^\[INFO\] *$|Download(ing|ed)|^\[INFO\] (---|Copying|Nothing|Using|Building|Including|Excluding)'
    status=${PIPESTATUS[0]}
    set -e
    [ "$status" = 0 ] || say "tests FAILED"
    [ ! -f target/coverage.txt ] || cat target/coverage.txt
    return "$status"
}

parse "$@"
case $command in
    install) install_server ;;
    uninstall) uninstall_server ;;
    demo) demo ;;
    test) run_tests ;;
esac
