"""The bridge: runs Rowseal's Java code in a PostgreSQL backend through PL/Python and JPype.

A thin adapter: it hands Java the row image, runs Java's SQL through plpy, and has no logic of its own. Loaded once per
backend into a dictionary in which HOME (the directory of this file) is set.
"""

import platform
import signal
import sys

import plpy

try:
    import jpype
except ImportError:
    # A server whose PATH names another Python than the one PL/Python was built with.
    sys.path.append("/usr/lib/python3/dist-packages")
    import jpype

JPYPE_JAR = "/usr/share/java/org.jpype.jar"
PLANS_KEPT = 256
# Functions that start threads, and what PostgreSQL handles: a thread inherits the mask of the one that starts it.
THREADED = {"verifyImages", "digestImages"}
POSTGRES_SIGNALS = {
    signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGALRM, signal.SIGPIPE, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGURG, signal.SIGCHLD}
SQL_TYPES = {"BYTES": "bytea", "BOOLEAN": "bool", "INTEGER": "int8", "TEXT": "text"}


def _start_jvm():
    if jpype.isJVMStarted():
        return
    options = []
    libjvm = None
    with open(HOME + "/jvm.options", encoding="utf-8") as lines:
        for line in map(str.strip, lines):
            if line.startswith("libjvm="):
                libjvm = line[len("libjvm="):]
            elif line and not line.startswith("#"):
                options.append(line)
    # JVM threads must never run PostgreSQL's signal handlers: they inherit the mask of the thread that starts them.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        jpype.startJVM(
            libjvm or jpype.getDefaultJVMPath(), "-Xrs", *options,
            classpath=[JPYPE_JAR, HOME + "/rowseal.jar"], interrupt=False)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


_start_jvm()

JByteArray = jpype.JArray(jpype.JByte)
JObjectArray = jpype.JArray(jpype.JClass("java.lang.Object"))
JStringArray = jpype.JArray(jpype.JString)
Boolean = jpype.JClass("java.lang.Boolean")
Long = jpype.JClass("java.lang.Long")
RefusedException = jpype.JClass("io.rowseal.error.RefusedException")
OutOfMemoryError = jpype.JClass("java.lang.OutOfMemoryError")


def _to_java(value):
    if value is None:
        return None
    if isinstance(value, bytes):
        return JByteArray(value)
    if isinstance(value, bool):
        return Boolean.valueOf(value)
    if isinstance(value, int):
        return Long.valueOf(value)
    if isinstance(value, list):
        return JStringArray(value)
    return jpype.JString(value)


def _to_python(value):
    if value is None:
        return None
    if isinstance(value, JByteArray):
        return bytes(value)
    if isinstance(value, JStringArray):
        return [None if text is None else str(text) for text in value]
    if isinstance(value, (bool, Boolean)):
        return bool(value)
    if isinstance(value, (int, Long)):
        return int(value)
    return str(value)


def _row(values):
    return JObjectArray([_to_java(value) for value in values])


@jpype.JImplements("io.rowseal.database.Database")
class _Database:
    def __init__(self):
        self._plans = {}

    @jpype.JOverride
    def scan(self, query, row, parameters):
        plan, names = self._plan(query)
        for found in plpy.cursor(plan, self._arguments(parameters)):
            row.accept(_row(found[name] for name in names))

    @jpype.JOverride
    def rows(self, query, parameters):
        plan, names = self._plan(query)
        rows = jpype.JClass("java.util.ArrayList")()
        for found in plpy.execute(plan, self._arguments(parameters)):
            rows.add(_row(found[name] for name in names))
        return rows

    @jpype.JOverride
    def execute(self, statement, parameters):
        plan, _ = self._plan(statement)
        return Long.valueOf(plpy.execute(plan, self._arguments(parameters)).nrows())

    def _plan(self, query):
        key = int(jpype.java.lang.System.identityHashCode(query))
        kept = self._plans.get(key)
        if kept is None or not kept[0].equals(query):
            names = ["c%d" % i for i in range(query.results().size())]
            text = str(query.withNumbers())
            if names:
                # plpy hands over rows by column name, so every column needs one of its own.
                text = "SELECT * FROM (%s) AS found(%s)" % (text, ", ".join(names))
            types = [SQL_TYPES[str(kind.name())] for kind in query.parameters()]
            kept = (query, plpy.prepare(text, types), names)
            if len(self._plans) >= PLANS_KEPT:
                self._plans.clear()
            self._plans[key] = kept
        return kept[1], kept[2]

    @staticmethod
    def _arguments(parameters):
        return [_to_python(value) for value in parameters]


_functions = jpype.JClass("io.rowseal.host.Functions")(
    _Database(),
    "bridge: PL/Python %s + JPype %s" % (platform.python_version(), jpype.__version__))


def _answer(function, arguments):
    try:
        return function(*arguments)
    except RefusedException as refused:
        message, sqlstate = str(refused.getMessage()), str(refused.refusal().sqlState())
    except OutOfMemoryError:
        message, sqlstate = "the Java heap is too small for this row; raise -Xmx", "53200"
    except jpype.JException as error:
        message, sqlstate = "internal error: " + str(error.toString()), "XX000"
    return plpy.error(message, sqlstate=sqlstate)


def call(name, arguments):
    """Calls a function of io.rowseal.host.Functions with SQL values and returns its answer as one."""
    function, arguments = getattr(_functions, name), [_to_java(value) for value in arguments]
    if name not in THREADED:
        return _to_python(_answer(function, arguments))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, POSTGRES_SIGNALS)
    try:
        return _to_python(_answer(function, arguments))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
