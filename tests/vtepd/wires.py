"""Network namespaces with cables between them: a switch's, and one for all that hangs on it."""
import atexit
import os
import shutil
import subprocess
import sys

from vtepd_rig import run


def need_rights():
    """Says in TAP why namespaces cannot be had, and ends."""
    missing = [tool for tool in ("ip", "vtep-ctl", "tshark") if not shutil.which(tool)]
    if missing:
        print(f"1..0 # SKIP {', '.join(missing)} not installed")
        sys.exit(0)
    probe = f"vtepd-probe-{os.getpid()}"
    may = os.geteuid() == 0 and run("ip", "netns", "add", probe).returncode == 0
    reason = run("ip", "netns", "exec", probe, "true").stderr.strip() if may else "network namespaces need root"
    if may:
        run("ip", "netns", "del", probe)
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)


class Wires:
    """`switch` has one end of each cable, `far` the other, named like it with an 'x' behind."""

    def __init__(self, *ports, underlay="up0", tunnel_ip="10.8.125.20", far_ip="10.8.125.21"):
        self.switch, self.far = f"vtepd-sw-{os.getpid()}", f"vtepd-far-{os.getpid()}"
        for namespace in (self.switch, self.far):
            self.ip("netns", "add", namespace)
        atexit.register(self.clean_up)
        for port in (*ports, underlay):
            self.add(port)
        self.ip("-n", self.switch, "addr", "add", f"{tunnel_ip}/24", "dev", underlay)
        self.ip("-n", self.far, "addr", "add", f"{far_ip}/24", "dev", underlay + "x")

    def ip(self, *words):
        done = run("ip", *words)
        if done.returncode != 0:
            raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")

    def add(self, port):
        self.ip("link", "add", port, "netns", self.switch, "type", "veth", "peer", "name", port + "x", "netns", self.far)
        for namespace, name in ((self.switch, port), (self.far, port + "x")):
            # Without IPv6 nobody says anything by himself.
            run("ip", "netns", "exec", namespace, "sysctl", "-qw", f"net.ipv6.conf.{name}.disable_ipv6=1")
            self.ip("-n", namespace, "link", "set", name, "up")

    def delete(self, port):
        self.ip("-n", self.switch, "link", "del", port)

    def within(self):
        return ["ip", "netns", "exec", self.switch]

    def send(self, port, *frames, times=1):
        """Frames, in hexadecimal, into the port from its far end."""
        program = ("import socket,sys; s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind((sys.argv[1],0));"
                   "[s.send(bytes.fromhex(f)) for _ in range(int(sys.argv[2])) for f in sys.argv[3:]]")
        subprocess.run(["ip", "netns", "exec", self.far, sys.executable, "-c", program, port + "x",
                        str(times), *frames], check=True)

    def clean_up(self):
        for namespace in (self.switch, self.far):
            run("ip", "netns", "del", namespace)
