"""A running vtepd, and what all its tests share."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys

for room in ("cli", "rig"):
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / room))
from ovsdb_servers import PATIENCE, check, finish, listens, run, start, stop, until, work  # noqa: E402,F401

os.environ["PATH"] += ":/usr/sbin:/sbin"
for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "JOURNAL_STREAM"):
    os.environ.pop(name, None)

# As root, vtepd becomes nobody, and its files must be nobody's to replace.
if os.geteuid() == 0:
    shutil.chown(work, "nobody")


class Vtepd:
    """Serves on a socket of its own besides what the options say."""

    def __init__(self, program, *options, name="tor1", ready=True, within=(), **more):
        self.name = name
        self.socket = work / f"{name}.sock"
        self.target = f"unix:{self.socket}"
        self.log_path = work / f"{name}.log"
        self.command = [*within, program, *options]
        self.more = more
        self.start(ready)

    def start(self, ready=True):
        self.log_file = open(self.log_path, "a", encoding="utf-8")
        self.seen = self.log_path.stat().st_size
        self.process = start(*self.command, stdout=subprocess.DEVNULL, stderr=self.log_file, **self.more)
        if ready and not until(lambda: listens(self.socket) or self.process.poll() is not None):
            raise RuntimeError(f"vtepd does not listen: {self.log()}")
        if ready and self.process.poll() is not None:
            raise RuntimeError(f"vtepd ended: {self.log()}")

    def log(self):
        """What it said since it was started."""
        return self.log_path.read_text(encoding="utf-8")[self.seen:]

    def says(self, text):
        return until(lambda: text in self.log())

    def reload(self):
        before = self.log().count("the configuration")
        self.process.send_signal(signal.SIGHUP)
        return until(lambda: self.log().count("the configuration") > before)

    def stop(self, how=signal.SIGTERM):
        return stop(self.process, how)

    def vtep_ctl(self, *words):
        done = run("vtep-ctl", f"--db={self.target}", "--timeout=20", *words)
        return done.stdout if done.returncode == 0 else done.stderr
