"""Network namespaces of a test's own, hosts in them, and frames on their interfaces.  What was made is removed at the
end, whatever that is."""
import atexit
import ctypes
import os
import shutil
import socket
import struct
import subprocess
import sys
import time

os.environ["PATH"] += ":/usr/sbin:/sbin"
PATIENCE = 30
CLONE_NEWNET = 0x40000000
ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
VLAN_VALID, VLAN_TPID_VALID = 1 << 4, 1 << 6

libc = ctypes.CDLL(None, use_errno=True)
made, processes, results = [], [], []


def why_no_namespaces():
    """A sentence, or None where they can be made and entered."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not shutil.which("ip"):
        return "iproute2 is not installed"
    probe = f"vt{os.getpid()}probe"
    if subprocess.run(["ip", "netns", "add", probe], capture_output=True).returncode != 0:
        return "network namespaces may not be made here"
    entered = subprocess.run(["ip", "netns", "exec", probe, "true"], capture_output=True, text=True)
    ip("netns", "del", probe)
    return entered.stderr.strip() if entered.returncode != 0 else None


def needs_namespaces():
    why = why_no_namespaces()
    if why:
        print(f"1..0 # SKIP {why}")
        sys.exit(0)


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def namespace(name):
    """Makes one and returns its full name: two runs do not meet."""
    full = f"vt{os.getpid()}{name}"
    ip("netns", "add", full)
    made.append(full)
    ip("-n", full, "link", "set", "lo", "up")
    for setting in ("all", "default"):  # no frames but the test's own
        within(full, lambda: open(f"/proc/sys/net/ipv6/conf/{setting}/disable_ipv6", "w").write("1"))
    return full


def veth(space, name, peer_space, peer, mtu=1500):
    ip("-n", space, "link", "add", name, "type", "veth", "peer", "name", peer, "netns", peer_space)
    for where, which in ((space, name), (peer_space, peer)):
        ip("-n", where, "link", "set", which, "up", "mtu", str(mtu))


def within(space, what):
    """Calls `what` in the namespace; sockets that it opens stay there."""
    with open("/proc/self/ns/net") as home, open(f"/run/netns/{space}") as there:
        if libc.setns(there.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            return what()
        finally:
            libc.setns(home.fileno(), CLONE_NEWNET)


def start(space, *command, **more):
    process = subprocess.Popen(["ip", "netns", "exec", space, *map(str, command)], text=True, **more)
    processes.append(process)
    return process


def run(space, *command):
    """Killed after a minute: then its return code says so."""
    command = ["timeout", "-k", "1", "60", "ip", "netns", "exec", space, *map(str, command)]
    return subprocess.run(command, capture_output=True, text=True)


def until(what):
    end = time.monotonic() + PATIENCE
    while not (value := what()) and time.monotonic() < end:
        time.sleep(0.02)
    return value


def clean_up():
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()
    for name in made:  # one that the test removed itself is no loss
        subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


atexit.register(clean_up)


class Wire:
    """Frames of one interface, in and out, as bytes with their tags in place."""

    def __init__(self, space, interface):
        self.socket = within(space, lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)))
        self.socket.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        self.socket.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        within(space, lambda: self.socket.bind((interface, ETH_P_ALL)))
        self.socket.settimeout(PATIENCE)

    def send(self, frame):
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


def check(name, good, *details):
    results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(results)} - {name}", flush=True)
    if not good:
        for detail in details:
            for line in str(detail).splitlines():
                print(f"# {line}")


def finish():
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
