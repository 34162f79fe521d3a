# shellcheck shell=bash
# Messages, and how the program ends when something fails.

SPOKEN=90 # the status of a subshell that has said why it failed

say() { printf '%s\n' "$*"; }

fail() { # message [remedy]
  printf 'install.sh: %s\n' "$1" >&2
  [ $# -lt 2 ] || printf '  Remedy: %s\n' "$2" >&2
  [ "$BASH_SUBSHELL" = 0 ] || exit "$SPOKEN"
  exit 1
}

# Whatever command fails, the program says so before it ends. It needs set -E.
speak_before_the_end() { trap 'stopped "$?" "${BASH_SOURCE[0]-$0}" "$LINENO" "$BASH_COMMAND"' ERR; }

# A subshell leaves it to the program, which speaks once.
stopped() { # status file line command
  [ "$BASH_SUBSHELL" = 0 ] || exit "$1"
  [ "$1" != "$SPOKEN" ] || exit 1
  fail "stopped: ${2##*/}, line $3, ended with status $1: ${4%%$'\n'*}"
}

# Of a program's output, what tells most: the first error with the detail that comes first, else the last line.
reason() { # output
  local line error='' detail='' last=''
  while read -r line; do
    case "$line" in
      *ERROR:* | *FATAL:* | *PANIC:*) error=${error:-$line} ;;
      DETAIL:*) detail=${detail:-${line#DETAIL:  }} ;;
    esac
    last=${line:-$last}
  done <<<"$1"
  say "${error:-$last}${detail:+ ($detail)}"
}
