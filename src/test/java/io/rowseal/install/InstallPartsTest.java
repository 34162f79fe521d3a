package io.rowseal.install;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of {@code install.sh}, each by itself: no server, no root, no network. */
class InstallPartsTest {
  private static final Path INSTALL = Path.of("install.sh");
  private static final String TRIM = "-XX:TrimNativeHeapInterval=60000";
  private static final String HANDLES = "-Djava.lang.invoke.MethodHandle.COMPILE_THRESHOLD=10";
  private static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  private static final String MANAGEMENT =
      "-Djavax.management.builder.initial=io.rowseal.host.LazyManagement";
  private static final String JARS =
      "-Xbootclasspath/a:/share/rowseal/rowseal.jar"
          + " -Djava.class.path=/share/rowseal/rowseal-pljava.jar";

  @TempDir Path directory;

  static Stream<Path> parts() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/install"))) {
      return files.sorted().toList().stream();
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static void writeProgram(Path file, String script) throws IOException {
    write(file, "#!/usr/bin/env bash\n" + script + "\n");
    assertTrue(file.toFile().setExecutable(true));
  }

  @Nested
  class Structure {

    @ParameterizedTest
    @MethodSource("io.rowseal.install.InstallPartsTest#parts")
    void sourcingAPartOnlyDefines(Path part) {
      String script =
          """
          state() { set +o; shopt; trap -p; umask; pwd; export -p; jobs; ls "$2"; }
          cd "$(dirname "$1")" && file=$PWD/${1##*/} && cd "$2"
          before=$(state "$@")
          set -eu
          . "$file"
          set +eu
          [ "$before" = "$(state "$@")" ]
          """;
      Bash.Result result = Bash.run(script, part, directory);
      assertEquals("", result.succeeded() + result.errors());
    }

    @ParameterizedTest
    @MethodSource("io.rowseal.install.InstallPartsTest#parts")
    void everyPartIsSourced(Path part) throws IOException {
      assertTrue(Files.readString(INSTALL).contains(". \"$HERE/" + part + "\""));
    }

    @Test
    void theProgramItselfIsShort() throws IOException {
      assertTrue(Files.readAllLines(INSTALL).size() < 120);
    }

    @Test
    void shellcheckFindsNothing() {
      assumeTrue(
          Bash.run("command -v shellcheck").status() == 0, "shellcheck, which is not installed");
      assertEquals(
          "", Bash.run("shellcheck -x -a install.sh demo/demo.sh .ci/run 2>&1").succeeded());
    }

    @Test
    void theArchiveIsMadeWithPublicSqlOnly() {
      String sql = Bash.withParts("first_tables; first_writes ''").succeeded();
      assertAll(
          () -> assertTrue(sql.contains("rowseal.protect(")),
          () -> assertFalse(Pattern.compile("rowseal_internal|rowseal\\._").matcher(sql).find()));
    }
  }

  @Nested
  class Arguments {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ''                                        | install:::::yes:::::
            demo                                      | demo:::::yes:::::
            --dbname=mydb                             | install:mydb::::yes:::::
            -d mydb                                   | install:mydb::::yes:::::
            --dbname mydb uninstall                   | uninstall:mydb::::yes:::::
            uninstall --dbname=a=b                    | uninstall:a=b::::yes:::::
            -h db -p 5433 -U me                       | install:::::yes::db:5433:me
            --host=db --port=5433 --username=me       | install:::::yes::db:5433:me
            --language pljava                         | install::pljava:::yes:::::
            --language=bridge files                   | files::bridge:::yes:::::
            --pg-config /opt/pg/bin/pg_config         | install:::/opt/pg/bin/pg_config::yes:::::
            scratch --no-build --log=x.log            | scratch::::x.log::::::
            bench --quick --only=1,8 --language=pljava | bench::pljava:::yes: --quick --only=1,8::::
            bench --tiny --profile                    | bench:::::yes: --tiny --profile::::
            test demo                                 | demo:::::yes:::::
            test --in=trixie --only A                 | test:::::yes: --only=A::::
            """)
    void areUnderstood(String arguments, String expected) {
      String script =
          """
          read -ra given <<<"$1"
          parse_arguments "${given[@]}"
          say "$COMMAND:$DBNAME:$ROWSEAL_HOST:$PG_CONFIG:$LOG:$BUILD:$BENCH:${PGHOST-}:${PGPORT-}:${PGUSER-}"
          """;
      assertEquals(
          expected.replaceAll(":+$", ""),
          Bash.withParts(script, arguments).succeeded().replaceAll(":+$", ""));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            --nonsense           | unknown option: --nonsense
            --nonsense=1         | unknown option: --nonsense
            -x 1                 | unknown option: -x
            -dmydb               | unknown option: -dmydb
            nonsense             | unknown command: nonsense
            demo nonsense        | unknown command: nonsense
            --dbname             | option without its value: --dbname
            demo --log           | option without its value: --log
            -U                   | option without its value: -U
            --language=perl      | unknown language: perl
            --language perl demo | unknown language: perl
            """)
    void areRefusedBeforeAnythingIsDone(String arguments, String message) {
      Bash.Result result = Bash.run("exec ./install.sh " + arguments);
      assertTrue(result.failed().startsWith("install.sh: " + message + "\n  Remedy: "));
      assertEquals("", result.output());
    }

