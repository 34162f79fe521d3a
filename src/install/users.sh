# shellcheck shell=bash
# On whose behalf programs run.

is_root() { [ "$(id -u)" = 0 ]; }

# A server does not run as root, and inherits nothing from whoever starts it.
as_owner() { # program argument...
  local as=()
  if is_root; then as=(runuser -u postgres --); fi
  env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "${as[@]}" "$@"
}
