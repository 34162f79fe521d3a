# shellcheck shell=bash
# A scratch server, which lives as long as the program.

SCRATCH='' SERVER_PID='' SCRATCH_FILES=''
HOSTS='' # those on which Java starts: set by start_scratch

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

make_cluster() {
  as_owner "$BINDIR/initdb" -D "$SCRATCH/data" -U postgres -A scram-sha-256 --pwfile="$SCRATCH/password" \
    -E UTF8 --locale=C.UTF-8 --no-sync >"$SCRATCH/initdb.log" 2>&1 || { cat "$SCRATCH/initdb.log" >&2 && fail "initdb failed, see above"; }
}

# Starts one on which nothing of Rowseal's is yet, and tries the hosts there: before anything is built.
start_scratch() { # [host...]: those to be tried, else all that are there
  local password port
  SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/rowseal.XXXXXXXX")
  trap stop_scratch EXIT
  trap 'exit 130' INT TERM
  cd "$SCRATCH"
  SCRATCH_FILES=/proc/self/cwd/../installation$SHAREDIR
  mirror_installation "$SCRATCH/installation"
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  (umask 077 && say "$password" >"$SCRATCH/password")
  if is_root; then chown -R postgres "$SCRATCH"; fi
  make_cluster
  scratch_settings >>"$SCRATCH/data/postgresql.conf"
  LOG=${LOG:-$SCRATCH/log}
  : >"$LOG"
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 20000))
    if launch_scratch "$port"; then
      export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres PGPASSWORD=$password
      # shellcheck disable=SC2046,SC2048,SC2086 # one word for each host
      try_hosts ${*:-$(hosts_present)}
      return
    fi
    grep -q 'Address already in use' "$LOG" || break
  done
  cat "$LOG" >&2
  fail "the scratch server does not start, see its log above"
}

# Brings the extension to the scratch server. Without a version, CREATE EXTENSION takes the first host that works.
fill_scratch() {
  install_files "$SCRATCH/installation$SHAREDIR" "${HOSTS%% *}" >/dev/null
  [[ " $HOSTS " == *" pljava "* ]] || return 0
  scratch_archive
  (cd "$SCRATCH/data" && pljava_settings "$SCRATCH_FILES") >>"$SCRATCH/data/postgresql.conf"
  as_owner "$BINDIR/pg_ctl" reload -D "$SCRATCH/data" >/dev/null
  for _ in $(seq 100); do
    [[ $(query_scratch postgres -c "SELECT current_setting('pljava.vmoptions')") != *rowseal* ]] || return 0
    sleep 0.05
  done
  fail "the scratch server does not take its settings, see $LOG"
}

# A host counts once it has started Java. One that does not is left out, with the reason.
try_hosts() { # host...
  local host output
  HOSTS=''
  for host in "$@"; do
    if output=$({ say "SET client_min_messages = warning; BEGIN;" && start_java "$host" && say "ROLLBACK;"; } | query_scratch postgres 2>&1); then
      HOSTS+=${HOSTS:+ }$host
    else
      say "Left out: $(host_name "$host"), on which Java does not start: $(reason "$output")" >&2
      say "  Remedy: $(how_to_mend "$host")" >&2
      await_scratch "$PGPORT" || true # the server restarts after a crash
    fi
  done
  [ -n "$HOSTS" ] || fail "Java starts on no host, see above"
}

query_scratch() { # database argument...: with a limit, for a JVM that hangs cannot be cancelled
  PGOPTIONS='-c client_min_messages=error' timeout 120 "$BINDIR/psql" -XAtq -v ON_ERROR_STOP=1 -d "$@"
}

launch_scratch() { # port
  as_owner "$SCRATCH/installation$BINDIR/postgres" -D "$SCRATCH/data" -p "$1" >>"$LOG" 2>&1 &
  SERVER_PID=$!
  await_scratch "$1"
}

# As when the power fails: all processes of the server at once, with nothing cleaned up.
kill_scratch() {
  local places place
  kill -9 "$(head -n 1 "$SCRATCH/data/postmaster.pid")" # first, so that it makes no more of them
  # Until the last is gone, for as long as one is there the server does not start.
  while places=$(find /proc -maxdepth 2 -name cwd -lname "$SCRATCH/data" 2>/dev/null) || true && [ -n "$places" ]; do
    for place in $places; do
      place=${place%/cwd}
      kill -9 "${place#/proc/}" 2>/dev/null || true # it may have ended by itself
    done
    sleep 0.02
  done
  wait "$SERVER_PID" 2>/dev/null || true
}

# As a DBA does it: a new cluster, pg_upgrade, and the new one at the address of the old.
upgrade_scratch() {
  local programs=$SCRATCH/installation$BINDIR program
  for program in "$BINDIR"/*; do [ -e "$programs/${program##*/}" ] || cp "$program" "$programs/"; done
  as_owner "$BINDIR/pg_ctl" stop -D "$SCRATCH/data" -m fast >>"$LOG"
  wait "$SERVER_PID" 2>/dev/null || true
  mv "$SCRATCH/data" "$SCRATCH/old"
  make_cluster
  (
    cd "$SCRATCH"
    as_owner env PGPASSWORD="$PGPASSWORD" "$programs/pg_upgrade" -U postgres -b "$programs" -B "$programs" -d old -D data >upgrade.log 2>&1
  ) || { find "$SCRATCH/upgrade.log" "$SCRATCH"/data/pg_upgrade_output.d -name '*.log' -exec tail -n 20 {} + >&2 && return 1; }
  cp -p "$SCRATCH/old/postgresql.conf" "$SCRATCH/data/"
  rm -rf "$SCRATCH/old"
  launch_scratch "$PGPORT"
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
max_prepared_transactions = 20
log_line_prefix = '%m [%p] %d '
EOF
  if has_pljava; then
    say "pljava.module_path = '$(pljava_modules)'"
    settings_with ''
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
