# shellcheck shell=bash
# The options of PL/Java's JVM (pljava.vmoptions): ours are added, the DBA's stay. The bridge's are in src/main/python/jvm.options.

ARCHIVE=classes.jsa
# What Java's compiler needed once, Java gives back in idle connections.
TRIM_OPTION=-XX:TrimNativeHeapInterval=60000
# Java makes a class of each method handle at its first use, and most of PL/Java's are used but a few times.
HANDLES=-Djava.lang.invoke.MethodHandle.COMPILE_THRESHOLD
MANAGEMENT=-Djavax.management.builder.initial
DISALLOW=-Djava.security.manager=disallow
# Stands beside what switches PL/Java's policy off, where that is our doing, so that it can be undone.
UNENFORCED=-Drowseal.unenforced=java

# Prints the options of $1 with ours added: our files, and defaults for what the DBA has not set.
pljava_vmoptions() { # options sharedir
  local OPTIONS word
  read_options "$(pljava_foreign_vmoptions "$1")"
  add_unless '-XX:+Use*GC' -XX:+UseSerialGC
  add_unless '@(-Xmx|-XX:MaxHeapSize=)*' -Xmx128m
  # Less, and what verification throws away would have to be collected every few rows.
  add_unless '@(-Xms|-XX:InitialHeapSize=)*' -Xms32m
  # Java bounds the stack of the backend too, by default before PostgreSQL does (max_stack_depth). There a recursion is no error: the server ends.
  add_unless '@(-Xss|-XX:ThreadStackSize=)*' -Xss4m
  add_unless '-XX:?UsePerfData' -XX:-UsePerfData
  [ -z "$TRIM" ] || add_unless '-XX:TrimNativeHeapInterval=*' "$TRIM"
  add_unless "$HANDLES=*" "$HANDLES=10"
  # To give the server its own signal handlers back. Both may stand there several times, for others too.
  for word in $(native_access); do add_unless "$word" "$word"; done
  # shellcheck disable=SC2046 # a word each
  add_unless '-Djava.security.manager=*' $(security_manager) $(if without_policy; then say "$UNENFORCED"; fi)
  case " ${OPTIONS[*]}" in
    *' -Dcom.sun.management'*) ;; # somebody wants JMX from the beginning
    *) add_unless "$MANAGEMENT=*" "$MANAGEMENT=io.rowseal.host.LazyManagement" ;;
  esac
  [ ! -f "$2/rowseal/$ARCHIVE" ] || add_unless '-XX:SharedArchiveFile=*' "-XX:SharedArchiveFile=$2/rowseal/$ARCHIVE"
  add_to_path -Xbootclasspath/a: "$2/rowseal/rowseal.jar"
  add_to_path -Djava.class.path= "$2/rowseal/rowseal-pljava.jar"
  say "${OPTIONS[*]}"
}

# What Java wants to be told before it calls C; 18 to 20 have no API for it that Rowseal knows.
native_access() {
  case "$JAVA_MAJOR" in
    17) say --add-modules=jdk.incubator.foreign --enable-native-access=ALL-UNNAMED ;;
    18 | 19 | 20) ;;
    *) say --enable-native-access=ALL-UNNAMED ;;
  esac
}

# Prints the options of $1 without our files, and without what this Java does not start with.
pljava_foreign_vmoptions() { # options
  local OPTIONS option kept=()
  read_options "$1"
  for option in "${OPTIONS[@]}"; do
    case "$option" in
      "$UNENFORCED") ;;
      "$DISALLOW") is_unenforced "$1" || kept+=("$option") ;;
      -Djava.security.manager*) without_policy || kept+=("$option") ;; # 24 and later refuse to start
      "$TRIM_OPTION") [ -z "$TRIM" ] || kept+=("$option") ;;
      -Xbootclasspath/a:* | -Djava.class.path=*)
        option=$(without_our_jars "$option")
        [ -z "$option" ] || kept+=("$option") ;;
      "-XX:SharedArchiveFile="*"/rowseal/$ARCHIVE" | "$MANAGEMENT=io.rowseal."*) ;;
      --add-modules=jdk.incubator.foreign) [ "$JAVA_MAJOR" != 17 ] || kept+=("$option") ;;
      *) kept+=("$option") ;;
    esac
  done
  say "${kept[*]}"
}

