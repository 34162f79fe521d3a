# shellcheck shell=bash
# The extension's files in an installation.

install_files() { # sharedir pljava-or-bridge
  local control file
  control=$(mktemp)
  say "Files in $1"
  for file in "$BUILT"/rowseal--* "$BUILT"/rowseal_*--* "$BUILT"/rowseal_*.control; do [ ! -e "$file" ] || copy "$file" "$1/extension/${file##*/}"; done
  for file in rowseal.jar rowseal-pljava.jar rowseal_bridge.py; do copy "$BUILT/$file" "$1/rowseal/$file"; done
  install_bridge_options "$1/rowseal/jvm.options"
  sed "s/^default_version = .*/default_version = '$(extension_version "$2")'/" "$BUILT/rowseal.control" >"$control"
  copy "$control" "$1/extension/rowseal.control"
  rm -f "$control"
}

# Said before a build of minutes. Where nothing is to be built, nothing may have to be copied either.
need_writable() { # sharedir
  is_built || [ -w "$1/extension" ] ||
    fail "cannot write to $1/extension" "run this as root, or as the owner of that directory. If Rowseal's files are there already: CREATE EXTENSION rowseal CASCADE, as a superuser"
}

# The DBA may have edited them, so they stay. Only a Java that is gone is replaced, with an option that the new one does not know.
install_bridge_options() { # file
  local options gone why dropped='/^ *libjvm=/d'
  options=$(mktemp)
  if [ ! -f "$1" ]; then
    { cat "$BUILT/jvm.options" && say "$TRIM" && say "libjvm=$(libjvm)"; } >"$options"
    copy "$options" "$1"
  else
    gone=$(bridge_libjvm "$1")
    if [ -f "$gone" ]; then
      say "  kept       $1"
    else
      if [ -n "$gone" ]; then why="there is no $gone any more"; else why='it named no libjvm'; fi
      [ -n "$TRIM" ] || dropped+="; /^$TRIM_OPTION\$/d"
      { sed "$dropped" "$1" && say "libjvm=$(libjvm)"; } >"$options"
      copy "$options" "$1"
      say "  mended     $1, since $why"
    fi
  fi
  rm -f "$options"
}

bridge_libjvm() { # jvm.options
  [ ! -f "$1" ] || sed -n 's/^ *libjvm=//p' "$1" | tail -n 1
}

copy() { # source target: by rename, since running servers have the old file open
  if cmp -s "$1" "$2"; then
    say "  unchanged  $2"
  else
    { { [ -d "${2%/*}" ] || mkdir -p "${2%/*}"; } && install -p -m 644 "$1" "$2.new" && mv "$2.new" "$2"; } ||
      fail "cannot write $2" "run this as root, or as the owner of that directory"
    say "  copied     $2"
  fi
}
