"""The bridge: runs Rowseal's Java code in a PostgreSQL backend through PL/Python.

A thin adapter: it starts Java by the interface for C (JNI), hands it arguments as bytes and converts answers. It has no logic
of its own, and Java runs no SQL. It needs nothing but Python's standard library: what calls C from Python otherwise, such as
JPype, is made anew for each version of Python and of Java, and often late. Loaded once per backend into a dictionary in which
HOME (the directory of this file) is set; without HOME it only defines.
"""

import ctypes
import os
import platform
import signal
import struct

import plpy

ENTRY_POINTS = b"io/rowseal/host/bridge/BridgeEntryPoints"
CONFIGURATION = "RS012"
# Methods that start threads, and what PostgreSQL handles: a thread inherits the mask of the one that starts it.
THREADED = {"verifyImages", "digestImages", "callHelpers"}
POSTGRES_SIGNALS = {
    signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGALRM, signal.SIGPIPE, signal.SIGUSR1,
    signal.SIGUSR2, signal.SIGURG, signal.SIGCHLD}

# ---------------------------------------------------------------- JNI

JNI_VERSION = 0x00090000
JNI_EEXIST = -5
# Places in JNI's table of functions, which its specification lists; and what each answers and takes after the environment.
FUNCTIONS = {
    "FindClass": (6, ctypes.c_void_p, ctypes.c_char_p),
    "ExceptionDescribe": (16, None),
    "ExceptionClear": (17, None),
    "DeleteLocalRef": (23, None, ctypes.c_void_p),
    "GetStaticMethodID": (113, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p),
    "CallStaticObjectMethodA": (116, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
    "GetArrayLength": (171, ctypes.c_int32, ctypes.c_void_p),
    "GetByteArrayRegion": (200, None, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_void_p),
    "NewDirectByteBuffer": (229, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int64)}


class _Option(ctypes.Structure):
    _fields_ = [("text", ctypes.c_char_p), ("extra", ctypes.c_void_p)]


class _Arguments(ctypes.Structure):
    _fields_ = [
        ("version", ctypes.c_int32), ("count", ctypes.c_int32), ("options", ctypes.POINTER(_Option)),
        ("ignore_unrecognized", ctypes.c_uint8)]


def start_java(libjvm, options):
    """Starts Java in this process and returns its environment for C."""
    if not libjvm or not os.path.isfile(libjvm):
        plpy.error(
            "the Java of the bridge is gone: there is no file %s" % (libjvm or "named by libjvm= in jvm.options"),
            sqlstate=CONFIGURATION, hint="Run install.sh again, which names the Java that is there.")
    given = (_Option * len(options))(*[_Option(os.fsencode(option), None) for option in options])
    virtual_machine, environment = ctypes.c_void_p(), ctypes.c_void_p()
    # JVM threads must never run PostgreSQL's signal handlers: they inherit the mask of the thread that starts them.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        status = ctypes.CDLL(libjvm).JNI_CreateJavaVM(
            ctypes.byref(virtual_machine), ctypes.byref(environment),
            ctypes.byref(_Arguments(JNI_VERSION, len(options), given, 0)))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if status == JNI_EEXIST:
        plpy.error(
            "this connection runs Java already, for another extension", sqlstate=CONFIGURATION,
            hint="A process can run one Java. Use a connection of its own, or install Rowseal for PL/Java.")
    if status != 0:
        plpy.error(
            "Java does not start (JNI status %d): %s" % (status, libjvm), sqlstate=CONFIGURATION,
            hint="The server's log says why. Options are in jvm.options beside rowseal.jar.")
    return environment


class _Jni:
    """JNI's functions as methods that pass the environment themselves; the interpreter's lock is kept, for no thread waits for it."""

    def __init__(self, environment):
        table = ctypes.cast(environment, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        self._environment = environment
        for name, (place, result, *arguments) in FUNCTIONS.items():
            setattr(self, name, ctypes.PYFUNCTYPE(result, ctypes.c_void_p, *arguments)(table[place]))
        self._arguments = (ctypes.c_void_p * 1)()
        self._class = self._found(self.FindClass(environment, ENTRY_POINTS))
        self._method = self._found(
            self.GetStaticMethodID(environment, self._class, b"call", b"(Ljava/nio/ByteBuffer;)[B"))

    def _found(self, reference):
        if not reference:
            self.ExceptionDescribe(self._environment)
            self.ExceptionClear(self._environment)
            plpy.error(
                "rowseal.jar is not there, or of another version", sqlstate=CONFIGURATION,
                hint="Run install.sh again, then connect anew. The server's log has Java's own message.")
        return reference

    def call(self, request):
        """Java reads the request where it is, so it must live until Java answers."""
        environment = self._environment
        self._arguments[0] = self.NewDirectByteBuffer(environment, request, len(request))
        answer = self.CallStaticObjectMethodA(environment, self._class, self._method, self._arguments)
        self.DeleteLocalRef(environment, self._arguments[0])
        if not answer: # not even for its own answer
            self.ExceptionClear(environment)
            return b"E53200the Java heap is too small; raise -Xmx"
        length = self.GetArrayLength(environment, answer)
        values = ctypes.create_string_buffer(length)
        self.GetByteArrayRegion(environment, answer, 0, length, values)
        self.DeleteLocalRef(environment, answer)
        return values.raw


# ---------------------------------------------------------------- values; io.rowseal.host.bridge.Frame is the other side

INT = struct.Struct(">i")
LONG = struct.Struct(">q")
NULL = INT.pack(-1)


def _framed(value):
    if value is None:
        return NULL
    if isinstance(value, list):
        return INT.pack(len(value)) + b"".join(map(_framed, value))
    if isinstance(value, str):
        value = value.encode()
    elif isinstance(value, bool):
        value = b"\x01" if value else b"\x00"
    elif isinstance(value, int):
        value = LONG.pack(value)
    return INT.pack(len(value)) + value


def _texts(answer):
    texts, at = [], 1
    while at < len(answer):
        length = INT.unpack_from(answer, at)[0]
        at += 4
        texts.append(None if length < 0 else answer[at:at + length].decode())
        at += max(length, 0)
    return texts


READERS = {
    b"N": lambda answer: None,
    b"L": lambda answer: LONG.unpack_from(answer, 1)[0],
    b"Z": lambda answer: answer[1] == 1,
    b"B": lambda answer: answer[1:],
    b"S": lambda answer: answer[1:].decode(),
    b"A": _texts,
    b"E": lambda answer: plpy.error(answer[6:].decode(), sqlstate=answer[1:6].decode())}


def call(name, arguments):
    """Calls a method of io.rowseal.host.EntryPoints with SQL values and returns its answer as one."""
    request = b"".join([_framed(name), *map(_framed, arguments)])
    if name not in THREADED:
        answer = _java.call(request)
    else:
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, POSTGRES_SIGNALS)
        try:
            answer = _java.call(request)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return READERS[answer[:1]](answer)


def _connect(home):
    """Starts Java as jvm.options says."""
    libjvm, options = None, ["-Xrs"]
    with open(home + "/jvm.options", encoding="utf-8") as lines:
        for line in map(str.strip, lines):
            if line.startswith("libjvm="):
                libjvm = line[len("libjvm="):]
            elif line and not line.startswith("#"):
                options.append(line)
    options.append("-Djava.class.path=" + home + "/rowseal.jar")
    options.append("-Drowseal.host=bridge: PL/Python " + platform.python_version())
    return _Jni(start_java(libjvm, options))


if "HOME" in globals():
    _java = _connect(HOME)
