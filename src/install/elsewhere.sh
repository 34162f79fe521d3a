# shellcheck shell=bash
# Another Debian in a folder of its own, to try this tree there: for people who change the code. It shares nothing with this
# machine but its kernel and network, and stays, so that a second run is quick.

ELSEWHERE=${ROWSEAL_ELSEWHERE:-/var/tmp/rowseal-elsewhere}

run_elsewhere() { # suite
  local root=$ELSEWHERE/$1
  case "$COMMAND" in test | demo) ;; *) fail "--in is for test and demo" "run ./install.sh $COMMAND there by hand: chroot $root" ;; esac
  is_root || fail "--in needs root, to set up another Debian" "run it as root"
  [ -f "$root/etc/rowseal" ] || make_debian "$1" "$root"
  give_settings "$root"
  give_tree "$root/rowseal"
  say "In Debian $1, in $root:"
  # Its own processes and mounts, which end with the command.
  # shellcheck disable=SC2016 # the inner shell's $1 is meant
  unshare --mount --pid --fork --kill-child bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    cd "$1"
    shift
    exec chroot . env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' \
    in "$root" /rowseal/install.sh "$COMMAND" ${ONLY:+--only="$ONLY"} ${ROWSEAL_HOST:+--language="$ROWSEAL_HOST"} || exit $?
}

make_debian() { # suite root
  local script=$1
  command -v debootstrap >/dev/null || need_package "a tool that sets up a Debian" debootstrap
  [ -f "/usr/share/debootstrap/scripts/$1" ] || script=sid # they are all made alike
  say "Setting up Debian $1 in $2"
  mkdir -p "$2"
  debootstrap --variant=minbase --include=ca-certificates "$1" "$2" "$(debian_mirror)" "$script" >"$2.log" ||
    fail "debootstrap failed, its output is in $2.log" "rm -r $2, then try again"
  # Packages start no servers of their own.
  printf '#!/bin/sh\nexit 101\n' >"$2/usr/sbin/policy-rc.d"
  chmod 755 "$2/usr/sbin/policy-rc.d"
  say "$1" >"$2/etc/rowseal"
}

# Where this machine's own packages come from.
debian_mirror() {
  # shellcheck disable=SC2016 # apt's own names
  apt-get indextargets --format '$(ORIGIN) $(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
    sed -n 's#^Debian \(.*/debian/\) .*#\1#p' | head -n 1 | grep . || say http://deb.debian.org/debian
}

# How this machine reaches the archives of packages: apt, Maven, npm, and whom it trusts.
give_settings() { # root
  local file
  cp /etc/resolv.conf /etc/hosts "$1/etc/"
  for file in /etc/apt/apt.conf.d/*proxy* /etc/apt/auth.conf.d/* /etc/apt/apt.conf.d/*registry* "$HOME/.m2/settings.xml" "$HOME/.npmrc" \
    /usr/local/share/ca-certificates/*; do
    [ ! -f "$file" ] || install -D -m 600 "$file" "$1${file/#$HOME//root}"
  done
  chroot "$1" update-ca-certificates >/dev/null 2>&1 || true
  # What Maven has fetched already.
  if [ -d "$HOME/.m2/repository" ]; then
    mkdir -p "$1/root/.m2/repository" && cp -Ru "$HOME/.m2/repository/." "$1/root/.m2/repository/"
  fi
}

# The tree as it is, what is not committed included, without what is built.
give_tree() { # target
  local file
  mkdir -p "$1"
  find "$1" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} +
  if [ -d "$HERE/.git" ] && command -v git >/dev/null; then
    (cd "$HERE" && git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
      [ ! -e "$file" ] || say "$file"
    done | tar c -T -) | tar x -C "$1"
  else
    tar c -C "$HERE" --exclude=./target . | tar x -C "$1"
  fi
}
