"""A running `vteplab switch`, the real ovs-ofctl, and a bare OpenFlow client, for tests of the subcommand."""
import queue
import shutil
import socket
import struct
import sys

from ovsdb_servers import check, finish, lines_of, run, start, stop, until, work  # noqa: F401: for the tests

PATIENCE = 30
HELLO, ERROR, ECHO_REQUEST, ECHO_REPLY = 0, 1, 2, 3


def need_tools(*tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed")
        sys.exit(0)


class Switch:
    """`target` is its unix socket, as tools name it."""

    def __init__(self, program, *arguments, name="switch", listen=True):
        self.socket = work / f"{name}.sock"
        self.target = f"unix:{self.socket}"
        self.errors_at = work / f"{name}.err"
        with open(self.errors_at, "a", encoding="utf-8") as errors:
            self.process = start(program, *([f"--listen=punix:{self.socket}"] if listen else []), *arguments,
                                 stdout=-1, stderr=errors)
        lines = lines_of(self.process.stdout)
        self.listening = []
        while len(self.listening) < listen + sum(str(word).startswith(("--listen=", "--snoop=")) for word in arguments):
            line = lines.get(timeout=PATIENCE)
            if line is None:
                raise RuntimeError(f"the switch does not start: {self.errors()}")
            self.listening.append(line.removeprefix("listening on "))

    def errors(self):
        return self.errors_at.read_text(encoding="utf-8")

    def ofctl(self, command, *arguments, options=()):
        return run("ovs-ofctl", "-O", "OpenFlow13", *options, command, self.target, *arguments)

    def stop(self):
        return stop(self.process)


def message(kind, body=b"", xid=1, version=4):
    return struct.pack(">BBHI", version, kind, 8 + len(body), xid) + body


class Client:
    """Speaks OpenFlow byte by byte."""

    def __init__(self, target, hello=True):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(PATIENCE)
        self.stream.connect(target.removeprefix("unix:"))
        self.held = b""
        if hello:
            self.send(message(HELLO))
            self.next()

    def send(self, data):
        self.stream.sendall(data)

    def next(self):
        """The next message as (type, xid, body); None at the end of the stream."""
        while len(self.held) < 8 or len(self.held) < struct.unpack(">H", self.held[2:4])[0]:
            try:
                more = self.stream.recv(65536)
            except ConnectionResetError:
                more = b""
            if not more:
                return None
            self.held += more
        _, kind, length, xid = struct.unpack(">BBHI", self.held[:8])
        body, self.held = self.held[8:length], self.held[length:]
        return kind, xid, body

    def ask(self, kind, body=b"", xid=7, version=4):
        self.send(message(kind, body, xid, version))
        return self.next()

    def error(self, kind, body=b"", xid=7, version=4):
        """The error's type and code; the error must name the request."""
        answer = self.ask(kind, body, xid, version)
        if not answer or answer[0] != ERROR or answer[1] != xid:
            return answer
        return struct.unpack(">HH", answer[2][:4])

    def alive(self):
        return self.ask(ECHO_REQUEST, b"there?", 99) == (ECHO_REPLY, 99, b"there?")

    def close(self):
        self.stream.close()


def lines_soon(lines, wanted, patience=PATIENCE):
    """Reads lines of a child until one holds the words; all that were read."""
    seen = []
    while not seen or wanted not in seen[-1]:
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            break
        if line is None:
            break
        seen.append(line)
    return seen
