# shellcheck shell=bash
# Which Java, and what it can do.

SERVER_JAVA=''  # the home of the Java that a named server is set to
JAVA_MAJOR=0    # set by need_java
TRIM=''         # set by need_java: the option, where this Java knows it

java_home() { # the named server's, else that of JAVA_HOME, else that of the java on the path
  local java
  if [ -n "$SERVER_JAVA" ]; then
    say "$SERVER_JAVA"
  elif [ -n "${JAVA_HOME:-}" ]; then
    say "$JAVA_HOME"
  elif java=$(command -v java); then
    dirname "$(dirname "$(readlink -f "$java")")"
  fi
}
libjvm() { say "$(java_home)/lib/server/libjvm.so"; }

java_around() { # libjvm.so: its home, nothing where there is none
  local home
  for home in "${1%/lib/server/libjvm.so}" "$(readlink -f "$1" | sed 's#/lib/server/libjvm.so$##')"; do
    if [ -x "$home/bin/java" ]; then
      say "$home"
      return
    fi
  done
}

need_java() { # jre or jdk
  local home
  home=$(java_home)
  if [ -z "$home" ] || { [ "$1" = jdk ] && [ ! -x "$home/bin/javac" ]; }; then
    need_package "a Java $1" "openjdk-17-$1-headless" "openjdk-21-$1-headless" "default-$1-headless"
    home=$(java_home)
  fi
  JAVA_MAJOR=$(java_major "$home")
  [ "$JAVA_MAJOR" -ge 17 ] || fail "Java 17 or later is needed, $home is ${JAVA_MAJOR/#0/unknown}" "${SERVER_JAVA:+set pljava.libjvm_location, which names this one, or }set JAVA_HOME"
  [ -r "$home/lib/server/libjvm.so" ] || fail "no $home/lib/server/libjvm.so" "set JAVA_HOME to a Java with a server VM"
  TRIM=$TRIM_OPTION
  "$home/bin/java" "$TRIM" -version >/dev/null 2>&1 || TRIM=''
}

java_major() { # home: 0 where it does not say
  local major=''
  [ ! -r "$1/release" ] || major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  say "${major:-0}"
}
