# shellcheck shell=bash
# PL/Java's archive of classes. From an archive of the classes that a first write needs, Java does not have to read and check
# them in each connection, and connections share its pages. An archive that was made from other jars, or by another Java, is
# not used. Without one connections only start slower, so that is no reason to fail.

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
    say "  without    $archive, which could not be made: $(reason "$log")"
  fi
  rm -rf "$work"
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
  as_owner "$BINDIR/initdb" -D "$3" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync || return
  cat >>"$3/postgresql.conf" <<EOF || return
listen_addresses = ''
unix_socket_directories = '$3'
fsync = off
pljava.module_path = '$(pljava_modules)'
$(settings_with "$1")
EOF
  as_owner "$BINDIR/pg_ctl" start -w -D "$3" -p "$2" -l "$3/log" || return
  first_tables | on_socket "$3" -v ON_ERROR_STOP=1 || result=$?
  first_writes "$1 -XX:DumpLoadedClassList=$3/classes" | on_socket "$3" -v VERBOSITY=verbose 2>&1 | sed '/ERROR:  RS002/d' || result=$?
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
SET pljava.vmoptions = $(quoted "$1");
INSERT INTO "rows Ed25519" SELECT user_hash, gen_random_uuid(), 'text', false, 1, decode(repeat('00', 64), 'hex') FROM "cards Ed25519";
INSERT INTO "rows ML-DSA-87" SELECT user_hash, gen_random_uuid(), 'text', false, 1, decode(repeat('00', 4627), 'hex') FROM "cards ML-DSA-87";
SELECT pg_sleep(2); -- What Java needs for the server's signal handlers, it loads a moment later.
EOF
}
