"""The bridge: runs Rowseal's Java code in a PostgreSQL backend through PL/Python and JPype.

A thin adapter: it converts arguments and answers, and has no logic of its own. Java runs no SQL. Loaded once per backend into
a dictionary in which HOME (the directory of this file) is set.
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
# Methods that start threads, and what PostgreSQL handles: a thread inherits the mask of the one that starts it.
THREADED = {"verifyImages", "digestImages", "callHelpers"}
POSTGRES_SIGNALS = {
    signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGALRM, signal.SIGPIPE, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGURG, signal.SIGCHLD}


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


_entry_points = jpype.JClass("io.rowseal.host.EntryPoints")(
    "bridge: PL/Python %s + JPype %s" % (platform.python_version(), jpype.__version__))


def _answer(method, arguments):
    try:
        return method(*arguments)
    except RefusedException as refused:
        message, sqlstate = str(refused.getMessage()), str(refused.refusal().sqlState())
    except OutOfMemoryError:
        message, sqlstate = "the Java heap is too small for this row; raise -Xmx", "53200"
    except jpype.JException as error:
        message, sqlstate = "internal error: " + str(error.toString()), "XX000"
    return plpy.error(message, sqlstate=sqlstate)


def call(name, arguments):
    """Calls a method of io.rowseal.host.EntryPoints with SQL values and returns its answer as one."""
    method, arguments = getattr(_entry_points, name), [_to_java(value) for value in arguments]
    if name not in THREADED:
        return _to_python(_answer(method, arguments))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, POSTGRES_SIGNALS)
    try:
        return _to_python(_answer(method, arguments))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