    /** A test with a database needs what is packaged after the others. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            OrderingTest                        | -Dtest=OrderingTest -Dit.test=None
            ExtensionIT                         | -Dtest=None -Dit.test=ExtensionIT
            AIT#one+two,BTest,CIT               | -Dtest=BTest -Dit.test=AIT#one+two,CIT
            """)
    void testsAreToldApart(String only, String expected) {
      assertEquals(
          expected, Bash.withParts("only_tests \"$1\" | head -n 2 | xargs", only).succeeded());
    }

    @Test
    void everyOptionOfTheUsageIsUnderstood() {
      String usage = Bash.run("exec ./install.sh --help").succeeded();
      Pattern.compile("(--[a-z-]+)(=[A-Z]+)?")
          .matcher(usage.substring(usage.indexOf("The server is named")))
          .results()
          .filter(option -> !option.group(1).equals("--help"))
          .forEach(
              option -> {
                String value = option.group(1).equals("--language") ? "=bridge" : "=1";
                Bash.withParts(
                        "parse_arguments \"$1\"",
                        option.group(1) + (option.group(2) == null ? "" : value))
                    .succeeded();
              });
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "install",
          "uninstall",
          "demo",
          "notes",
          "test",
          "bench",
          "scratch",
          "files",
          "settings"
        })
    void everyCommandHasItsFunction(String command) {
      assertEquals(
          "run_" + command,
          Bash.withParts("parse_arguments \"$1\"; declare -F \"run_$COMMAND\"", command)
              .succeeded());
    }
  }

  @Nested
  class Messages {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            in a function                    | f() { false; }; f                                    | status 1: false
            of a program, with its status    | bash -c 'exit 7'                                     | status 7: bash -c 'exit 7'
            in an assignment                 | a=$(false)                                           | status 1: a=$(false)
            in a pipeline                    | 'false | false'                                      | status 1: false
            """)
    void whateverFailsIsNamedOnce(String where, String script, String message) {
      String errors =
          Bash.withParts("speak_before_the_end\n" + script + "\nsay 'goes on'").failed();
      assertTrue(errors.startsWith("install.sh: stopped: "), errors);
      assertTrue(errors.endsWith(" ended with " + message), errors);
      assertEquals(1, errors.lines().count(), errors);
    }

    @Test
    void theFileAndTheLineAreNamed() throws IOException {
      Path part = directory.resolve("part.sh");
      write(part, "f() {\n  local x\n  x=$(exit 3)\n}\n");
      assertEquals(
          "install.sh: stopped: part.sh, line 3, ended with status 3: x=$(exit 3)",
          Bash.withParts("speak_before_the_end; . \"$1\"; f", part).failed());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "fail 'no luck'",
          "x=$(fail 'no luck')",
          "(fail 'no luck')",
          "f() { local x; x=$(fail 'no luck'); }; y=$(f)"
        })
    void whatASubshellHasSaidIsNotSaidAgain(String script) {
      assertEquals(
          "install.sh: no luck",
          Bash.withParts("speak_before_the_end\n" + script + "\nsay 'goes on'").failed());
    }

    @Test
    void theTrapLetsExpectedFailuresPass() {
      assertEquals(
          "end",
          Bash.withParts(
                  "speak_before_the_end; false || true; if false; then :; fi; (fail x) || true; say end")
              .succeeded());
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            one;two                                            | two
            psql:1: ERROR:  no Java;CONTEXT:  x;connection lost | psql:1: ERROR:  no Java
            WARNING:  w;DETAIL:  no file;HINT:  h;ERROR:  setup | ERROR:  setup (no file)
            ERROR:  setup;DETAIL:  no file;DETAIL:  other      | ERROR:  setup (no file)
            FATAL:  out;ERROR:  later                          | FATAL:  out
            only;;                                             | only
            ''                                                 | ''
            """)
    void theReasonIsTheFirstErrorWithItsDetailElseTheLastLine(String log, String expected) {
      assertEquals(expected, Bash.withParts("reason \"$1\"", log.replace(';', '\n')).succeeded());
    }
  }

  @Nested
  class Packages {
    private static final String ROOT_WITH_APT =
        """
        is_root() { true; }
        apt_candidate() { [[ " $KNOWN " = *" $1 "* ]]; }
        apt_update() { :; }
        apt_install() { say "apt says no"; [ -z "${BROKEN-}" ]; }
        command() { true; }
        """;

    @Test
    void theFirstThatAptHasIsInstalled() {
      assertEquals(
          "Installing the package b (a thing)",
          Bash.withParts(ROOT_WITH_APT + "KNOWN='b c'; need_package 'a thing' a b c").succeeded());
    }

    @Test
    void oneThatAptLacksIsNamed() {
      assertEquals(
          "install.sh: missing: a thing; apt has no package a or b",
          first(Bash.withParts(ROOT_WITH_APT + "KNOWN=c; need_package 'a thing' a b").failed()));
    }

    @Test
    void whatAptSaysIsShown() {
      assertEquals(
          "install.sh: apt-get install a failed:\napt says no",
          Bash.withParts(ROOT_WITH_APT + "KNOWN=a BROKEN=yes; need_package 'a thing' a").failed());
    }

    @Test
    void withoutRootThePackageIsOnlyNamed() {
      assertEquals(
          "install.sh: missing: a thing\n"
              + "  Remedy: install the package a, as root: apt-get install a",
          Bash.withParts("is_root() { false; }; need_package 'a thing' a b").failed());
    }
  }

  @Nested
  class Postgres {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            PostgreSQL 15.13 (Debian 15.13-0+deb12u1) | 15.13   | 15
            PostgreSQL 16.0                           | 16.0    | 16
            PostgreSQL 17beta1                        | 17beta1 | 17
            PostgreSQL 18devel                        | 18devel | 18
            PostgreSQL 9.6.24                         | 9.6.24  | 9
            EnterpriseDB 15.1                         | ''      | ''
            ''                                        | ''      | ''
            """)
    void theVersionIsInWhatPgConfigSays(String text, String version, String major) {
      assertEquals(
          version + "/" + major,
          Bash.withParts("v=$(version_in \"$1\"); say \"$v/$(major_of \"$v\")\"", text)
              .succeeded());
    }

    @Test
    void anInstallationIsRead() throws IOException {
      installation("PostgreSQL 16.9 (Debian 16.9-1)", "postgres", "initdb", "pg_ctl");
      assertEquals(
          "16.9 16 %1$s/share %1$s/lib %1$s/bin".formatted(directory),
          need("say $VERSION $MAJOR $SHAREDIR $PKGLIBDIR $BINDIR").succeeded());
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            PostgreSQL 14.2 | PostgreSQL 14.2;
            PostgreSQL 19.0 | PostgreSQL 19.0;
            something       | PostgreSQL no version;
            """)
    void anotherVersionIsRefused(String version, String message) throws IOException {
      installation(version, "postgres", "initdb", "pg_ctl");
      String errors = need("").failed();
      assertTrue(errors.contains(" is of " + message), errors);
    }

    @Test
    void aDevelopmentPackageIsNoServer() throws IOException {
      installation("PostgreSQL 16.9", "pg_ctl");
      String errors = need("").failed();
      assertTrue(
          errors.startsWith(
              "install.sh: PostgreSQL 16.9 is without its server: no postgres, initdb in "
                  + directory
                  + "/bin\n  Remedy: "),
          errors);
    }

    @Test
    void aServerThatAptDoesNotKnowIsNamedByWhatIsMissing() throws IOException {
      installation("PostgreSQL 16.9", "initdb");
      String errors =
          need(
                  "",
                  "debian_bindir() { say \"$BINDIR\"; }",
                  "is_root() { true; }; apt_has() { false; }; command() { true; }")
              .failed();
      assertEquals(
          "install.sh: missing: PostgreSQL's server, no postgres, pg_ctl in %s/bin; apt has no package postgresql-16"
              .formatted(directory),
          first(errors));
    }

    private void installation(String version, String... programs) throws IOException {
      writeProgram(
          directory.resolve("bin/pg_config"),
          "case $1 in --version) echo '%s' ;; --pkglibdir) echo %2$s/lib ;; *) echo \"%2$s/${1:2:-3}\" ;; esac"
              .formatted(version, directory));
      for (String program : programs) {
        writeProgram(directory.resolve("bin/" + program), "");
      }
    }

    private Bash.Result need(String then, String... before) {
      return Bash.withParts(
          String.join("\n", before) + "\nPG_CONFIG=$1/bin/pg_config; need_postgres; " + then,
          directory);
    }
  }

  @Nested
  class Java {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            JAVA_VERSION="17.0.15" | 17
            JAVA_VERSION="21"      | 21
            JAVA_VERSION="25-ea"   | 25
            JAVA_VERSION="1.8.0"   | 1
            IMPLEMENTOR="x"        | 0
            """)
    void theMajorVersionIsInTheReleaseFile(String release, int major) throws IOException {
      write(directory.resolve("release"), release + "\n");
      assertEquals(
          major, Integer.parseInt(Bash.withParts("java_major \"$1\"", directory).succeeded()));
    }

    @ParameterizedTest
    @CsvSource({"knows the option, 0, 17 " + TRIM, "does not, 1, '17 '"})
    void anOptionIsTakenWhereJavaKnowsIt(String what, int status, String expected)
        throws IOException {
      java("17.0.1", "exit " + status);
      assertEquals(
          expected.strip(),
          Bash.withParts("JAVA_HOME=$1; need_java jre; say \"$JAVA_MAJOR $TRIM\"", directory)
              .succeeded()
              .strip());
    }

    @Test
    void anOldJavaIsRefused() throws IOException {
      java("11.0.2", "");
      assertEquals(
          "install.sh: Java 17 or later is needed, "
              + directory
              + " is 11\n  Remedy: set JAVA_HOME",
          Bash.withParts("JAVA_HOME=$1; need_java jre", directory).failed());
    }

    @Test
    void optionsFollowTheJavaOfTheServer() throws IOException {
      java("25.0.1", "");
      String script =
          """
          file_setting() { say "$HOME_OF_SERVER/lib/server/libjvm.so"; }
          HOME_OF_SERVER=$1 ROWSEAL_HOST=pljava
          take_server_java
          need_java jre
          say "$JAVA_MAJOR $(libjvm)"
          """;
      assertEquals(
          "Java: %1$s, as pljava.libjvm_location says\n25 %1$s/lib/server/libjvm.so"
              .formatted(directory),
          Bash.withParts(script, directory).succeeded());
    }

    private void java(String version, String script) throws IOException {
      write(directory.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
      write(directory.resolve("lib/server/libjvm.so"), "");
      writeProgram(directory.resolve("bin/java"), script);
    }
  }

  @Nested
  class Hosts {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            libpljava-so-1.6.9.so                                           | libpljava-so-1.6.9
            libpljava-so-1.6.9.so libpljava-so-1.6.10.so                    | libpljava-so-1.6.10
            libpljava-so-1.5.8.so libpljava-so-1.6.2.so libpljava-so-1.6.11.so | libpljava-so-1.6.11
            sub/libpljava-so-1.6.9.so plpgsql.so                            | libpljava-so-1.6.9
            plpgsql.so                                                      | ''
            """)
    void theNewestLibraryIsTaken(String files, String expected) throws IOException {
      for (String file : files.split(" ")) {
        write(directory.resolve(file), "");
      }
      assertEquals(expected, Bash.withParts("PKGLIBDIR=$1; pljava_library", directory).succeeded());
    }

    @Test
    void theModulesAreThoseOfTheLibrary() throws IOException {
      write(directory.resolve("libpljava-so-1.6.10.so"), "");
      assertEquals(
          "/share/pljava/pljava-1.6.10.jar:/share/pljava/pljava-api-1.6.10.jar",
          Bash.withParts("PKGLIBDIR=$1 SHAREDIR=/share; pljava_modules", directory).succeeded());
    }

    @ParameterizedTest
    @CsvSource({
      "extension/pljava.control libpljava-so-1.6.9.so, pljava",
      "extension/pljava.control, ''",
      "libpljava-so-1.6.9.so, ''",
      "extension/plpython3u.control, bridge",
      "extension/pljava.control libpljava-so-1.6.9.so extension/plpython3u.control, pljava bridge"
    })
    void aHostIsThereWhenAllItsFilesAre(String files, String expected) throws IOException {
      for (String file : files.split(" ")) {
        write(directory.resolve(file), "");
      }
      assertEquals(
          expected,
          Bash.withParts("PKGLIBDIR=$1 SHAREDIR=$1; hosts_present | xargs", directory).succeeded());
    }

    /** One host that fails is left out, and says why. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            pljava bridge | ''     | pljava bridge | ''
            pljava bridge | bridge | pljava        | Left out: the bridge, on which Java does not start: ERROR:  no JVM
            pljava bridge | pljava | bridge        | Left out: PL/Java, on which Java does not start: ERROR:  no JVM
            bridge        | ''     | bridge        | ''
            """)
    void aHostCountsOnceItHasStartedJava(
        String present, String broken, String working, String message) {
      Bash.Result result = tryHosts(present, broken);
      assertEquals(working, result.succeeded());
      assertEquals(message, first(result.errors()));
    }

    @Test
    void withoutAnyHostThereIsNothingToShow() {
      String errors = tryHosts("pljava bridge", "pljava bridge").failed();
      assertTrue(errors.endsWith("install.sh: Java starts on no host, see above"), errors);
      assertEquals(
          2, Pattern.compile("^  Remedy: ", Pattern.MULTILINE).matcher(errors).results().count());
    }

    @ParameterizedTest
    @CsvSource({
      "pljava, 17, SET pljava.vmoptions = '-Xmx128m ';",
      "pljava, 21, SET pljava.vmoptions = '-Xmx128m -Djava.security.manager=allow';",
      "pljava, 25, SET pljava.vmoptions = '-Xmx128m -Djava.security.manager=disallow';",
      "bridge, 17, CREATE EXTENSION plpython3u;"
    })
    void aTryTakesNothingOfRowseals(String host, String java, String first) {
      String sql =
          Bash.withParts("JAVA_HOME=/java JAVA_MAJOR=$2; start_java $1", host, java).succeeded();
      assertEquals(first, first(sql));
      assertFalse(sql.contains("rowseal"), sql);
    }

    private Bash.Result tryHosts(String present, String broken) {
      String script =
          """
          speak_before_the_end
          broken=$2 PGPORT=1 PKGLIBDIR=.
          start_java() { say "start $1"; }
          await_scratch() { true; }
          how_to_mend() { say "mend $1"; }
          query_scratch() {
            local host
            host=$(sed -n 's/^start //p')
            [[ " $broken " != *" $host "* ]] || { say 'ERROR:  no JVM'; say 'CONTEXT:  x'; return 3; }
          }
          try_hosts $1
          say "$HOSTS"
          """;
      return Bash.withParts(script, present, broken);
    }

    /** What is asked for, what the server and the database have; what both have then. */
    @ParameterizedTest
    @CsvSource({
      "'', '', '', pljava pljava",
      "bridge, '', '', bridge bridge",
      "'', 0.1.0-bridge, '', bridge bridge",
      "pljava, 0.1.0-bridge, '', pljava pljava",
      "'', 0.1.0, 0.1.0-bridge, pljava bridge",
      "'', 0.1.0-bridge, 0.1.0, bridge pljava",
      "bridge, 0.1.0, 0.1.0-bridge, bridge bridge",
    })
    void aServerKeepsItsDefaultAndADatabaseItsHost(
        String asked, String server, String database, String then) throws IOException {
      if (!server.isEmpty()) {
        write(
            directory.resolve("extension/rowseal.control"), "default_version = '" + server + "'\n");
      }
      assertEquals(
          then,
          Bash.withParts(KEEP + "say \"$DEFAULT_HOST $ROWSEAL_HOST\"", directory, asked, database)
              .succeeded()
              .lines()
              .reduce("", (before, line) -> line));
    }

