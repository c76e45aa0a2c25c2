"""Network namespaces of a test's own: the one that the test enters, and those of hosts beside it.  Each ends with the
process that holds it, and nothing in them reaches this machine.

    hosts.enter()                               the rest of the test runs in a namespace of its own, or is skipped
    hosts.link("em3", "guest")                  a cable with both plugs here
    guest = hosts.Host(); guest.takes("guest", "eth0", address="10.0.0.1/24")
    hosts.cable(hosts.here, "em4", guest, "eth1")
    hosts.Wire(guest, "eth1").send(frame)       frames as they are, tags and all
"""
import ctypes
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from ovsdb_servers import PATIENCE, run, start, until, work  # noqa: E402

os.environ["PATH"] += ":/usr/sbin:/sbin"
INSIDE = "VTEPLAB_TEST_INSIDE"
CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
VLAN_VALID, VLAN_TPID_VALID = 1 << 4, 1 << 6

libc = ctypes.CDLL(None, use_errno=True)


def skip(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def why_not(*tools):
    """A sentence, or None where hosts can be made and the tools are there."""
    missing = [tool for tool in ("unshare", "nsenter", "ip", *tools) if not shutil.which(tool)]
    if missing:
        return f"{', '.join(missing)} not installed"
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        return "network namespaces need root"
    return None


def enter(*tools):
    """Starts the test anew in a namespace; skips it where that is not allowed, or a tool is missing."""
    if os.environ.get(INSIDE):
        here.ip("link", "set", "lo", "up")
        return
    why = why_not(*tools)
    if why:
        skip(why)
    shutil.rmtree(work, ignore_errors=True)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])


class Host:
    """A host in a network namespace of its own, beside the test's."""

    def __init__(self):
        self.process = start("unshare", "-n", "sleep", "infinity")
        self.pid = self.process.pid
        self.inside = ["nsenter", f"--net=/proc/{self.pid}/ns/net"]
        outside = os.readlink("/proc/self/ns/net")
        if not until(lambda: os.readlink(f"/proc/{self.pid}/ns/net") != outside):
            raise RuntimeError("unshare made no network namespace")
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        done = self.run("ip", *words)
        if done.returncode:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")

    def hush(self):
        """Interfaces that come say nothing by themselves: without IPv6 nobody does."""
        self.run("sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6")

    def run(self, *command):
        return run(*self.inside, *command)

    def start(self, *command, **more):
        """The process is the command's own: nsenter becomes it."""
        return start(*self.inside, *command, **more)

    def within(self, what):
        """Calls `what` in the namespace; sockets that it opens stay there."""
        with open("/proc/thread-self/ns/net") as home, open(f"/proc/{self.pid}/ns/net") as there:
            if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")
            try:
                return what()
            finally:
                libc.setns(home.fileno(), CLONE_NEWNET)

    def takes(self, interface, name, mac=None, address=None):
        """An interface of the test's namespace moves here."""
        here.ip("link", "set", interface, "netns", str(self.pid))
        self.ip("link", "set", interface, "name", name)
        if mac:
            self.ip("link", "set", name, "address", mac)
        if address:
            self.ip("address", "add", address, "dev", name)
        self.ip("link", "set", name, "up")

    def shows(self, interface):
        """What `ip link` knows of it: address, mtu, stats64 …"""
        return json.loads(self.run("ip", "-s", "-j", "link", "show", interface).stdout)[0]

    def pings(self, address, count=3, deadline_s=10):
        """TRUE when every request was answered."""
        done = self.run("ping", "-n", "-i", "0.2", "-c", str(count), "-w", str(deadline_s), address)
        return f"{count} received" in done.stdout and " 0% packet loss" in done.stdout


class Here(Host):
    """The test's own namespace, once it has entered it."""

    def __init__(self):
        self.pid, self.inside = "self", []


here = Here()


def link(name, peer, address=None):
    """A cable with both plugs here."""
    cable(here, name, here, peer)
    if address:
        here.ip("address", "add", address, "dev", name)


def cable(one, name, other, peer, mtu=1500):
    """A cable between two hosts."""
    of = os.getpid() if other is here else other.pid
    one.ip("link", "add", name, "type", "veth", "peer", "name", peer, "netns", str(of))
    for host, plug in ((one, name), (other, peer)):
        host.ip("link", "set", plug, "up", "mtu", str(mtu))


class Fabric(Host):
    """A Linux bridge, on which meets what is plugged in: an underlay."""

    def __init__(self, *plugs):
        super().__init__()
        self.hush()
        self.ip("link", "add", "fabric", "type", "bridge")
        self.ip("link", "set", "fabric", "up")
        for plug in plugs:
            self.plug_in(plug)

    def plug_in(self, plug):
        self.takes(plug, plug)
        self.ip("link", "set", plug, "master", "fabric")


class Wire:
    """Frames of one interface, in and out, as bytes with their tags in place."""

    def __init__(self, host, interface):
        def opened():
            made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
            made.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
            made.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
            made.bind((interface, ETH_P_ALL))
            return made
        self.socket = host.within(opened)
        self.socket.settimeout(PATIENCE)

    def send(self, *frames):
        for frame in frames:
            self.socket.send(frame)

    def receive(self, patience=PATIENCE):
        self.socket.settimeout(patience)
        try:
            data, notes, _, _ = self.socket.recvmsg(65536, 64)
        except TimeoutError:
            return None
        for level, kind, value in notes:
            if (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
                status, _, _, _, _, tci, tpid = struct.unpack("=IIIHHHH", value[:20])
                if status & VLAN_VALID:
                    tpid = tpid if status & VLAN_TPID_VALID else 0x8100
                    data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        return data

    def receive_like(self, wanted):
        """The first frame for which `wanted` holds, or None."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            frame = self.receive(max(end - time.monotonic(), 0.01))
            if frame is not None and wanted(frame):
                return frame
        return None
