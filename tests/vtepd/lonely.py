"""A network namespace of the test's own: it ends with the process, and nothing in it reaches this host."""
import os
import shutil
import subprocess
import sys

from vtepd_rig import run, start, until

INSIDE = "VTEPLAB_TEST_LONELY"


def ip(*words, within=()):
    done = run(*within, "ip", *words)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")


def enter():
    """Starts the test anew in a namespace, or skips it where that is not allowed."""
    if os.environ.get(INSIDE):
        ip("link", "set", "lo", "up")
        return
    if not shutil.which("unshare") or not shutil.which("ip"):
        print("1..0 # SKIP unshare or ip is not installed")
        sys.exit(0)
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        print("1..0 # SKIP network namespaces need root")
        sys.exit(0)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])


def link(name, peer, address=None):
    """A cable with both plugs in this namespace."""
    ip("link", "add", name, "type", "veth", "peer", "name", peer)
    if address:
        ip("address", "add", address, "dev", name)
    for end in (name, peer):
        ip("link", "set", end, "up")


class Host:
    """A host in a network namespace of its own, beside the test's."""

    def __init__(self):
        self.process = start("unshare", "-n", "sleep", "infinity")
        self.inside = ["nsenter", f"--net=/proc/{self.process.pid}/ns/net"]
        outside = os.readlink("/proc/self/ns/net")
        if not until(lambda: os.readlink(f"/proc/{self.process.pid}/ns/net") != outside):
            raise RuntimeError("unshare made no network namespace")
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        ip(*words, within=self.inside)

    def hush(self):
        """Interfaces that come say nothing by themselves: without IPv6 nobody does."""
        self.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")

    def run(self, *command):
        return run(*self.inside, *command)

    def start(self, *command, **more):
        """The process is the command's own: nsenter becomes it."""
        return start(*self.inside, *command, **more)

    def takes(self, interface, name, mac=None, address=None):
        """An interface of the test's namespace moves here."""
        ip("link", "set", interface, "netns", str(self.process.pid))
        self.ip("link", "set", interface, "name", name)
        if mac:
            self.ip("link", "set", name, "address", mac)
        if address:
            self.ip("address", "add", address, "dev", name)
        self.ip("link", "set", name, "up")

    def pings(self, address, count=3, deadline_s=10):
        """TRUE when every request was answered."""
        done = self.run("ping", "-n", "-i", "0.2", "-c", str(count), "-w", str(deadline_s), address)
        return f"{count} received" in done.stdout and " 0% packet loss" in done.stdout