    @Test
    void theHostOfADatabaseIsNotChangedByTheWay() {
      assertTrue(
          Bash.withParts(KEEP, directory, "pljava", "0.1.0-bridge")
              .failed()
              .contains("database mydb runs on the bridge"));
    }

    private static final String KEEP =
        """
        SHAREDIR=$1 ROWSEAL_HOST=$2 INSTALLED=$3 DBNAME=mydb MAJOR=15
        has_pljava() { true; }
        query() { say "$INSTALLED"; }
        keep_host
        choose_language
        """;

    @ParameterizedTest
    @CsvSource({"pljava, 0.1.0", "bridge, 0.1.0-bridge"})
    void eachHostHasItsVersion(String host, String version) throws IOException {
      write(directory.resolve("rowseal.control"), "default_version = '0.1.0'\n");
      assertEquals(
          version, Bash.withParts("BUILT=$2; extension_version $1", host, directory).succeeded());
    }
  }

  @Nested
  class VmOptions {

    static Stream<List<String>> merged() {
      String heap = "-XX:+UseSerialGC -Xmx128m -Xms32m -Xss4m -XX:-UsePerfData";
      String ours = heap + " " + TRIM + " " + HANDLES;
      String ours17 = ours + " --add-modules=jdk.incubator.foreign " + NATIVE;
      String ours21 = ours + " " + NATIVE;
      String handles17 = HANDLES + " --add-modules=jdk.incubator.foreign " + NATIVE;
      String rest = MANAGEMENT + " " + JARS;
      String allow = "-Djava.security.manager=allow";
      String disallow = "-Djava.security.manager=disallow";
      String unenforced = disallow + " -Drowseal.unenforced=java";
      return Stream.of(
          List.of("nothing is set", "17", "", ours17 + " " + rest),
          List.of("Java 18", "18", "", ours + " " + allow + " " + rest),
          List.of("Java 21", "21", "", ours21 + " " + allow + " " + rest),
          List.of("Java 24", "24", "", ours21 + " " + unenforced + " " + rest),
          List.of("Java 25", "25", "", ours21 + " " + unenforced + " " + rest),
          List.of("from Java 21 to 25", "25", allow, ours21 + " " + unenforced + " " + rest),
          List.of("back to 21", "21", unenforced, ours21 + " " + allow + " " + rest),
          List.of("back to 17", "17", unenforced, ours17 + " " + rest),
          List.of(
              "no policy, as the DBA wants it on 25",
              "25",
              disallow,
              disallow + " " + ours21 + " " + rest),
          List.of(
              "a manager that Java 25 refuses to start with",
              "25",
              "-Djava.security.manager=org.x.Y",
              ours21 + " " + unenforced + " " + rest),
          List.of(
              "from Java 17 to 25",
              "25",
              "--add-modules=jdk.incubator.foreign " + NATIVE,
              NATIVE + " " + ours + " " + unenforced + " " + rest),
          List.of("the DBA's own choice", "21", disallow, disallow + " " + ours21 + " " + rest),
          List.of("foreign options", "17", "-Dx=1  -esa", "-Dx=1 -esa " + ours17 + " " + rest),
          List.of(
              "the DBA's stack",
              "17",
              "-Xss8m",
              ("-Xss8m " + ours17 + " " + rest).replace(" -Xss4m", "")),
          List.of(
              "the DBA's heap",
              "17",
              "-Xmx1g -Xms64m -XX:+UseG1GC -XX:+UsePerfData",
              "-Xmx1g -Xms64m -XX:+UseG1GC -XX:+UsePerfData -Xss4m %s %s %s"
                  .formatted(TRIM, handles17, rest)),
          List.of(
              "the heap by its long names",
              "17",
              "-XX:MaxHeapSize=1g -XX:InitialHeapSize=64m",
              "-XX:MaxHeapSize=1g -XX:InitialHeapSize=64m -XX:+UseSerialGC -Xss4m -XX:-UsePerfData %s %s %s"
                  .formatted(TRIM, handles17, rest)),
          List.of(
              "JMX is wanted",
              "17",
              "-Dcom.sun.management.jmxremote",
              "-Dcom.sun.management.jmxremote " + ours17 + " " + JARS),
          List.of(
              "another builder of JMX",
              "17",
              "-Djavax.management.builder.initial=org.x.Y",
              "-Djavax.management.builder.initial=org.x.Y " + ours17 + " " + JARS),
          List.of(
              "paths of the DBA's",
              "17",
              "-Xbootclasspath/a:/a.jar:/b.jar -Djava.class.path=/c.jar",
              "-Xbootclasspath/a:/a.jar:/b.jar:/share/rowseal/rowseal.jar"
                  + " -Djava.class.path=/c.jar:/share/rowseal/rowseal-pljava.jar "
                  + ours17
                  + " "
                  + MANAGEMENT),
          List.of(
              "a path with a space",
              "17",
              "-Djava.class.path=/my dir/c.jar",
              "-Djava.class.path=/my dir/c.jar:/share/rowseal/rowseal-pljava.jar %s %s -Xbootclasspath/a:/share/rowseal/rowseal.jar"
                  .formatted(ours17, MANAGEMENT)),
          List.of(
              "jars of another installation of ours17",
              "17",
              "-Xbootclasspath/a:/old/rowseal/rowseal.jar:/b.jar -Djava.class.path=/old/rowseal/rowseal-pljava.jar",
              "-Xbootclasspath/a:/b.jar:/share/rowseal/rowseal.jar %s %s -Djava.class.path=/share/rowseal/rowseal-pljava.jar"
                  .formatted(ours17, MANAGEMENT)),
          List.of(
              "our archive is gone",
              "17",
              "-XX:SharedArchiveFile=/old/rowseal/classes.jsa",
              ours17 + " " + rest),
          List.of(
              "an archive of the DBA's",
              "17",
              "-XX:SharedArchiveFile=/my/classes.jsa",
              "-XX:SharedArchiveFile=/my/classes.jsa " + ours17 + " " + rest),
          List.of("a pattern is no file name", "17", "-Dx=*", "-Dx=* " + ours17 + " " + rest));
    }

    @ParameterizedTest
    @MethodSource("merged")
    void oursAreAddedAndTheDbasStay(List<String> row) {
      assertEquals(row.get(3), merge(row.get(1), TRIM, row.get(2)), row.get(0));
    }

    @ParameterizedTest
    @MethodSource("merged")
    void aSecondTimeChangesNothing(List<String> row) {
      assertEquals(row.get(3), merge(row.get(1), TRIM, row.get(3)), row.get(0));
    }

    @Test
    void aJavaThatDoesNotKnowAnOptionIsNotGivenIt() {
      assertFalse(merge("17", "", "").contains("TrimNativeHeapInterval"));
      assertFalse(merge("17", "", merge("17", TRIM, "")).contains("TrimNativeHeapInterval"));
    }

    @Test
    void theArchiveIsTakenOnceItIsThere() throws IOException {
      write(directory.resolve("rowseal/classes.jsa"), "");
      String option = "-XX:SharedArchiveFile=" + directory + "/rowseal/classes.jsa";
      String merged = merge("17", TRIM, "-Dx=1", directory.toString());
      assertTrue(merged.contains(" " + option + " "), merged);
      assertEquals(merged, merge("17", TRIM, merged, directory.toString()));
      String own = merge("17", TRIM, "-XX:SharedArchiveFile=/my.jsa", directory.toString());
      assertFalse(own.contains(option), own);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            ''                                     | ''
            -Xmx1g                                 | -Xmx1g -XX:+UseSerialGC
            -Dx=1                                  | -Dx=1 -XX:+UseSerialGC -Xmx128m
            -Xmx1g -XX:+UseG1GC                    | -Xmx1g -XX:+UseG1GC
            -Xmx1g -XX:+UseG1GC -Xms64m            | -Xmx1g -XX:+UseG1GC -Xms64m
            -XX:+UseG1GC -Xmx1g -XX:+UsePerfData   | -XX:+UseG1GC -Xmx1g -XX:+UsePerfData
            -XX:+UseG1GC -Xmx1g -Djava.class.path=/c.jar | -XX:+UseG1GC -Xmx1g -Djava.class.path=/c.jar
            -XX:+UseG1GC -Xmx1g -Xbootclasspath/a:/my dir/c.jar | -XX:+UseG1GC -Xmx1g -Xbootclasspath/a:/my dir/c.jar
            -XX:+UseG1GC -Xmx1g -XX:SharedArchiveFile=/my.jsa | -XX:+UseG1GC -Xmx1g -XX:SharedArchiveFile=/my.jsa
            """)
    void uninstallTakesOnlyOurs(String before, String after) {
      assertEquals(after, uninstalled("17", merge("17", TRIM, before)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "18", "21", "24", "25"})
    void uninstallLeavesNothingWhereNothingWas(String java) {
      assertEquals("", uninstalled(java, merge(java, TRIM, "")));
    }

    /** What switched the policy off goes where it was ours, and stays where it was the DBA's. */
    @ParameterizedTest
    @CsvSource({"'', false", "-Djava.security.manager=disallow, true"})
    void uninstallUndoesWhatSwitchesThePolicyOff(String before, boolean stays) {
      String after = uninstalled("25", merge("25", TRIM, ("-Dx=1 " + before).strip()));
      assertEquals(stays, after.contains("-Djava.security.manager=disallow"), after);
      assertFalse(after.contains("rowseal"), after);
    }

    private String merge(String java, String trim, String options) {
      return merge(java, trim, options, "/share");
    }

    private String merge(String java, String trim, String options, String share) {
      return Bash.withParts(
              "JAVA_MAJOR=$1 TRIM=$2; pljava_vmoptions \"$3\" \"$4\"", java, trim, options, share)
          .succeeded();
    }

    private String uninstalled(String java, String options) {
      return Bash.withParts(
              "JAVA_MAJOR=$1 TRIM=$TRIM_OPTION; vmoptions_after_uninstall \"$2\"", java, options)
          .succeeded();
    }
  }

  @Nested
  class Settings {

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            17 | ''                                | ''
            21 | -Djava.security.manager=allow     | ''
            24 | -Djava.security.manager=disallow -Drowseal.unenforced=java | pljava.allow_unenforced = 'java' # Java 24 has no security manager, so PL/Java's policy is not enforced
            """)
    void areLinesForPostgresqlConf(String java, String manager, String policy) {
      String options =
          Stream.of(
                  "-XX:+UseSerialGC -Xmx128m -Xms32m -Xss4m -XX:-UsePerfData " + HANDLES,
                  java.equals("17") ? "--add-modules=jdk.incubator.foreign" : "",
                  NATIVE,
                  manager,
                  MANAGEMENT,
                  JARS)
              .filter(text -> !text.isEmpty())
              .collect(Collectors.joining(" "));
      assertEquals(
          """
          pljava.libjvm_location = '/java/lib/server/libjvm.so'
          pljava.vmoptions = '%s'
          %s"""
              .formatted(options, policy)
              .strip(),
          Bash.withParts("JAVA_HOME=/java JAVA_MAJOR=$1; pljava_settings /share", java)
              .succeeded());
    }

    @Test
    void quotesAreDoubled() {
      assertEquals("'-Dx=''y'''", Bash.withParts("quoted \"-Dx='y'\"").succeeded());
    }

    /** What is said to a named server; the libjvm that it has set is there. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            -Xmx1g | ''         | SET pljava.vmoptions = '-Xmx1g'; RESET pljava.allow_unenforced
            -Xmx1g | javau,java | SET pljava.vmoptions = '-Xmx1g'; SET pljava.allow_unenforced = 'javau,java'
            ''     | ''         | RESET pljava.vmoptions; RESET pljava.allow_unenforced
            """)
    void areMadeOnANamedServer(String options, String allowed, String expected) {
      String script =
          """
          pljava_library() { say libpljava-so-1.6.9; }
          file_setting() { say "$BASH"; }
          server_settings "$1" "$2"
          """;
      String made =
          Bash.withParts(script, options, allowed)
              .succeeded()
              .lines()
              .filter(line -> line.startsWith("ALTER SYSTEM "))
              .map(line -> line.replaceAll("^ALTER SYSTEM |;$", ""))
              .collect(Collectors.joining("; "));
      assertEquals(expected, made);
    }
  }

  /** Which languages PL/Java may run without its policy. */
  @Nested
  class Policy {
    private static final String OURS = "-Djava.security.manager=disallow -Drowseal.unenforced=java";

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            Java 17                            | 17 | ''   | -Xmx1g | ''        | ''
            Java 25                            | 25 | ''   | -Xmx1g | ''        | java
            beside the DBA's                   | 25 | ''   | -Xmx1g | javau     | javau,java
            is allowed already                 | 25 | ''   | -Xmx1g | 'a, java' | 'a, java'
            back to a Java that has one        | 21 | ours | -Xmx1g | java      | ''
            the DBA's stay then                | 21 | ours | -Xmx1g | java,javau | javau
            what the DBA allowed on another    | 21 | ''   | -Xmx1g | java      | java
            uninstalled                        | 25 | ours | ''     | a,java,b  | a,b
            uninstalled, and the DBA's         | 25 | ''   | ''     | java      | java
            """)
    void isSwitchedOffOnlyAsLongAsWeNeedThat(
        String what, String java, String before, String after, String allowed, String expected) {
      assertEquals(
          expected,
          Bash.withParts(
                  "JAVA_MAJOR=$1; allowed_without_policy \"$2\" \"$3\" \"$4\"",
                  java,
                  before.equals("ours") ? OURS : before,
                  after,
                  allowed)
              .succeeded(),
          what);
    }
  }

  /** Which Java a host is set to. */
  @Nested
  class ServerJava {

    private String taken(String host, String library) {
      String script =
          """
          speak_before_the_end
          ROWSEAL_HOST=$1 named=$2 SHAREDIR=$3/share JAVA_HOME=/path/java
          file_setting() { say "$named"; }
          take_server_java >/dev/null
          say "home $(java_home)"
          """;
      Bash.Result result = Bash.withParts(script, host, library, directory);
      return result.status() == 0 ? result.output() : result.errors();
    }

    private Path java(String name) throws IOException {
      writeProgram(directory.resolve(name + "/bin/java"), "");
      Path library = directory.resolve(name + "/lib/server/libjvm.so");
      write(library, "");
      return library;
    }

    @Test
    void isTheOneThatItsSettingNames() throws IOException {
      String library = java("other").toString();
      write(directory.resolve("share/rowseal/jvm.options"), "-Xmx1g\nlibjvm=" + library + "\n");
      assertEquals("home " + directory + "/other", taken("pljava", library));
      assertEquals("home " + directory + "/other", taken("bridge", ""));
    }

    @Test
    void isFoundThroughALink() throws IOException {
      Path link = directory.resolve("libjvm.so");
      Files.createSymbolicLink(link, java("other"));
      assertEquals("home " + directory.toRealPath() + "/other", taken("pljava", link.toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/nowhere/lib/server/libjvm.so", "libjvm.so"})
    void thatIsNotSetOrGoneIsReplaced(String library) {
      assertEquals("home /path/java", taken("pljava", library));
      assertEquals("home /path/java", taken("bridge", library));
    }

    @Test
    void ofWhichNothingIsKnownIsRefused() throws IOException {
      Path library = directory.resolve("libjvm.so");
      write(library, "");
      assertTrue(
          taken("pljava", library.toString())
              .startsWith(
                  "install.sh: pljava.libjvm_location names " + library + ", which is in no Java"));
    }
  }

  /** Another Debian in a folder. */
  @Nested
  class Elsewhere {

    @Test
    void isForTestsAndTheDemoOfRoot() {
      assertEquals(
          "install.sh: --in is for test and demo",
          first(Bash.withParts("COMMAND=uninstall; run_elsewhere trixie").failed()));
      assertEquals(
          "install.sh: --in needs root, to set up another Debian",
          first(
              Bash.withParts("is_root() { false; }; COMMAND=test; run_elsewhere trixie").failed()));
    }

    @Test
    void getsTheTreeAsItIsButKeepsWhatWasBuiltThere() throws IOException {
      for (String file : List.of("here/a/new.sh", "here/target/x", "there/target/y", "there/old")) {
        write(directory.resolve(file), "");
      }
      assertEquals(
          "./a/new.sh ./target/y",
          Bash.withParts(
                  "HERE=$1/here; give_tree $1/there; cd $1/there && find . -type f | sort | xargs",
                  directory)
              .succeeded());
    }
  }

  /** Other servers whose files these are too. */
  @Nested
  class OtherClusters {

    private String known(String databases, String... lines) throws IOException {
      if (lines.length > 0) {
        write(directory.resolve("postmaster.pid"), String.join("\n", lines) + "\n");
      }
      String script =
          """
          query() {
            [ "$PGPORT:$PGHOST" = 5433:/run ] || return 2
            case "$2" in
              *pg_database*) printf '%s\\n' postgres "two words" ;;
              *)
                [[ "$installed" != "[$1] is closed" ]] || return 2
                [[ "$installed" != *"[$1]"* ]] || say 1 ;;
            esac
          }
          PGHOST=own PGPORT=5432 DBNAME=own installed=$2
          uses_extension "$1"
          [ "$PGHOST:$PGPORT" = own:5432 ]
          """;
      return Bash.withParts(script, directory, databases).succeeded();
    }

    @Test
    void areNamedWithTheirDatabases() throws IOException {
      String at = "  " + directory;
      assertEquals(at + " (stopped)", known(""));
      assertEquals(at + " (stopped)", known("", "999999999", "/d", "0", "5433", "/run", "*"));
      assertEquals("", known("", "1", "/d", "0", "5433", "/run", "*"));
      assertEquals(
          at + ", port 5433, databases: two words",
          known("[two words]", "1", "/d", "0", "5433", "/run", "*"));
      assertEquals(
          at + ", port 5433 (does not let us in)",
          known("[two words] is closed", "1", "/d", "0", "5433", "/run", "*"));
      assertEquals(
          at + ", port 5434 (does not let us in)",
          known("[postgres]", "1", "/d", "0", "5434", "/run", "*"));
    }
  }

  @Nested
  class BuildAndFiles {

    @ParameterizedTest
    @CsvSource({
      "pom.xml, no",
      "src/main/java/A.java, no",
      "sql/rowseal.control, no",
      "sql/protect/check_table.sql, no",
      "src/test/java/T.java, yes",
      "src/install/say.sh, yes",
      "README.md, yes"
    })
    void theBuildIsOldWhenASourceIsNewer(String changed, String newest) throws IOException {
      for (String file :
          List.of("pom.xml", "src/main/java/A.java", "sql/protect/check_table.sql", changed)) {
        write(directory.resolve(file), "");
      }
      write(directory.resolve("target/rowseal.control"), "");
      String script =
          """
          HERE=$1
          find "$1" -exec touch -d 2001-01-01 {} +
          touch -d 2002-01-01 "$1/target/rowseal.control"
          touch "$1/$2"
          if is_newest "$1/target/rowseal.control"; then say yes; else say no; fi
          """;
      assertEquals(newest, Bash.withParts(script, directory, changed).succeeded());
    }

    @Test
    void aRemovedSourceIsSeen() throws IOException {
      for (String file : List.of("pom.xml", "src/main/A.java", "sql/a/a.sql", "sql/a/b.sql")) {
        write(directory.resolve(file), "");
      }
      String script =
          """
          HERE=$1
          find "$1" -exec touch -d 2001-01-01 {} +
          touch -d 2002-01-01 "$1/pom.xml"
          is_newest "$1/pom.xml" && rm "$1/sql/a/b.sql" && ! is_newest "$1/pom.xml"
          """;
      Bash.withParts(script, directory).succeeded();
    }

    @Test
    void aSecondInstallationChangesNothing() throws IOException {
      built();
      String first = install("pljava");
      assertTrue(first.contains("  copied     " + directory + "/share/rowseal/jvm.options"), first);
      assertTrue(
          Files.readString(directory.resolve("share/rowseal/jvm.options"))
              .endsWith("libjvm=/java/lib/server/libjvm.so\n"));
      assertFalse(install("pljava").replace("/share/rowseal/jvm.options", "").contains("copied"));
    }

    @ParameterizedTest
    @CsvSource({"pljava, 0.1.0", "bridge, 0.1.0-bridge"})
    void theDefaultVersionIsTheHosts(String host, String version) throws IOException {
      built();
      install(host);
      assertEquals(
          "default_version = '" + version + "'\n",
          Files.readString(directory.resolve("share/extension/rowseal.control")));
    }

    @Test
    void optionsOfTheBridgeStayButForAJavaThatIsGone() throws IOException {
      built();
      Path options = directory.resolve("share/rowseal/jvm.options");
      Path libjvm = directory.resolve("libjvm.so");
      String edited = "# mine\n-Xmx1g\nlibjvm=" + libjvm + "\n";
      write(options, edited);
      write(libjvm, "");
      assertTrue(install("bridge").contains("  kept       " + options));
      assertEquals(edited, Files.readString(options));
      Files.delete(libjvm);
      assertTrue(install("bridge").contains("  mended     " + options));
      assertEquals(
          edited.replace(libjvm.toString(), "/java/lib/server/libjvm.so"),
          Files.readString(options));
    }

    /** As files were that let the bridge look for a Java. */
    @Test
    void optionsOfTheBridgeThatNameNoJavaAreGivenOne() throws IOException {
      built();
      Path options = directory.resolve("share/rowseal/jvm.options");
      write(options, "-Xmx1g\n" + TRIM + "\n");
      assertTrue(install("bridge").contains("  mended     " + options));
      assertEquals("-Xmx1g\nlibjvm=/java/lib/server/libjvm.so\n", Files.readString(options));
    }

    @Test
    void aFailedBuildSaysWhyAndWhereItsLogIs() throws IOException {
      write(directory.resolve("pom.xml"), "");
      writeProgram(
          directory.resolve("bin/mvn"),
          "printf '\\033[0m[INFO] Downloaded from x\\n\\033[1m[ERROR] no luck\\033[m\\n'; exit 1");
      String script =
          """
          speak_before_the_end
          HERE=$1 BUILT=$1/none PATH=$1/bin:$PATH
          need_java() { :; }
          need_build
          """;
      Bash.Result result = Bash.withParts(script, directory);
      assertTrue(
          result
              .failed()
              .startsWith(
                  "install.sh: the build failed:\n[ERROR] no luck\n  Remedy: the whole log is "
                      + directory
                      + "/target/build.log"),
          result.errors());
      assertEquals("Building target/extension", result.output());
    }

    @Test
    void aLongBuildSaysHowFarItIs() throws IOException {
      Path log = directory.resolve("log");
      write(
          log,
          "[INFO] Downloaded from central: a\n[INFO] Downloaded from central: b\n"
              + "[INFO] --- maven-compiler-plugin:3:compile (default-compile) @ rowseal ---\n[INFO] x\n");
      String script = "sleep() { [ -z \"$slept\" ] && slept=yes; }; slept=''; show_progress \"$1\"";
      assertEquals(
          "  0 s: 2 files fetched; at maven-compiler-plugin",
          Bash.withParts(script, log).succeeded());
    }

    @Test
    void aBuiltArchiveBuildsNothing() throws IOException {
      built();
      assertEquals(
          "Built already: built",
          Bash.withParts("HERE=$1 BUILT=$1/built; need_build", directory).succeeded());
    }

    /** Permissions do not bind root, and what is no directory nobody can write to. */
    @Test
    void whoMayNotWriteIsToldBeforeTheBuild() throws IOException {
      String script = "HERE=$1 BUILT=$1/$2; need_writable \"$1/share\"";
      String errors = Bash.withParts(script, directory, "none").failed();
      assertTrue(
          errors.startsWith(
              "install.sh: cannot write to "
                  + directory
                  + "/share/extension\n  Remedy: run this as root"),
          errors);
      built();
      Bash.withParts(script, directory, "built").succeeded();
      Files.createDirectories(directory.resolve("share/extension"));
      Bash.withParts(script, directory, "none").succeeded();
    }

    private void built() throws IOException {
      write(directory.resolve("built/rowseal.control"), "default_version = '0.1.0'\n");
      write(directory.resolve("built/rowseal--0.1.0.sql"), "SELECT 1;\n");
      write(directory.resolve("built/jvm.options"), "-Xmx128m\n");
      for (String file : List.of("rowseal.jar", "rowseal-pljava.jar", "rowseal_bridge.py")) {
        write(directory.resolve("built/" + file), file);
      }
    }

    private String install(String host) {
      return Bash.withParts(
              "JAVA_HOME=/java BUILT=$1/built; install_files \"$1/share\" $2", directory, host)
          .succeeded();
    }
  }

  private static String first(String text) {
    return text.lines().findFirst().orElse("");
  }
}
