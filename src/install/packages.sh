# shellcheck shell=bash
# Debian's packages.

APT_UPDATED='' # package lists are refreshed once

# Installs the first of the packages that apt has. Without root, or without apt, says what is missing.
need_package() { # what-for package...
  local why=$1 name output names
  shift
  if ! is_root || ! command -v apt-get >/dev/null; then
    fail "missing: $why" "install the package $1, as root: apt-get install $1"
  fi
  for name in "$@"; do
    if apt_has "$name"; then
      say "Installing the package $name ($why)"
      output=$(apt_install "$name" 2>&1) || { apt_update && output=$(apt_install "$name" 2>&1); } ||
        fail "apt-get install $name failed:
$(tail -n 20 <<<"$output")"
      return
    fi
  done
  names=$*
  fail "missing: $why; apt has no package ${names// / or }" "configure an apt source that has it; PostgreSQL's own package repository has all of them"
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$1"; }
apt_update() { # a failure shows when a package is then not to be had
  [ -z "$APT_UPDATED" ] || return 0
  APT_UPDATED=yes
  say "Refreshing apt's package lists"
  apt-get update -q >/dev/null 2>&1 || true
}
apt_candidate() { [[ $(LC_ALL=C apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [0-9] ]]; }
apt_has() { apt_candidate "$1" || { apt_update && apt_candidate "$1"; }; }