# Prints the options of $1 as they are to be when Rowseal is taken out.
vmoptions_after_uninstall() { # options
  local foreign
  foreign=$(pljava_foreign_vmoptions "$1")
  # With nothing but our own defaults left, the setting was ours alone.
  if [ "$foreign" = "$(pljava_foreign_vmoptions "$(pljava_vmoptions '' '')")" ]; then foreign=''; fi
  without_tuning "$foreign"
}

# Prints the options of $1 without what only we set, as a rule. The rest could as well be the DBA's own, or be needed by it.
without_tuning() { # options
  local OPTIONS option kept=()
  read_options "$1"
  for option in "${OPTIONS[@]}"; do
    case "$option" in
      -Xms32m | -Xss4m | -XX:-UsePerfData | "$TRIM_OPTION" | "$HANDLES=10" | --add-modules=jdk.incubator.foreign | --enable-native-access=ALL-UNNAMED) ;;
      *) kept+=("$option") ;;
    esac
  done
  say "${kept[*]}"
}

# Splits $1 into OPTIONS as PL/Java does: a word that does not begin with "-" belongs to the option before it.
read_options() { # options
  local words word
  OPTIONS=()
  read -ra words <<<"${1//$'\n'/ }"
  for word in "${words[@]}"; do
    if [[ $word == -* || ${#OPTIONS[@]} -eq 0 ]]; then OPTIONS+=("$word"); else OPTIONS[-1]+=" $word"; fi
  done
}

add_unless() { # pattern option...: to OPTIONS, unless one of them fits the pattern
  local option
  for option in "${OPTIONS[@]}"; do
    # shellcheck disable=SC2053 # a pattern is meant
    [[ $option != $1 ]] || return 0
  done
  OPTIONS+=("${@:2}")
}

add_to_path() { # prefix jar: to the path that OPTIONS has, else as a new one
  local i
  for i in "${!OPTIONS[@]}"; do
    if [[ ${OPTIONS[i]} == "$1"* ]]; then
      OPTIONS[i]+=:$2
      return
    fi
  done
  OPTIONS+=("$1$2")
}

without_our_jars() { # option with a path: prints nothing where no path is left
  local path=${1#*[:=]} entry entries rest=''
  IFS=: read -ra entries <<<"$path"
  for entry in "${entries[@]}"; do
    case "$entry" in
      */rowseal/rowseal.jar | */rowseal/rowseal-pljava.jar) ;;
      *) rest+=:$entry ;;
    esac
  done
  say "${rest:+"${1%"$path"}${rest#:}"}"
}

pljava_settings() { settings_with "$(pljava_vmoptions '' "$1")"; } # sharedir: lines for postgresql.conf

settings_with() { # vmoptions
  say "pljava.libjvm_location = '$(libjvm)'"
  say "pljava.vmoptions = $(quoted "$1")"
  ! without_policy || say "pljava.allow_unenforced = 'java' # Java $JAVA_MAJOR has no security manager, so PL/Java's policy is not enforced"
}

# What PL/Java needs to start, by the Java's version.
security_manager() {
  if without_policy; then
    say "$DISALLOW"
  elif [ "$JAVA_MAJOR" -ge 18 ]; then
    say -Djava.security.manager=allow
  fi
}

# Java 24 and later has no security manager. PL/Java then enforces no policy, and runs only where that is allowed.
without_policy() { [ "$JAVA_MAJOR" -ge 24 ]; }
is_unenforced() { [[ " $1 " == *" $UNENFORCED "* ]]; } # vmoptions: whether we have switched it off

quoted() { say "'${1//\'/\'\'}'"; } # text: for postgresql.conf and SQL
