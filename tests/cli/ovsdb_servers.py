"""Ours and the reference: ovsdb-servers under test, and TAP."""
import atexit
import os
import pathlib
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PATIENCE = 30
TOOLS = ["ovsdb-client", "ovsdb-server", "ovsdb-tool", "ovs-vsctl", "vtep-ctl"]
UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")

work = pathlib.Path(tempfile.mkdtemp(prefix="vteplab-ovsdb-"))
results = []
started = []
os.environ.update(OVS_RUNDIR=str(work), OVS_LOGDIR=str(work), OVS_DBDIR=str(work), LC_ALL="C")


@atexit.register
def clean_up():
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()
    shutil.rmtree(work, ignore_errors=True)


def need_tools():
    missing = [tool for tool in TOOLS if not shutil.which(tool, path=os.environ["PATH"] + ":/usr/sbin")]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed")
        sys.exit(0)


# ---- TAP -------------------------------------------------------------------------------------------------------------

def check(name, good, *details):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}", flush=True)
    if not good:
        for line in "\n".join(map(str, details)).splitlines():
            print(f"# {line}")
    return good


def finish():
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)


# ---- programs --------------------------------------------------------------------------------------------------------

def run(*command, stdin=subprocess.DEVNULL):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE, stdin=stdin,
                          check=False)


def start(*command, stdin=subprocess.DEVNULL, **more):
    process = subprocess.Popen([str(part) for part in command], text=True, stdin=stdin, **more)
    started.append(process)
    return process


def stop(process, how=signal.SIGTERM):
    process.send_signal(how)
    return process.wait(PATIENCE)


def until(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    return None


def listens(path):
    """A socket's file is there a moment before its server listens, and stays when the server is killed."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def lines_of(stream):
    """The lines of a child's output as they come, in a queue; None at the end."""
    def read():
        for line in stream:
            lines.put(line.strip())
        lines.put(None)

    lines = queue.Queue()
    threading.Thread(target=read, daemon=True).start()
    return lines


class Server:
    """A running server; `target` is its unix socket, as tools name it."""

    def __init__(self, name):
        self.name = name
        self.socket = work / f"{name}.sock"
        self.target = f"unix:{self.socket}"
        self.process = None

    def stop(self, how=signal.SIGTERM):
        return stop(self.process, how)


class Ours(Server):
    def __init__(self, program, schema, name="ours", db=None, remotes=(), options=()):
        super().__init__(name)
        self.command = [program, "--schema", schema, *(["--db", db] if db else []), *options,
                        *[f"--remote={remote}" for remote in (f"punix:{self.socket}", *remotes)]]
        self.start()

    def start(self):
        self.errors = open(work / f"{self.name}.err", "a", encoding="utf-8")
        self.process = start(*self.command, stdout=subprocess.PIPE, stderr=self.errors)
        self.lines = lines_of(self.process.stdout)
        self.listening = []
        while len(self.listening) < sum("--remote=p" in str(part) for part in self.command):
            if not self.next_listening():
                raise RuntimeError(f"{self.name} does not start: {(work / f'{self.name}.err').read_text()}")

    def next_listening(self, patience=PATIENCE):
        """Waits for the next 'listening on TARGET'."""
        try:
            line = self.lines.get(timeout=patience)
        except queue.Empty:
            return None
        if line is None:
            return None
        self.listening.append(line.removeprefix("listening on "))
        return self.listening[-1]


class Reference(Server):
    def __init__(self, schema, name="reference", db=None):
        super().__init__(name)
        self.db = db or work / f"{name}.db"
        if not db:
            run("ovsdb-tool", "create", self.db, schema)
        self.process = start("/usr/sbin/ovsdb-server", f"--remote=punix:{self.socket}", f"--unixctl={work / name}.ctl",
                             "--no-chdir", "-vconsole:off", self.db)
        if not until(lambda: listens(self.socket)):
            raise RuntimeError("the reference server does not start")


# ---- comparing -------------------------------------------------------------------------------------------------------

def without_place(text):
    """Without the sockets' paths and the time; and without what each server says in its own words (RFC 7047 §3.1)."""
    text = re.sub(re.escape(str(work)) + r"/[\w-]+\.sock", "SOCKET", text)
    text = re.sub(r"^\S+Z\|\d+\|", "", text, flags=re.M)
    text = re.sub(r'"details":"(?:[^"\\]|\\.)*",', "", text)
    return re.sub(r',"syntax":"(?:[^"\\]|\\.)*"', "", text)


def anonymous(text):
    """Uuids become their number in the order of appearance: those of two servers differ."""
    seen = {}
    return UUID.sub(lambda match: seen.setdefault(match.group(), f"<uuid {len(seen)}>"), without_place(text))


def nameless(text):
    """Uuids without even that, for output whose order is theirs: its lines are sorted."""
    return "\n".join(sorted(UUID.sub("<uuid>", without_place(text)).splitlines()))


class Both:
    """The same to both servers; what differs is remembered."""

    def __init__(self, ours, reference):
        self.servers = [ours, reference]
        self.differences = []
        self.n = 0

    def same(self, command, alike=anonymous):
        """`command` makes the words from a target."""
        outcomes = []
        for server in self.servers:
            done = run(*command(server.target))
            outcomes.append((done.returncode, alike(done.stdout), alike(done.stderr)))
        self.n += 1
        if outcomes[0] != outcomes[1]:
            self.differences.append(f"{' '.join(map(str, command('TARGET')))}\n  ours      {outcomes[0]}\n  reference {outcomes[1]}")
        return outcomes[0]

    def report(self, name):
        check(f"{name} ({self.n} compared)", self.n and not self.differences, *self.differences)
        self.differences, self.n = [], 0
