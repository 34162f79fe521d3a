# shellcheck shell=bash
# The installation of PostgreSQL, by its pg_config.

SHAREDIR='' PKGLIBDIR='' BINDIR='' VERSION='' MAJOR='' # set by need_postgres

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
  SHAREDIR=$("$PG_CONFIG" --sharedir)
  PKGLIBDIR=$("$PG_CONFIG" --pkglibdir)
  BINDIR=$("$PG_CONFIG" --bindir)
  VERSION=$(version_in "$("$PG_CONFIG" --version)")
  MAJOR=$(major_of "$VERSION")
  case "$MAJOR" in
    15 | 16 | 17 | 18) ;;
    *) fail "$PG_CONFIG is of PostgreSQL ${VERSION:-no version}; Rowseal works with PostgreSQL 15 to 18" "--pg-config=PATH of one of those" ;;
  esac
  need_programs
}

newest_pg_config() { find /usr/lib/postgresql -path '*/bin/pg_config' 2>/dev/null | sort -V | tail -n 1 || true; }

version_in() { sed -n 's/^PostgreSQL \([0-9.a-z]*\).*/\1/p' <<<"$1"; } # what pg_config --version says
major_of() { say "${1%%[^0-9]*}"; }                                    # version

# Development packages bring a pg_config without a server.
need_programs() {
  local missing
  missing=$(missing_programs)
  [ -n "$missing" ] || return 0
  [ "$BINDIR" = "$(debian_bindir)" ] ||
    fail "PostgreSQL $VERSION is without its server: no $missing in $BINDIR" "install the server that $PG_CONFIG belongs to, or name another installation: --pg-config=PATH"
  need_package "PostgreSQL's server, no $missing in $BINDIR" "postgresql-$MAJOR"
}
debian_bindir() { say "/usr/lib/postgresql/$MAJOR/bin"; }
missing_programs() {
  local program missing=''
  for program in postgres initdb pg_ctl; do
    [ -x "$BINDIR/$program" ] || missing+=", $program"
  done
  say "${missing#, }"
}
